"""Strips drawn: open time, what counted, pauses, lateness, holidays and marks on a line of time.

A ticket that was late for months shows little of its target on one line. So the way to the due time
has a line of its own then, before the one of the whole.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from backtest.report.strip import Mark, MarkKind, Strip
from backtest.report.svg import box, element, line, number, picture, stretched, text
from backtest.report.wording import Wording
from policies.business_time.spans import Span, clip

LANE = 88
"""The height of one line of time."""
_TOP, _BAND = 18, 30
_HOURLY = 3
"""Days up to which a line of time has hours."""
_FEW_DAYS, _SOME_DAYS, _MANY_DAYS = 9, 75, 900
_MOST_TICKS = 12
_MOST_EVENTS = 20
_APART = 20
"""The room of a name, in percent of a narrow picture."""
_START = 24
"""The room of the time of the start, in percent."""
_LETTER, _FEWEST_LETTERS = 0.85, 8
"""The room of a letter of a small name, in percent of a wide picture. A name that is cut to fewer
letters is left out.
"""
_FAR = 2.5
"""How many times the way to the due time the whole is, if that way has a line of its own."""
_DAY = timedelta(days=1)
_LABELLED = (MarkKind.DUE, MarkKind.END)
_LEAST_HOLE = 3
"""Thousandths of the width under which gaps between open hours are not drawn."""


def strip_picture(strip: Strip, alt: str, words: Wording, width: str = "100%") -> str:
    """The picture of a strip, with the text for those who do not see it."""
    lanes = [*_lanes(strip)]
    drawn = (
        element(
            "svg",
            "".join(lane(strip, span, words, label)),
            cls="lane",
            y=index * LANE,
            height=LANE,
        )
        for index, (span, label) in enumerate(lanes)
    )
    return picture(alt, LANE * len(lanes), drawn, width)


def _lanes(strip: Strip) -> Iterator[tuple[Span, str]]:
    """The spans that have a line, and the name of each."""
    due, whole = strip.due, strip.span
    if due is not None and whole.length > _FAR * max(due - whole.begins, timedelta(minutes=1)):
        way = max(due - whole.begins, timedelta(minutes=30))
        yield Span(whole.begins, whole.begins + 1.3 * way), "until_due"
        yield whole, "whole"
    else:
        yield whole, ""


def lane(strip: Strip, span: Span, words: Wording, label: str) -> Iterator[str]:
    """The parts of one line of time."""
    at = _Scale(span)
    height = _BAND
    yield box(0, _TOP, 100, height, "s-closed")
    yield stretched(_bands(strip, span, at), _TOP, height)
    yield from _ticks(strip, span, at, words)
    yield from _holidays(strip, span, at)
    yield from _marks(strip, span, at, words)
    if label:
        yield text(0, LANE - 8, words.say(label), "s-lane")


class _Scale:
    """Times as places across, in percent."""

    def __init__(self, span: Span) -> None:
        self._begins = span.begins
        self._length = max(span.length, timedelta(seconds=1))

    def __call__(self, at: datetime) -> float:
        return 100 * ((at - self._begins) / self._length)


def _bands(strip: Strip, span: Span, at: _Scale) -> Iterator[str]:
    bands = (
        (strip.open, "s-open", 0, _BAND),
        (strip.counted, "s-counted", 5, _BAND - 10),
        (strip.paused, "s-paused", 5, _BAND - 10),
        (strip.late, "s-late", 11, _BAND - 22),
    )
    for spans, cls, top, height in bands:
        if path := _path(clip(spans, span), at, top, height):
            yield element("path", d=path, cls=cls)


def _path(spans: Iterable[Span], at: _Scale, top: int, height: int) -> str:
    """Boxes as one path. Boxes closer to each other than can be seen are joined."""
    joined: list[tuple[float, float]] = []
    for span in spans:
        begin, end = at(span.begins) * 10, at(span.ends) * 10
        if joined and begin - joined[-1][1] < _LEAST_HOLE:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((begin, end))
    return "".join(
        f"M{begin:.0f} {top}h{max(1, end - begin):.0f}v{height}h-{max(1, end - begin):.0f}z"
        for begin, end in joined
    )


def _ticks(strip: Strip, span: Span, at: _Scale, words: Wording) -> Iterator[str]:
    """Days, weeks or months under the band, as many as have room."""
    ticks = [*_tick_times(strip, span)]
    every = -(-len(ticks) // _MOST_TICKS) or 1
    for index, (moment, label) in enumerate(ticks):
        place = at(moment)
        yield line(place, _TOP + _BAND, _TOP + _BAND + 4, "s-tick")
        if index % every == 0 and place < 90:
            is_short = index // every % 2 == 0 or len(ticks) <= 5
            cls = "s-day" if is_short and place <= 100 - _APART else "s-day wide"
            yield text(place, _TOP + _BAND + 15, words.strip_tick(label, moment), cls)


def _tick_times(strip: Strip, span: Span) -> Iterator[tuple[datetime, str]]:
    days = span.length / _DAY
    if days < _HOURLY:
        yield from _hours(strip, span)
        return
    day = span.begins.astimezone(strip.zone).date()
    while True:
        moment = datetime.combine(day, time(), strip.zone)
        if moment > span.ends:
            return
        if moment >= span.begins and _is_tick(moment, days):
            yield moment, "month" if days > _SOME_DAYS else "day"
        day += _DAY


def _hours(strip: Strip, span: Span) -> Iterator[tuple[datetime, str]]:
    """Full hours, the first with its day."""
    every = next(n for n in (1, 2, 3, 6, 12) if span.length / timedelta(hours=n) <= 8 or n == 12)
    local = span.begins.astimezone(strip.zone)
    hour = local.replace(minute=0, second=0, microsecond=0, tzinfo=None)
    moment = hour - timedelta(hours=hour.hour % every)
    while (at := moment.replace(tzinfo=strip.zone)) <= span.ends:
        if at >= span.begins:
            yield at, "hour" if moment.hour else "day"
        moment += timedelta(hours=every)


def _is_tick(moment: datetime, days: float) -> bool:
    if days <= _FEW_DAYS:
        return True
    if days <= _SOME_DAYS:
        return moment.weekday() == 0
    return moment.day == 1 and (days <= _MANY_DAYS or moment.month == 1)


def _holidays(strip: Strip, span: Span, at: _Scale) -> Iterator[str]:
    for day, name in strip.holidays:
        begins = datetime.combine(day, time(), strip.zone)
        shown = Span(begins, begins + _DAY).clipped(span)
        if shown.is_empty:
            continue
        place, width = at(shown.begins), at(shown.ends) - at(shown.begins)
        yield box(place, _TOP + _BAND - 3, max(width, 0.4), 3, "s-holiday", f"{day} {name}")
        is_plain = not clip(strip.late, shown)
        letters = int(width / _LETTER)
        if letters >= _FEWEST_LETTERS and is_plain:
            short = name if len(name) <= letters else f"{name[: letters - 1].rstrip()}…"
            yield text(place + width / 2, _TOP + 19, short, "s-name wide", "middle")


def _marks(strip: Strip, span: Span, at: _Scale, words: Wording) -> Iterator[str]:
    shown = [mark for mark in strip.marks if span.begins <= mark.at <= span.ends]
    small = [mark for mark in shown if mark.kind in (MarkKind.EVENT, MarkKind.RUNG)]
    for index, mark in enumerate(small):
        if index < _MOST_EVENTS or mark.kind is MarkKind.RUNG:
            yield _small(mark, at(mark.at), strip, words)
    for mark in shown:
        if mark.kind in _LABELLED:
            yield line(at(mark.at), _TOP - 4, _TOP + _BAND + 3, f"s-{mark.kind.value}")
    places = {mark.kind: at(mark.at) for mark in shown if mark.kind in _LABELLED}
    if all(place > _START for place in places.values()):
        start = words.moment(strip.span.begins, strip.zone)
        yield text(0, 11, f"{words.say('mark_start')} {start}", "s-label s-label-start")
    yield from _labels(places, words)
    yield from _rung_names(shown, at, words)


def _rung_names(shown: list[Mark], at: _Scale, words: Wording) -> Iterator[str]:
    """The names of rungs, where nothing else is written."""
    labelled = [at(mark.at) for mark in shown if mark.kind in _LABELLED]
    taken = [(place - _APART / 2, place + _APART / 2) for place in labelled]
    if all(place > _START for place in labelled):
        taken.append((0, _START))
    for mark in shown:
        if mark.kind is not MarkKind.RUNG:
            continue
        name, place = words.rung(mark.text), at(mark.at)
        length = len(name) * _LETTER
        begin = min(max(0, place - length / 2), 100 - length)
        if all(begin + length < other or end < begin for other, end in taken):
            taken.append((begin, begin + length))
            yield text(begin + length / 2, 11, name, "s-name wide", "middle")


def _small(mark: Mark, place: float, strip: Strip, words: Wording) -> str:
    name = words.rung(mark.text) if mark.kind is MarkKind.RUNG else words.event(mark.text)
    hint = f"{words.moment(mark.at, strip.zone)} {name}"
    top = _TOP + _BAND if mark.kind is MarkKind.EVENT else _TOP
    return element(
        "circle",
        element("title", hint),
        cx=f"{number(place)}%",
        cy=top,
        r=3,
        cls=f"s-{mark.kind.value}",
    )


def _labels(places: dict[MarkKind, float], words: Wording) -> Iterator[str]:
    """The names of due time and completion, apart from each other."""
    due, end = places.get(MarkKind.DUE), places.get(MarkKind.END)
    if due is not None:
        on_left = end is not None and due <= end and end - due < 40 and due > 20
        anchor = "end" if on_left or due > 85 else "start"
        yield text(due, 11, words.say("mark_due"), "s-label s-label-due", anchor)
    is_apart = due is None or end is None or abs(end - due) > _APART or due < _APART
    if end is not None and is_apart:
        on_left = end > 80 or (due is not None and end < due and due - end < 40 and end > 20)
        yield text(end, 11, words.say("mark_end"), "s-label", "end" if on_left else "start")
