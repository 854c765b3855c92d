"""Values that depend on a request, with equal rows joined: what a reader would write by hand.

`branch` asks for the value of every combination of names, drops the dimensions that change
nothing, and joins names with equal values: five plans without a promise become one row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Values: TypeAlias = tuple[str, ...]
"""The values of one request, one for each column."""
ValueOf: TypeAlias = Callable[[Mapping[str, str]], Values]


@dataclass(frozen=True)
class Axis:
    """A dimension and its names, in their order. Names that no rule mentions are alike; without
    `mentioned`, any two can differ.
    """

    dimension: str
    names: tuple[str, ...]
    mentioned: frozenset[str] | None = None


@dataclass(frozen=True)
class Leaf:
    """The same values for all requests."""

    values: Values


@dataclass(frozen=True)
class Branch:
    """Values by the names of one dimension; each entry has the names that share it."""

    dimension: str
    entries: tuple[tuple[tuple[str, ...], "Tree"], ...]

    @property
    def is_flat(self) -> bool:
        """Whether no other dimension changes anything."""
        return all(isinstance(tree, Leaf) for _, tree in self.entries)


Tree: TypeAlias = Leaf | Branch


def branch(axes: Sequence[Axis], value_of: ValueOf) -> Tree:
    """The values by these dimensions, the outermost first."""
    return _branch(tuple(axes), value_of, {})


def _branch(axes: tuple[Axis, ...], value_of: ValueOf, fixed: Mapping[str, str]) -> Tree:
    if not axes:
        return Leaf(value_of(fixed))
    first, *rest = axes
    trees: dict[Tree, list[str]] = {}
    usual: Tree | None = None
    for name in first.names:
        is_usual = first.mentioned is not None and name not in first.mentioned
        tree = usual if is_usual else None
        if tree is None:
            tree = _branch(tuple(rest), value_of, {**fixed, first.dimension: name})
        usual = tree if is_usual else usual
        trees.setdefault(tree, []).append(name)
    if len(trees) == 1:
        return next(iter(trees))
    return Branch(first.dimension, tuple((tuple(names), tree) for tree, names in trees.items()))
