"""The strip of an explanation: a clock as `desk explain` derives it, as a picture of its own."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backtest.report.strip import UNNAMED, Mark, MarkKind, Strip
from backtest.report.strip_drawing import LANE, lane
from backtest.report.svg import element
from backtest.report.wording import Wording
from policies.business_time.spans import Span, Spans, clip, union
from policies.reports.clock_explanation import ClockExplanation
from policies.schema.policy import SupportPolicy
from policies.terms.pinned_calendar import pin_calendar

WIDTH = 960
_MARGIN = 16
_HEIGHT = LANE + 40
_BREACH = "breach"
_STYLE = """
:root{--ink:#16202c;--soft:#55616f;--back:#fff;--met:#2f6fd0;--late:#c4372d;--paused:#e0a526;
--closed:#e3e8ee;--open:#f7f9fb}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#9eabba;--back:#11161c;--met:#5b97ee;
--late:#ee6a5d;--paused:#d7a03a;--closed:#262e38;--open:#151b22}}
text{font:12px system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--soft)}
.back{fill:var(--back)}.head{font-size:15px;font-weight:600;fill:var(--ink)}
.s-closed{fill:var(--closed)}.s-open{fill:var(--open)}.s-counted{fill:var(--met)}
.s-holiday{fill:var(--soft)}.s-rung{fill:var(--paused);stroke:var(--ink)}
.s-due{stroke:var(--late);stroke-width:2}.s-tick{stroke:var(--soft)}
.s-label{font-weight:600;fill:var(--ink)}.s-label-due{fill:var(--late)}.s-name{font-size:10px}
"""


def explained_svg(explained: ClockExplanation, policy: SupportPolicy) -> str:
    """The picture, as a file of its own. ValueError if the clock has no due time."""
    words = Wording(policy)
    strip = _strip(explained, policy)
    assert explained.due_at is not None
    target = words.target(explained.target or "")
    head = words.say("strip_head", clock=words.clock(explained.clock), target=target)
    alt = words.say(
        "strip_alt_explained",
        head=head,
        started=words.moment(explained.starts_at, strip.zone),
        due=words.moment(explained.due_at, strip.zone),
    )
    drawn = element(
        "svg",
        "".join(lane(strip, strip.span, words, "")),
        x=_MARGIN,
        y=32,
        width=WIDTH - 2 * _MARGIN,
        height=LANE,
        overflow="visible",
    )
    parts = (
        element("title", alt),
        element("style", _STYLE),
        element("rect", width=WIDTH, height=_HEIGHT, rx=8, cls="back"),
        element("text", head, x=_MARGIN, y=24, cls="head"),
        drawn,
    )
    return element(
        "svg",
        "".join(parts),
        xmlns="http://www.w3.org/2000/svg",
        width=WIDTH,
        height=_HEIGHT,
        viewBox=f"0 0 {WIDTH} {_HEIGHT}",
        role="img",
        aria_label=alt,
    )


def _strip(explained: ClockExplanation, policy: SupportPolicy) -> Strip:
    if explained.due_at is None:
        raise ValueError(f"{explained.clock} has no due time, so there is nothing to draw")
    due = explained.due_at
    ends = max((rung.at for rung in explained.rungs), default=due)
    span = Span(explained.starts_at, max(due, ends) + (due - explained.starts_at) * 0.04)
    counted = union(Span(window.opens, window.closes) for window in explained.counted)
    rungs = (r for r in explained.rungs if r.rung != _BREACH)
    return Strip(
        zone=_zone(explained.zone),
        span=span,
        open=union((*clip(counted, span), *_open(explained, policy, span))),
        counted=clip(counted, span),
        paused=(),
        late=(),
        holidays=tuple(
            (day.date, day.name) for day in explained.skipped if day.name not in UNNAMED
        ),
        marks=(
            Mark(MarkKind.START, explained.starts_at),
            *(Mark(MarkKind.RUNG, rung.at, rung.rung) for rung in rungs),
            Mark(MarkKind.DUE, due),
        ),
    )


def _open(explained: ClockExplanation, policy: SupportPolicy, span: Span) -> Spans:
    """Open time of the calendar of the clock, also after the due time."""
    named = explained.calendar.name if explained.calendar else None
    rule = policy.calendars.get(named) if named else None
    if named is None or rule is None:
        return ()
    pinned = pin_calendar(named, rule, span.begins.year - 1, policy.locale)
    explanation = pinned.calendar.explain(span.begins, span.ends)
    return tuple(Span(window.opens, window.closes) for window in explanation.counted)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
