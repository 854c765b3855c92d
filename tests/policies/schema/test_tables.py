"""Tables give a value for a ticket, by their dimensions."""

import itertools
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from policies.schema.tables import OTHERWISE, Dimension, Table

PLANS = ("silver", "gold")
PRIORITIES = ("urgent", "normal")
VALUES: dict[str, tuple[str, ...]] = {
    Dimension.PLAN: PLANS,
    Dimension.PRIORITY: PRIORITIES,
    Dimension.REGION: ("north", "south"),
    "facts.place": ("here", "there"),
}

BY_PLAN_AND_PRIORITY = Table[str].model_validate(
    {
        "by": ["plan", "priority"],
        "cells": {
            "silver": {"urgent": "a", "otherwise": "b"},
            "gold": "c",
            "otherwise": {"urgent": "d"},
        },
    }
)


@st.composite
def tables(draw: st.DrawFn) -> Table[str]:
    """Tables by one to three dimensions, with and without `otherwise` on each level."""
    by = tuple(draw(st.permutations(list(VALUES)))[: draw(st.integers(1, 3))])

    def rows(level: int) -> Any:
        names = draw(
            st.lists(st.sampled_from([*VALUES[by[level]], OTHERWISE]), min_size=1, unique=True)
        )
        return {
            name: rows(level + 1)
            if level + 1 < len(by) and draw(st.booleans())
            else draw(st.sampled_from("pqrst"))
            for name in names
        }

    return Table[str].model_validate({"by": list(by), "cells": rows(0)})


TICKETS = st.fixed_dictionaries({d: st.sampled_from(values) for d, values in VALUES.items()})


def _has_a_value_for_every_ticket(table: Table[str]) -> bool:
    """Whether the table has a value for every ticket, as `desk check` requires."""
    every = itertools.product(*VALUES.values())
    return all(table.pick(dict(zip(VALUES, values, strict=True))) for values in every)


@given(tables(), TICKETS, st.sets(st.sampled_from(list(VALUES))))
def test_narrowing_before_picking_gives_the_same_value(
    table: Table[str], ticket: dict[str, str], first: set[str]
) -> None:
    assume(_has_a_value_for_every_ticket(table))
    left = table.narrow({d: ticket[d] for d in first})
    answer = left.pick(ticket) if isinstance(left, Table) else left
    assert answer == table.pick(ticket)


@given(tables(), TICKETS)
def test_a_table_survives_json(table: Table[str], ticket: dict[str, str]) -> None:
    again = Table[str].model_validate_json(table.model_dump_json())
    assert again.pick(ticket) == table.pick(ticket)


@pytest.mark.parametrize(
    ("plan", "priority", "answer"),
    [
        ("silver", "urgent", "a"),
        ("silver", "normal", "b"),
        ("gold", "urgent", "c"),
        ("gold", "normal", "c"),
        ("bronze", "urgent", "d"),
        ("bronze", "normal", None),
    ],
)
def test_the_named_row_applies_and_otherwise_only_without_one(
    plan: str, priority: str, answer: str | None
) -> None:
    ticket: dict[str, str] = {Dimension.PLAN: plan, Dimension.PRIORITY: priority}
    assert BY_PLAN_AND_PRIORITY.pick(ticket) == answer


def test_a_table_narrowed_by_its_last_dimension_is_a_value() -> None:
    assert BY_PLAN_AND_PRIORITY.narrow({Dimension.PLAN: "gold"}) == "c"
    left = BY_PLAN_AND_PRIORITY.narrow({Dimension.PLAN: "silver"})
    assert isinstance(left, Table)
    assert (left.by, left.cells) == ((Dimension.PRIORITY,), {"urgent": "a", "otherwise": "b"})


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"by": [], "cells": {"gold": "a"}}, "at least 1"),
        ({"by": ["plan"], "cells": {}}, "at least 1"),
        ({"by": ["plam"], "cells": {"gold": "a"}}, "plan"),
        ({"by": ["plan"], "cells": {"gold": {"urgent": "a"}}}, "has rows below it"),
        ({"by": ["plan", "priority"], "cells": {"gold": {}}}, "has no cells"),
        ({"by": ["plan"], "cells": {"gold": "a"}, "else": "b"}, "Extra inputs"),
        ({"by": ["plan"], "cells": ["gold"]}, "valid dictionary"),
    ],
)
def test_an_invalid_table_is_refused(table: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Table[str].model_validate(table)
