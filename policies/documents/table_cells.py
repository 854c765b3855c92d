"""Cells: one cell of a table replaced, so that every other ticket still gets what it got.

A table may answer a ticket from a row that says less than the cell does (`gold: 2 hours` for
`gold/urgent`) or from `otherwise`. Such a row is first written out on the way to the cell.
"""

from collections.abc import Mapping
from typing import Any

from policies.schema.tables import OTHERWISE, SEPARATOR

Parts = tuple[str, ...]


def with_cell(cells: Mapping[str, Any], key: str, value: Any) -> tuple[dict[str, Any], Any]:
    """The flattened cells with this one replaced, and what it replaced: a value, or the values of
    a whole row by what followed in their keys; None when the table answered nothing there.
    """
    at = tuple(key.split(SEPARATOR))
    rows = {tuple(known.split(SEPARATOR)): cell for known, cell in cells.items()}
    for level in range(len(at)):
        rows = _written_out(rows, at[:level], at[level])
    replaced = {parts[len(at) :]: cell for parts, cell in rows.items() if parts[: len(at)] == at}
    kept = {parts: cell for parts, cell in rows.items() if parts[: len(at)] != at}
    left = {SEPARATOR.join(parts): cell for parts, cell in kept.items()}
    return left | {key: value}, _replaced_value(replaced)


def _written_out(rows: dict[Parts, Any], row: Parts, name: str) -> dict[Parts, Any]:
    """The same answers, with a row of that name below this one."""
    if row in rows:
        # One value for everything below becomes the value for everything else.
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
