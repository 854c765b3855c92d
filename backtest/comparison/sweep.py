"""The sweep: one target of a policy in steps, each judged anew, and the share that keeps it.

The steps are where something happens: the targets that 50 % to 99 % of the tickets would keep, by
the time counted in a first run, and the target of today.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import NamedTuple

from pydantic import JsonValue

from backtest.results.spread import Spread
from backtest.results.totals import Tally, Totals
from backtest.runs.run import Run
from policies.business_time.durations import Duration, Unit
from policies.documents.paths import steps_of
from policies.schema.policy import SupportPolicy

GOAL = 0.95
_SHARES = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99)


class SweepRefused(ValueError):
    """The path is no target of a clock, or its target cannot be swept."""


class Swept(NamedTuple):
    """A target, and the tally of the tickets that have it."""

    target: str
    tally: Tally


class Place(NamedTuple):
    """What a path sweeps: the target of a clock, for one priority or for all."""

    path: str
    clock: str
    priority: str | None

    def tally(self, totals: Totals) -> Tally:
        """The tally of the tickets with this target."""
        if self.priority is None:
            return totals.by_clock().get(self.clock, Tally())
        return totals.by_priority().get((self.clock, self.priority), Tally())


@dataclass
class Sweep:
    """The steps of a sweep, the shortest target first. `now` is the target of the policy, as far as
    all tickets have one. It is partial if it was interrupted: the targets after its steps were not
    tried.
    """

    place: Place
    now: str | None
    steps: list[Swept] = field(default_factory=list)
    is_partial: bool = False

    @property
    def kept(self) -> Swept | None:
        """The shortest target of a step that 95 % keep."""
        return next((s for s in self.steps if (s.tally.attainment or 0) >= GOAL), None)


def place_of(policy: SupportPolicy, path: str) -> Place:
    """What a path such as `clocks.resolution.within` sweeps. NoSuchValue for an invalid path."""
    steps = [str(step) for step in steps_of(path)]
    clock = steps[1] if len(steps) > 2 and steps[0] == "clocks" else None
    if clock not in policy.clocks or steps[2] != "within":
        example = f"clocks.{next(iter(policy.clocks), 'first_response')}.within"
        raise SweepRefused(f'"{path}" is not the target of a clock; write for example "{example}"')
    cell = steps[-1] if "cells" in steps else None
    return Place(path, str(clock), cell if cell in policy.priorities else None)


def sweep(
    place: Place,
    first: Run,
    given: Sequence[str],
    judged: Callable[[Mapping[str, JsonValue]], Run],
) -> Sweep:
    """Judges the log for each target: those given, or those where something happens."""
    spread = Spread()
    for result in first.results():
        has_it = place.priority in (None, result.priority)
        if result.clock == place.clock and has_it and result.state.value in {"met", "breached"}:
            spread.add(result)
    now = spread.target[0] if spread.target and len(spread.targets) == 1 else None
    found = Sweep(place, now)
    for target in given or [*_candidates(spread)]:
        run = judged({place.path: target})
        if run.is_partial:
            found.is_partial = True
            break
        found.steps.append(Swept(target, place.tally(run.totals)))
    return found


def _candidates(spread: Spread) -> Iterator[str]:
    """Whole numbers of the unit of today's target, or of smaller units for short targets."""
    if spread.target is None or not spread.target[1]:
        raise SweepRefused("no ticket has this target, so it cannot be swept")
    text, seconds = spread.target
    now = Duration.parse(text)
    if now.unit is Unit.FOLLOWING_WEEK or not now.amount:
        raise SweepRefused(f'"{text}" cannot be swept; give the targets: PATH=TARGET,TARGET')
    length, unit = seconds / now.amount, now.unit
    amounts = {now.amount}
    for share in _SHARES:
        kept = spread.kept_by(share)
        if kept is not None:
            amounts.add(max(1, ceil(kept / length)))
    at_goal = spread.kept_by(GOAL)
    if at_goal is not None and at_goal > length:
        amounts.add(ceil(at_goal / length) - 1)
    for amount in sorted(amounts):
        yield str(Duration(amount, unit, now.end_of_day, now.same_time))
