"""The pages about a comparison and about a sweep."""

from typing import NamedTuple

from backtest.comparison.comparison import MOST_EXAMPLES, Change, Comparison, Kind
from backtest.comparison.differences import Difference
from backtest.comparison.sweep import GOAL, Sweep
from backtest.report.charts import Column, bar, columns
from backtest.report.rendering import rendered
from backtest.report.wording import Wording
from backtest.results.totals import Tally
from policies.schema.policy import SupportPolicy

_LONGEST = 120


class Side(NamedTuple):
    """A clock before and after."""

    title: str
    before: Tally
    after: Tally
    before_bar: str
    after_bar: str


class KindRow(NamedTuple):
    """A kind of change: its tickets and the differences that cause it."""

    number: int
    kind: Kind
    tickets: int
    reasons: list[str]
    examples: list[Change]


def comparison_page(found: Comparison, policy: SupportPolicy) -> str:
    """The page about a comparison, in the language of the new policy."""
    words = Wording(policy)
    kinds = [
        KindRow(
            index + 1,
            kind,
            found.counts[kind],
            found.causes(kind.clock),
            found.examples(kind),
        )
        for index, kind in enumerate(found.kinds())
    ]
    return rendered(
        "comparison",
        w=words,
        found=found,
        sides=_sides(found, words),
        differences=[_short(each) for each in found.differences],
        kinds=kinds,
        most=MOST_EXAMPLES,
    )


def sweep_page(found: Sweep, policy: SupportPolicy, log: str) -> str:
    """The page about a sweep, in the language of the policy."""
    words = Wording(policy)
    unit, labels = _labels([words.target(step.target) for step in found.steps])
    shown = [
        Column(
            labels[index],
            f"s{index + 1}",
            words.share(step.tally.attainment or 0, 0),
            f"{words.target(step.target)}: {words.share(step.tally.attainment or 0)}",
            [(step.tally.attainment or 0, "met" if step is found.kept else "met soft-bar")],
        )
        for index, step in enumerate(found.steps)
    ]
    alt = words.say("sweep_alt", steps=", ".join(column.title for column in shown))
    return rendered(
        "sweep",
        w=words,
        found=found,
        chart=columns(alt, shown, words.share(GOAL, 0)),
        goal=words.share(GOAL, 0),
        log=log,
        title=words.title,
        unit=unit,
    )


def _labels(targets: list[str]) -> tuple[str, list[str]]:
    """The unit of all targets, and the number of each; the whole texts if the units differ."""
    parts = [target.replace("\N{NO-BREAK SPACE}", " ").partition(" ") for target in targets]
    unit = max((unit for _, _, unit in parts), key=len, default="")
    is_one = all(rest in (unit, unit.removesuffix("s")) for _, _, rest in parts)
    return (unit, [number for number, *_ in parts]) if is_one else ("", targets)


def _sides(found: Comparison, words: Wording) -> list[Side]:
    old, new = found.before.totals.by_clock(), found.after.totals.by_clock()
    sides = []
    for clock in dict.fromkeys((*old, *new)):
        before, after = old.get(clock, Tally()), new.get(clock, Tally())
        bars = (bar(tally, words.kept(tally)) for tally in (before, after))
        sides.append(Side(words.clock(clock), before, after, *bars))
    return sides


def _short(each: Difference) -> Difference:
    return each._replace(old=_text(each.old), new=_text(each.new))


def _text(value: object) -> str:
    if value is None:
        return "–"
    text = _listed(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _listed(value: object) -> str:
    match value:
        case {"cells": dict(cells)}:
            return _listed(cells)
        case dict():
            return ", ".join(f"{key}: {_listed(each)}" for key, each in value.items())
        case list():
            return ", ".join(map(_listed, value))
    return str(value)
