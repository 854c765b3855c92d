"""The page: one HTML file without scripts that loads nothing, at most 400 KB."""

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from backtest.judging.judge import Judged
from backtest.report.charts import FEW
from backtest.report.contents import Contents
from backtest.report.figures import Behind, Figures
from backtest.report.rendering import rendered
from backtest.report.strip import Strip, strip_of
from backtest.report.strip_drawing import strip_picture
from backtest.report.wording import Wording
from backtest.results.backtest_report import BacktestReport
from backtest.results.clock_result import ClockResult, ResultState
from backtest.results.explanation import Step
from backtest.runs.run import Run
from policies.i18n.locales import words_in
from policies.schema.policy import SupportPolicy

MOST_BYTES = 400_000
_SIZES = ((10, 100, 100), (8, 100, 100), (6, 80, 100), (5, 60, 100), (4, 40, 100), (3, 20, 50))
_LEAST = (1, 3, 10)
"""Examples of each figure, pictures of tickets, and tickets with their steps: the first of these
that fit are on the page, else the least.
"""
_MOST_STEPS = 8
Key = tuple[str, str]


class Story(NamedTuple):
    """One of the worst results: its steps and its picture."""

    number: int
    result: ClockResult
    clause: str
    zone: tzinfo
    picture: str
    steps: tuple[Step, ...]
    more: int


def page_of(run: Run) -> str:
    """The page about a run."""
    report, policy = run.report(), run.judge.policy
    figures, words = Figures(run.results()), Wording(policy)
    stories = [*_stories(run, report, words)]
    for examples, pictures, told in (*_SIZES, _LEAST):
        page = _page(report, policy, figures, words, stories[:told], pictures, examples)
        if len(page.encode()) <= MOST_BYTES:
            break
    return page


def _stories(run: Run, report: BacktestReport, words: Wording) -> Iterator[Story]:
    for index, result in enumerate(report.worst):
        judged, until = run.judged(result.ticket), report.until
        strip = None
        if isinstance(judged, Judged) and until is not None:
            strip = strip_of(judged, result.clock, until)
        zone = strip.zone if strip else UTC
        steps = report.explanations.get((result.ticket, result.clock), ())
        yield Story(
            index + 1,
            result,
            clause_says(run.judge.policy, result.clause),
            zone,
            strip_picture(strip, _alt(result, strip, until, words), words) if strip else "",
            steps[:_MOST_STEPS],
            max(0, len(steps) - _MOST_STEPS),
        )


def _alt(result: ClockResult, strip: Strip, until: datetime | None, words: Wording) -> str:
    def moment(at: datetime) -> str:
        return words.moment(at, strip.zone)

    end = ""
    if result.completed is not None:
        end = words.say("ended", at=moment(result.completed))
    elif until is not None:
        end = words.say("not_ended", at=moment(until))
    values = {"clock": words.clock(result.clock), "ticket": result.ticket}
    values |= {"started": moment(result.started), "end": end}
    if result.due is None:
        return words.say("strip_alt_no_due", **values)
    return words.say("strip_alt", **values, due=moment(result.due))


def clause_says(policy: SupportPolicy, clause: str) -> str:
    """The text of a clause; empty if the policy has none of this name."""
    known = policy.clauses.get(clause)
    return words_in(known.says, policy.locale, policy.locale) if known else ""


class _Example(NamedTuple):
    name: str
    anchor: str
    results: list[ClockResult]


def _page(
    report: BacktestReport,
    policy: SupportPolicy,
    figures: Figures,
    words: Wording,
    stories: list[Story],
    pictures: int,
    most: int,
) -> str:
    contents = Contents(report.totals, figures, words)
    clocks = contents.clocks()
    examples = [
        _Example(_name(figure, words), anchor, figures.behind(figure)[:most])
        for figure, anchor in contents.anchors.names.items()
    ]
    return rendered(
        "report",
        w=words,
        report=report,
        policy=policy,
        clocks=clocks,
        stories=stories,
        pictures=pictures,
        pictured={(s.result.ticket, s.result.clock): s.number for s in stories},
        examples=examples,
        most=most,
        few=FEW,
        zone=_zone(stories),
        clause_says=clause_says,
        utc=UTC,
    )


def _zone(stories: list[Story]) -> tzinfo:
    return stories[0].zone if stories else UTC


def _name(figure: Behind, words: Wording) -> str:
    clock = words.clock(figure.clock)
    match figure.kind, figure.value:
        case "bar", int(index):
            value = words.bar(index)
        case "month", str(month):
            value = words.month(month)
        case _, value_or_none:
            value = words.priority(None if value_or_none is None else str(value_or_none))
    name = words.say("in_bar", clock=clock, bar=value)
    return words.say("kept_in" if figure.state is ResultState.MET else "late_in", name=name)
