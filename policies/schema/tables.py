"""Tables: values in a policy file that depend on the ticket.

    within:
      by: [plan, priority]
      cells:
        foundation: {critical: 4 business hours, serious: 8 business hours}
        otherwise: {guarantee: none}

`by` names the dimensions, outermost first. A value may stand before the last dimension; it then
applies to all rows below. On each level the row with the ticket's value applies, and `otherwise` if
there is no such row.

A fact of the policy is a dimension, too: `by: [plan, facts.place]`. Its rows are its choices, or
`true` and `false`. A ticket without the fact has the row `otherwise`.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    StringConstraints,
    Tag,
    ValidationInfo,
    field_validator,
)

OTHERWISE = "otherwise"
SEPARATOR = "/"
MAX_LEVELS = 30

Value = TypeVar("Value")
Parts = tuple[str, ...]
Path = tuple[str | int, ...]


class Dimension(StrEnum):
    """A property of a ticket that a table may depend on."""

    PLAN = "plan"
    PRIORITY = "priority"
    KIND = "kind"
    REGION = "region"
    CHANNEL = "channel"
    RECEIVED = "received"


FACTS = "facts."
"""What a fact is called as a dimension begins with this."""


def _kind_of_dimension(value: Any) -> str:
    return "<fact>" if isinstance(value, str) and value.startswith(FACTS) else "<property>"


FactDimension: TypeAlias = Annotated[str, StringConstraints(pattern=r"^facts\.[A-Za-z0-9_-]+$")]
AnyDimension = Annotated[
    Annotated[FactDimension, Tag("<fact>")] | Annotated[Dimension, Tag("<property>")],
    Discriminator(_kind_of_dimension),
]


def fact_of(dimension: str) -> str | None:
    """The name of the fact that is this dimension; None for a property of the ticket."""
    return dimension.removeprefix(FACTS) if dimension.startswith(FACTS) else None


def row_of(value: JsonValue) -> str | None:
    """The row of a fact with this value; None if such a value has no row."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else None


class Table(BaseModel, Generic[Value]):
    """Values by one or more dimensions; `cells` is flattened to keys such as `gold/urgent`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: tuple[AnyDimension, ...] = Field(min_length=1)
    cells: dict[str, Value] = Field(min_length=1)

    @field_validator("cells", mode="before")
    @classmethod
    def _flatten(cls, cells: Any, info: ValidationInfo) -> Any:
        if not isinstance(cells, Mapping):
            return cells
        # An error in `by` is reported by itself; the cells are then read to any depth.
        leaves = list(_leaves(cells, len(info.data["by"]) if "by" in info.data else MAX_LEVELS))
        for key, value in leaves:
            if isinstance(value, Mapping) and "says" in value and not _is_cell(value):
                raise ValueError(_no_guarantee(key))
            if isinstance(value, Mapping) and not _is_cell(value):
                levels = key.count(SEPARATOR) + 1
                raise ValueError(_wrong_depth(key, levels, bool(value)))
        return dict(leaves)

    def pick(self, values: Mapping[str, str]) -> Value | None:
        """The value for a ticket; None if the table has none."""
        return self._narrowed(self._rows(), 0, values).get(())

    def narrow(self, values: Mapping[str, str]) -> "Table[Value] | Value | None":
        """The table for tickets with these values: a smaller table, a single value, or None."""
        rows = self._narrowed(self._rows(), 0, values)
        if not rows or () in rows:
            return rows.get(())
        open_dimensions = tuple(d for d in self.by if d not in values)
        cells = {SEPARATOR.join(parts): value for parts, value in rows.items()}
        return type(self).model_construct(by=open_dimensions, cells=cells)

    def _rows(self) -> dict[Parts, Value]:
        return {tuple(key.split(SEPARATOR)): value for key, value in self.cells.items()}

    def _narrowed(
        self, rows: dict[Parts, Value], level: int, values: Mapping[str, str]
    ) -> dict[Parts, Value]:
        if () in rows or not rows:
            return rows
        below: dict[str, dict[Parts, Value]] = {}
        for (first, *rest), value in rows.items():
            below.setdefault(first, {})[tuple(rest)] = value
        dimension = self.by[level]
        if dimension in values:
            branch = below.get(values[dimension], below.get(OTHERWISE, {}))
            return self._narrowed(branch, level + 1, values)
        return {
            (first, *rest): value
            for first, branch in below.items()
            for rest, value in self._narrowed(branch, level + 1, values).items()
        }


def dimensions_of(choice: Any) -> tuple[str, ...]:
    """The dimensions of a table; none of a value that stands in its place."""
    return choice.by if isinstance(choice, Table) else ()


def values_of(choice: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The values of a table, or the value that stands in its place, each with its path."""
    if isinstance(choice, Table):
        for key, value in choice.cells.items():
            yield (*path, "cells", key), value
    elif choice is not None:
        yield path, choice


def _is_cell(value: Mapping[Any, Any]) -> bool:
    return "guarantee" in value or "within" in value


def _no_guarantee(key: str) -> str:
    name = key.replace(SEPARATOR, ".")
    return (
        f'the cell "{name}" has a text, but neither a time nor a guarantee; '
        'write for example {guarantee: best_effort, says: "..."}'
    )


def _wrong_depth(key: str, levels: int, has_rows: bool) -> str:
    name = key.replace(SEPARATOR, ".")
    if not has_rows:
        return f'the row "{name}" has no cells; give it a value or remove it'
    return (
        f'"{name}" has rows below it, but `by` names only {levels} dimension(s); '
        "add a dimension to `by`, or give one value here"
    )


def _leaves(node: Mapping[Any, Any], depth: int, path: Parts = ()) -> Iterator[tuple[str, Any]]:
    for key, value in node.items():
        here = (*path, str(key))
        is_row = isinstance(value, Mapping) and value and not _is_cell(value)
        if is_row and len(here) < depth:
            yield from _leaves(value, depth, here)
        else:
            yield SEPARATOR.join(here), value
