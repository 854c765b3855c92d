"""Paths of overrides: which value of a policy a contract replaces, as people write it.

    clocks.first_response.within
    clocks.first_response.within.cells.enterprise/critical
    clocks.first_response.ladder[1].tell
    calendars.support.hours.mon-fri

It is the path that `desk check` names in its messages about the policy.
"""

import re
from collections.abc import Sequence
from typing import Any

from policies.documents.problems import Path, dotted
from policies.documents.suggestions import one_of
from policies.documents.table_cells import with_cell
from policies.schema.tables import SEPARATOR

FIXED = ("policy", "revision", "announcement", "clauses", "readings")
"""What a policy is, and what its page says; a contract cannot say otherwise."""

_KEY = r"[^.\[\]\s]+"
_PATH = re.compile(rf"{_KEY}(\.{_KEY}|\[\d{{1,4}}\])*")
_STEP = re.compile(rf"\[(\d+)\]|({_KEY})")


class NoSuchValue(LookupError):
    """A path that leads to nothing which could be replaced: what is wrong, and what is right."""

    def __init__(self, wrong: str, right: str) -> None:
        super().__init__(f"{wrong}; {right}")
        self.wrong, self.right = wrong, right


def steps_of(text: str) -> Path:
    """The keys and indexes that a path goes by; NoSuchValue when it is none, or may not be."""
    if not _PATH.fullmatch(text):
        right = 'write for example "clocks.first_response.within"'
        raise NoSuchValue(f'"{text}" is not the path of a value', right)
    steps: Path = tuple(int(index) if index else key for index, key in _STEP.findall(text))
    if steps[0] in FIXED:
        right = "a contract changes what is promised, not what the page is; remove it"
        raise NoSuchValue(f'"{steps[0]}" cannot be overridden', right)
    return _with_cell_key(steps)


def replace(data: dict[str, Any], steps: Path, value: Any) -> None:
    """Puts a value in the place of another in a policy's data."""
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
    """What stands at a path; None where nothing does, and what a table answers in a cell."""
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
    """`cells.gold.urgent` is the cell `gold/urgent`, as files write it and as models have it."""
    if "cells" not in steps[:-1]:
        return steps
    first = steps.index("cells") + 1
    return (*steps[:first], SEPARATOR.join(str(step) for step in steps[first:]))


def _is_cells(way: Sequence[str | int]) -> bool:
    return bool(way) and way[-1] == "cells"


def _check_depth(key: str, by: Sequence[str]) -> None:
    if key.count(SEPARATOR) >= len(by):
        right = f"give one of each: {SEPARATOR.join(by)}"
        raise NoSuchValue(f'"{key}" goes further than the table does', right)


def _child(node: Any, step: str | int, way: Path) -> Any:
    """The step, when there is something there to go on from or to replace."""
    where = f'"{dotted(way)}"' if way else "the policy"
    if isinstance(node, dict) and isinstance(step, str):
        if step not in node:
            raise NoSuchValue(f'{where} has no "{step}"', one_of(step, node))
        if node[step] is None:
            whole = dotted((*way, step))
            raise NoSuchValue(f'the policy has no "{whole}"', f'give "{whole}" as a whole')
        return step
    if isinstance(node, list) and isinstance(step, int):
        if step >= len(node):
            raise NoSuchValue(f"{where} has no [{step}]", f"it has {len(node)}, counted from [0]")
        return step
    right = "write an index, such as [0]" if isinstance(node, list) else f"override {where} itself"
    raise NoSuchValue(f'{where} has nothing called "{step}" below it', right)
