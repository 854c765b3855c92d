"""Where a ticket is in the tables of its terms: its priority, and the rows of its facts."""

from collections.abc import Mapping

from policies.schema.tables import FACTS, OTHERWISE, Dimension, Table

NO_FACTS: Mapping[str, str] = {}
AudiencesTable = Table[tuple[str, ...]]
"""Audiences to notify, by the priority and the facts of a ticket."""


def row_values(priority: str | None, facts: Mapping[str, str]) -> dict[str, str]:
    """The values of a ticket in tables; a priority or a fact that it lacks has `otherwise`."""
    rows = {FACTS + name: row for name, row in facts.items()}
    return _Rows({Dimension.PRIORITY: priority or OTHERWISE, **rows})


class _Rows(dict[str, str]):
    """Values in tables that have every dimension."""

    def __contains__(self, dimension: object) -> bool:
        return True

    def __missing__(self, dimension: str) -> str:
        return OTHERWISE
