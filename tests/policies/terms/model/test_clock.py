"""The terms of a clock and of its rungs."""

from policies.schema.tables import Dimension
from policies.terms.model.clock import RungTerms
from policies.terms.model.table_rows import AudiencesTable


def test_a_rung_notifies_nobody_where_its_table_has_no_row_for_the_ticket() -> None:
    table = AudiencesTable(by=(Dimension.PRIORITY,), cells={"urgent": ("lead",)})
    rung = RungTerms(at="breach", tell=("lead",), tell_by=table)
    assert [rung.audiences(priority) for priority in ("urgent", "low")] == [("lead",), ()]
