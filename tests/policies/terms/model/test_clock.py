"""The terms of a clock and of its rungs."""

from typing import Any

import pytest

from policies.schema.tables import Dimension
from policies.terms.model.clock import ClockTerms, RungTerms
from policies.terms.model.promise import NOTHING_PROMISED
from policies.terms.model.table_rows import AudiencesTable


def test_a_rung_notifies_nobody_where_its_table_has_no_row_for_the_ticket() -> None:
    table = AudiencesTable(by=(Dimension.PRIORITY,), cells={"urgent": ("lead",)})
    rung = RungTerms(at="breach", tell=("lead",), tell_by=table)
    assert [rung.audiences(priority) for priority in ("urgent", "low")] == [("lead",), ()]


def test_a_rung_may_notify_whoever_it_notifies_at_any_priority_or_at_first() -> None:
    table = AudiencesTable(by=(Dimension.PRIORITY,), cells={"urgent": ("lead",), "low": ("team",)})
    rung = RungTerms(at="breach", tell=("assignee",), tell_by=table)
    assert rung.every_audience == {"assignee", "lead", "team"}
    assert RungTerms(at="breach", tell=("assignee",)).every_audience == {"assignee"}


def clock(**fields: Any) -> ClockTerms:
    stated = {"name": "answer", "clause": "answer", "starts": ("opened",), "stops": ("resolved",)}
    return ClockTerms.model_validate({**stated, "promises": {}, **fields})


@pytest.mark.parametrize(
    ("reminds", "starts", "on_expiry", "is_reminder"),
    [
        (True, "information_requested", None, True),
        (True, "milestone.proposed", "resolve", True),
        (True, "milestone.proposed", None, False),
        (False, "information_requested", None, False),
        (False, "information_requested", "resolve", False),
    ],
)
def test_a_clock_reminds_of_questions_if_it_counts_from_them_or_ends_the_ticket(
    reminds: bool, starts: str, on_expiry: str | None, *, is_reminder: bool
) -> None:
    terms = clock(reminds=reminds, starts=(starts,), on_expiry=on_expiry)
    assert terms.reminds_of_questions is is_reminder


def test_a_priority_has_its_own_promise_or_that_for_all_others_or_none() -> None:
    urgent, other = {"within": "1 hour"}, {"within": "1 day"}
    terms = clock(promises={"urgent": urgent, "otherwise": other})
    within = [str(terms.promise(priority).within) for priority in ("urgent", "low", None)]
    assert within == ["1 hour", "1 day", "1 day"]
    alone = clock(promises={"urgent": urgent})
    assert [alone.promise(p) for p in ("low", None)] == [NOTHING_PROMISED] * 2


def test_a_ticket_in_no_row_of_the_table_of_a_clock_is_promised_nothing() -> None:
    terms = clock(by=("priority", "facts.place"), promises={"urgent/london": {"within": "1 hour"}})
    assert str(terms.promise("urgent", {"place": "london"}).within) == "1 hour"
    assert terms.promise("urgent", {"place": "paris"}) == NOTHING_PROMISED
    assert terms.promise("urgent") == NOTHING_PROMISED
