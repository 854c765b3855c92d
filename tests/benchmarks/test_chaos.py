"""Chaos in small: a desk of real processes under fire, and a reference that notices what is wrong.

`python benchmarks/chaos.py --seed N` is the real thing. What a seed of it found has a test of its
own where the defect was; a seed that fails again belongs into SEEDS.
"""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.chaos_desk.desk import Faults
from benchmarks.chaos_desk.fire import Heat
from benchmarks.chaos_desk.run import Plan, run
from benchmarks.chaos_model.comparison import Found, Hearing
from tests.workflows.ticket.rehearsed import CONTRACTS, Rehearsed

SEEDS = ("small",)
FIRE = Heat(
    kills=4,
    kinds=("worker killed", "server killed", "api killed", "mail killed"),
    longest_away=0.5,
    is_gentle=True,
)


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_desk_under_fire_keeps_every_promise(seed: str, tmp_path: Path) -> None:
    faults = Faults(percent=10, kinds=("busy", "hang-up"))
    outcome = await run(Plan(seed, tickets=8, heat=FIRE, faults=faults, at_once=8), tmp_path)
    assert outcome.differences == []
    assert sum(outcome.kills.values()) == FIRE.kills
    assert outcome.counts["tickets"] == 8
    assert outcome.counts["actions accepted"] > 8


def heard() -> tuple[Rehearsed, Found]:
    """A life in which there is something to spoil, and nothing is wrong."""
    path = next(path for path in CONTRACTS if path.stem == "harbour-media")
    for seed in range(100):
        rehearsed = Rehearsed(str(seed), path)
        rehearsed.act_out()
        found = rehearsed.found()
        if len(found.events) > 8 and len(found.view["notices"]) > 4 and found.view["clocks"]:
            assert Hearing(rehearsed.life, found).hear() == []
            return rehearsed, found
    raise AssertionError("no such life")


def _lose_an_action(found: Found) -> None:
    taken = next(e for e in reversed(found.events) if e.get("action_id"))
    found.events.remove(taken)


def _move_a_deadline(found: Found) -> None:
    found.view["clocks"][0]["started_at"] = "2026-01-01T00:00:00+00:00"


def _tell_twice(found: Found) -> None:
    found.view["notices"].append(found.view["notices"][0])


def _tell_nobody(found: Found) -> None:
    del found.view["notices"][-1]


def _be_elsewhere(found: Found) -> None:
    found.view["stage"] = "scheduled_release"


def _do_what_nobody_asked(found: Found) -> None:
    found.events.append(found.events[-1] | {"seq": len(found.events) + 1, "type": "reopened"})


def _send_another_letter(found: Found) -> None:
    found.letters = [{"id": "<another@desk.example>", "to": "mia@harbour.example", "digest": "1"}]


@pytest.mark.parametrize(
    ("spoil", "field"),
    [
        (_lose_an_action, "action"),
        (_move_a_deadline, "clock"),
        (_tell_twice, "notice"),
        (_tell_nobody, "notice"),
        (_be_elsewhere, "stage"),
        (_do_what_nobody_asked, "event"),
        (_send_another_letter, "letter"),
    ],
)
def test_the_reference_notices_what_is_wrong(spoil: Callable[[Found], Any], field: str) -> None:
    rehearsed, found = heard()
    spoilt = copy.deepcopy(found)
    spoil(spoilt)
    differences = Hearing(rehearsed.life, spoilt).hear()
    assert any(difference.field.startswith(field) for difference in differences)
