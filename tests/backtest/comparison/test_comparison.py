"""Comparisons count every clock once, each change by its kind, with what causes it."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from pydantic import JsonValue

from backtest.comparison.comparison import NOT_JUDGED, Comparison, Kind, Way, compare
from backtest.comparison.differences import differences
from backtest.comparison.sweep import GOAL, SweepRefused, place_of, sweep
from backtest.report.comparison_page import comparison_page, sweep_page
from backtest.runs.run import ALL, Run
from backtest.runs.spooled_log import spooled
from policies.terms.overrides import apply_overrides
from tests.backtest.made_up_logs import NOW, incidents, mapping_of, policy_of
from tests.backtest.runs.test_run import random_rows

POLICY = policy_of("servicenow")
PATH = "clocks.first_response.within"
RESOLUTION = "clocks.resolution.within"


def compared(directory: Path, overrides: dict[str, object]) -> tuple[Comparison, Run, Run]:
    log = directory / "log.csv"
    log.write_text(incidents(*random_rows(16)))
    with spooled(log, mapping_of("servicenow"), NOW) as spool:
        before, after = Run(spool, POLICY), Run(spool, POLICY, overrides, name="new")  # type: ignore[arg-type]
        for run in (before, after):
            run.judge_all(1)
        return compare(before, after), before, after


def test_a_shorter_target_only_adds_breaches_and_only_to_its_clock(tmp_path: Path) -> None:
    found, *_ = compared(tmp_path, {RESOLUTION: "2 business hours"})
    assert found.counts.total() + found.unchanged == 2 * 16
    assert {kind.clock for kind in found.counts} == {"resolution"}
    assert all(kind.way is not Way.BETTER for kind in found.counts)
    old, new = (r.totals.by_clock()["resolution"] for r in (found.before, found.after))
    worse = Kind("resolution", "met", "breached")
    still = Kind("resolution", "open", "breached")
    assert found.counts[worse] + found.counts[still] == new.breached - old.breached > 0
    assert all(change.states == ("met", "breached") for change in found.examples(worse))
    [reason] = found.reasons("resolution")
    assert (reason.path, reason.new, reason.clause) == (
        RESOLUTION,
        "2 business hours",
        "resolution",
    )
    assert "Resolution: from kept to late" in comparison_page(found, POLICY)


def test_a_policy_compared_with_itself_changes_nothing(tmp_path: Path) -> None:
    found, *_ = compared(tmp_path, {})
    assert (found.counts, found.differences, found.unchanged) == (Counter(), [], 2 * 16)
    assert "No ticket changes." in comparison_page(found, POLICY)


def test_a_difference_has_its_path_and_the_clause_around_it() -> None:
    other = apply_overrides(
        POLICY,
        {
            "clocks.resolution.within.cells.low": "9 business hours",
            "calendars.desk.zone": "Asia/Tokyo",
        },
    ).policy
    found = {each.path: each for each in differences(POLICY, other)}
    target = found["clocks.resolution.within.cells.low"]
    assert (target.old, target.new, target.clause) == (
        "80 business hours",
        "9 business hours",
        "resolution",
    )
    assert found["calendars.desk.zone"].clause == "hours"
    assert not target.concerns("first_response")
    assert found["calendars.desk.zone"].concerns("first_response")


def test_a_sweep_names_the_shortest_target_that_95_percent_keep(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(incidents(*random_rows(16)))
    with spooled(log, mapping_of("servicenow"), NOW) as spool:
        first, names = Run(spool, POLICY), iter("abcdefghijklmnop")
        first.judge_all(1)

        def judged(overrides: object) -> Run:
            run = Run(spool, POLICY, overrides, name=next(names))  # type: ignore[arg-type]
            run.judge_all(1)
            return run

        found = sweep(place_of(POLICY, PATH), first, [], judged)
    shares = [step.tally.attainment or 0 for step in found.steps]
    assert shares == sorted(shares)
    assert len(shares) > 3
    if found.kept is not None:
        assert shares[found.steps.index(found.kept)] >= GOAL
    assert "Share kept by target, in business hours" in sweep_page(found, POLICY, "log.csv")


@pytest.mark.parametrize(
    "path", ["clocks.none.within", "clocks.resolution.stops", "calendars.desk.zone"]
)
def test_only_targets_of_clocks_are_swept(path: str) -> None:
    with pytest.raises(SweepRefused, match=r"clocks.first_response.within"):
        place_of(POLICY, path)


def test_a_cell_of_a_priority_is_swept_for_that_priority() -> None:
    place = place_of(POLICY, "clocks.resolution.within.cells.low")
    assert (place.clock, place.priority) == ("resolution", "low")


def interrupt_at(number: int) -> Callable[[int, int], None]:
    def interrupt(done: int, _: int) -> None:
        if done == number:
            raise KeyboardInterrupt

    return interrupt


@pytest.mark.parametrize("first", [90, 256])
def test_an_interrupted_comparison_compares_what_both_policies_judged(
    first: int, tmp_path: Path
) -> None:
    log = tmp_path / "log.csv"
    log.write_text(incidents(*random_rows(40)))
    with spooled(log, mapping_of("servicenow"), NOW) as spool:
        before, after = Run(spool, POLICY), Run(spool, POLICY, {PATH: "1 minute"}, name="new")
        before.judge_all(1, interrupt_at(first))
        after.judge_all(1, interrupt_at(60), only=before.done if before.is_partial else ALL)
        found = compare(before, after)
    assert found.before.is_partial
    assert found.after.is_partial
    assert 0 < found.before.tickets == found.after.tickets < 40
    assert NOT_JUDGED not in {state for kind in found.counts for state in (kind.before, kind.after)}


def test_an_interrupted_sweep_has_the_targets_that_were_tried_to_the_end(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(incidents(*random_rows(16)))
    tried: list[Run] = []

    with spooled(log, mapping_of("servicenow"), NOW) as spool:
        first = Run(spool, POLICY)
        first.judge_all(1)

        def judged(overrides: Mapping[str, JsonValue]) -> Run:
            tried.append(Run(spool, POLICY, overrides, name=f"step-{len(tried)}"))
            tried[-1].judge_all(1, interrupt_at(99 if len(tried) == 3 else -1))
            return tried[-1]

        targets = ["1 business hour", "2 business hours", "3 business hours", "4 business hours"]
        found = sweep(place_of(POLICY, PATH), first, targets, judged)
    assert [step.target for step in found.steps] == targets[:2]
    assert found.is_partial
