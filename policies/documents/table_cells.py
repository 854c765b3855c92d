"""Replacing one cell of a table, without changing the value of any other ticket.

The value of a cell may come from a shorter row (`gold: 2 hours` for `gold/urgent`) or from
`otherwise`. Such a row is expanded first, so that the cell has a row of its own.
"""

from collections.abc import Mapping
from typing import Any

from policies.schema.tables import OTHERWISE, SEPARATOR

Parts = tuple[str, ...]


def with_cell(cells: Mapping[str, Any], key: str, value: Any) -> tuple[dict[str, Any], Any]:
    """The flattened cells with one replaced, and the value before: one value, the values of a whole
    row by the rest of their keys, or None if the cell had no value.
    """
    at = tuple(key.split(SEPARATOR))
    rows = {tuple(name.split(SEPARATOR)): cell for name, cell in cells.items()}
    for level in range(len(at)):
        rows = _expanded(rows, at[:level], at[level])
    replaced = {parts[len(at) :]: cell for parts, cell in rows.items() if parts[: len(at)] == at}
    others = {SEPARATOR.join(parts): cell for parts, cell in rows.items() if parts[: len(at)] != at}
    return others | {key: value}, _replaced_value(replaced)


def _expanded(rows: dict[Parts, Any], row: Parts, name: str) -> dict[Parts, Any]:
    """The same values, with a row of this name below a row."""
    if row in rows:
        # The value for all rows below becomes the value for all other rows.
        rows = {(*parts, OTHERWISE) if parts == row else parts: v for parts, v in rows.items()}
    below, otherwise = (*row, name), (*row, OTHERWISE)
    if any(parts[: len(below)] == below for parts in rows):
        return rows
    copied = {
        (*below, *parts[len(otherwise) :]): value
        for parts, value in rows.items()
        if parts[: len(otherwise)] == otherwise
    }
    return rows | copied


def _replaced_value(replaced: Mapping[Parts, Any]) -> Any:
    if () in replaced:
        return replaced[()]
    return {SEPARATOR.join(rest): value for rest, value in replaced.items()} or None
