"""What is on the page: the figures of the report in words, and where each leads."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from backtest.report.charts import FEW, GOAL, Column, Curve, bar, columns, curve_chart
from backtest.report.figures import Behind, Figures
from backtest.report.wording import Wording
from backtest.results.clock_result import ResultState
from backtest.results.spread import EDGES, Spread
from backtest.results.totals import Tally, Totals

_STATES = {ResultState.MET: "met", ResultState.BREACHED: "late"}


@dataclass
class Anchors:
    """The names of places on the page, and which of them have examples."""

    figures: Figures
    names: dict[Behind, str] = field(default_factory=dict)

    def of(self, figure: Behind) -> str:
        """Where the tickets behind a figure are; empty if it has none."""
        if not self.figures.behind(figure):
            return ""
        return self.names.setdefault(figure, f"t{len(self.names) + 1}")


@dataclass
class PriorityRow:
    """A priority of a clock, or all of them together."""

    name: str
    tally: Tally
    spread: Spread
    bar: str
    met: str
    late: str
    is_all: bool = False


@dataclass
class ClockPart:
    """Everything on the page about one clock."""

    name: str
    title: str
    tally: Tally
    rows: list[PriorityRow]
    months: list[tuple[str, Tally, str, str]]
    bars: list[tuple[str, int, int, str, str]]
    month_chart: str
    bar_chart: str
    curve_chart: str


class Contents:
    """The parts of the page, in the words of one language."""

    def __init__(self, totals: Totals, figures: Figures, words: Wording) -> None:
        self.anchors = Anchors(figures)
        self._totals, self._figures, self._words = totals, figures, words

    def clocks(self) -> list[ClockPart]:
        """The parts of all clocks."""
        return [self._clock(name, tally) for name, tally in self._totals.by_clock().items()]

    def _clock(self, name: str, tally: Tally) -> ClockPart:
        months, bars = [*self._months(name)], [*self._bars(name)]
        return ClockPart(
            name=name,
            title=self._words.clock(name),
            tally=tally,
            rows=[*self._rows(name, tally)],
            months=months,
            bars=bars,
            month_chart=self._month_chart(name, months),
            bar_chart=self._bar_chart(name, bars),
            curve_chart=self._curve(name, tally),
        )

    def _rows(self, clock: str, all_tally: Tally) -> Iterator[PriorityRow]:
        groups = [
            (priority, tally)
            for (name, priority), tally in self._totals.by_priority().items()
            if name == clock
        ]
        if len(groups) > 1:
            spread = self._figures.by_clock(clock)
            drawn = bar(all_tally, self._words.kept(all_tally))
            words, late = self._words.say("any_priority"), "worst" if all_tally.breached else ""
            yield PriorityRow(words, all_tally, spread, drawn, "", late, is_all=True)
        for priority, tally in sorted(groups, key=lambda each: self._words.rank(each[0])):
            spread = self._figures.spreads.get((clock, priority), Spread())
            yield PriorityRow(
                self._words.priority(priority),
                tally,
                spread,
                bar(tally, self._words.kept(tally)),
                self.anchors.of(Behind(clock, "priority", priority, ResultState.MET)),
                self.anchors.of(Behind(clock, "priority", priority, ResultState.BREACHED)),
            )

    def _months(self, clock: str) -> Iterator[tuple[str, Tally, str, str]]:
        for (name, month), tally in self._totals.by_month().items():
            if name == clock and tally.decided:
                yield (
                    month,
                    tally,
                    self.anchors.of(Behind(clock, "month", month, ResultState.MET)),
                    self.anchors.of(Behind(clock, "month", month, ResultState.BREACHED)),
                )

    def _month_chart(self, clock: str, months: list[tuple[str, Tally, str, str]]) -> str:
        words = self._words
        shown = [(month, tally, late or met) for month, tally, met, late in months]
        if not shown:
            return ""
        drawn = [
            Column(
                words.short_month(month),
                target,
                words.share(tally.attainment or 0, 0),
                f"{words.month(month)}: {words.kept(tally)}",
                [(tally.attainment or 0, "met" if tally.decided >= FEW else "met pale")],
            )
            for month, tally, target in shown
        ]
        by_share = sorted(shown, key=lambda each: each[1].attainment or 0)
        alt = words.say(
            "months_alt",
            clock=words.clock(clock),
            least=words.share(by_share[0][1].attainment or 0),
            worst=words.month(by_share[0][0]),
            most=words.share(by_share[-1][1].attainment or 0),
            best=words.month(by_share[-1][0]),
        )
        return columns(alt, drawn, words.share(GOAL, 0))

    def _bars(self, clock: str) -> Iterator[tuple[str, int, int, str, str]]:
        spread = self._figures.by_clock(clock)
        for index in range(len(EDGES) + 1):
            met, late = (spread.bars[index, state] for state in _STATES)
            yield (
                self._words.bar(index),
                met,
                late,
                self.anchors.of(Behind(clock, "bar", index, ResultState.MET)),
                self.anchors.of(Behind(clock, "bar", index, ResultState.BREACHED)),
            )

    def _bar_chart(self, clock: str, bars: list[tuple[str, int, int, str, str]]) -> str:
        words = self._words
        most = max((met + late for _, met, late, *_ in bars), default=0)
        if not most:
            return ""
        drawn = [
            Column(
                words.bar_tick(index),
                (to_late if late > met else to_met) or to_met or to_late,
                words.number(met + late) if met + late else "",
                f"{name}: {words.number(met + late)}",
                [(met / most, "met"), (late / most, "late")],
            )
            for index, (name, met, late, to_met, to_late) in enumerate(bars)
        ]
        limit = EDGES.index(1) + 1
        within = sum(met + late for _, met, late, *_ in bars[:limit])
        beyond = sum(met + late for _, met, late, *_ in bars[limit:])
        alt = words.say(
            "distribution_alt",
            clock=words.clock(clock),
            within=words.number(within),
            beyond=words.number(beyond),
        )
        return columns(alt, drawn, line_after=limit)

    def _curve(self, clock: str, tally: Tally) -> str:
        spread, words = self._figures.by_clock(clock), self._words
        points = [*spread.curve()]
        if not points or tally.attainment is None:
            return ""
        goal_at = next((times for times, share in points if share >= GOAL), None)
        now = words.share(tally.attainment)
        values = {"clock": words.clock(clock), "now": now}
        if goal_at is None:
            alt = words.say("curve_alt", **values)
        else:
            goal = {"share": words.share(GOAL, 0), "times": words.times(goal_at)}
            alt = words.say("curve_alt_95", **values, **goal)
        goal_words = "" if goal_at is None else words.say("times", number=words.times(goal_at))
        curve = Curve(
            points,
            tally.attainment,
            goal_at,
            f"{words.say('today')}: {now}",
            f"{words.share(GOAL, 0)}: {goal_words}",
            lambda times: words.say("times", number=words.times(times)),
            lambda share: words.share(share, 0),
        )
        return curve_chart(alt, curve)
