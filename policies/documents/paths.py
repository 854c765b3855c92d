"""Paths of values in a policy, as a contract writes them to override a value.

    clocks.first_response.within
    clocks.first_response.within.cells.enterprise/critical
    clocks.first_response.ladder[1].tell
    calendars.support.hours.mon-fri

`desk check` prints the same paths in its messages.
"""

import re
from collections.abc import Sequence
from typing import Any

from policies.documents.problems import Path, dotted
from policies.documents.suggestions import one_of
from policies.documents.table_cells import with_cell
from policies.schema.tables import SEPARATOR

FIXED = ("policy", "revision", "announcement", "clauses", "readings")
"""The identity and the published text of a policy, which a contract cannot override."""

_KEY = r"[^.\[\]\s]+"
_PATH = re.compile(rf"{_KEY}(\.{_KEY}|\[\d{{1,4}}\])*")
_STEP = re.compile(rf"\[(\d+)\]|({_KEY})")


class NoSuchValue(LookupError):
    """A path without a value that could be replaced: what is wrong, and what would be right."""

    def __init__(self, wrong: str, right: str) -> None:
        super().__init__(f"{wrong}; {right}")
        self.wrong, self.right = wrong, right


def steps_of(text: str) -> Path:
    """The keys and indexes of a path; NoSuchValue if it is invalid or cannot be overridden."""
    if not _PATH.fullmatch(text):
        right = 'write for example "clocks.first_response.within"'
        raise NoSuchValue(f'"{text}" is not a valid path', right)
    steps: Path = tuple(int(index) if index else key for index, key in _STEP.findall(text))
    if steps[0] in FIXED:
        right = "remove it: a contract can override terms, not the published text"
        raise NoSuchValue(f'"{steps[0]}" cannot be overridden', right)
    return _with_cell_key(steps)


def replace(data: dict[str, Any], steps: Path, value: Any) -> None:
    """Replace a value in a policy's data; NoSuchValue if there is none at the path."""
    *way, last = steps
    node: Any = data
    for depth, step in enumerate(way):
        node = node[_child(node, step, steps[:depth])]
    if _is_cells(way):
        table = value_at(data, tuple(way[:-1]))
        _check_depth(str(last), table["by"])
        table["cells"], _ = with_cell(node, str(last), value)
    elif isinstance(node, dict) and isinstance(last, str):
        node[last] = value
    else:
        node[_child(node, last, tuple(way))] = value


def value_at(data: Any, steps: Path) -> Any:
    """The value at a path, or None. At a cell of a table, the value that applies to the cell."""
    for depth, step in enumerate(steps):
        if _is_cells(steps[:depth]) and isinstance(data, dict):
            data = with_cell(data, str(step), None)[1]
            continue
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _with_cell_key(steps: Path) -> Path:
    """The steps of a path with `cells.gold.urgent`, as in a file, as the cell `gold/urgent`."""
    if "cells" not in steps[:-1]:
        return steps
    first = steps.index("cells") + 1
    return (*steps[:first], SEPARATOR.join(str(step) for step in steps[first:]))


def _is_cells(way: Sequence[str | int]) -> bool:
    return bool(way) and way[-1] == "cells"


def _check_depth(key: str, by: Sequence[str]) -> None:
    if key.count(SEPARATOR) >= len(by):
        right = f"write a cell as {SEPARATOR.join(by)}"
        raise NoSuchValue(f'"{key}" has more parts than the table has dimensions', right)


def _child(node: Any, step: str | int, way: Path) -> Any:
    """The step, if it leads to a value; else NoSuchValue."""
    where = f'"{dotted(way)}"' if way else "the policy"
    if isinstance(node, dict) and isinstance(step, str):
        if step not in node:
            raise NoSuchValue(f'{where} has no "{step}"', one_of(step, node))
        if node[step] is None:
            whole = dotted((*way, step))
            raise NoSuchValue(f'the policy has no "{whole}"', f'override "{whole}" as a whole')
        return step
    if isinstance(node, list) and isinstance(step, int):
        if step >= len(node):
            right = f"use an index from [0] to [{len(node) - 1}]" if node else "the list is empty"
            raise NoSuchValue(f"{where} has no [{step}]", right)
        return step
    if isinstance(node, list):
        raise NoSuchValue(f'{where} is a list and has no "{step}"', "write an index, such as [0]")
    raise NoSuchValue(f'{where} has no "{step}" below it', f"override {where} itself")
