"""The charts of the report: bars of priorities, columns of months, the distribution, the curve."""

from collections.abc import Callable, Sequence
from math import log2
from typing import NamedTuple

from backtest.report.svg import (
    box,
    element,
    level,
    line,
    link,
    number,
    percent,
    picture,
    stretched,
    text,
)
from backtest.results.totals import Tally

FEW = 20
"""Tickets under which the column of a month is pale."""
GOAL = 0.95
_HEIGHT, _TOP = 150, 22
_MOST_LABELS = 18
_WIDEST = 14
"""The most that a column takes of the width, in percent."""
_NARROW = 7
"""Columns that have room for all labels on a telephone."""
_STEP = 2
"""Thousandths of the width under which steps of the curve are joined."""
_CURVE = 1 / 16, 64
"""The multiples of the target between which the curve is drawn."""


class Column(NamedTuple):
    """One column: its name, its place in the page, and what is written on it. `parts` are shares of
    the height and their classes, the lowest first.
    """

    name: str
    target: str
    label: str
    title: str
    parts: Sequence[tuple[float, str]]


def bar(tally: Tally, alt: str) -> str:
    """A bar of all tickets: kept, late, undecided."""
    parts, place = [], 0.0
    total = tally.tickets or 1
    undecided = tally.open + tally.cancelled
    for count, cls in ((tally.met, "met"), (tally.breached, "late"), (undecided, "undecided")):
        width = 100 * count / total
        if count:
            parts.append(box(place, 0, width, 14, cls))
        place += width
    return element(
        "svg", "".join(parts), width="100%", height=14, role="img", aria_label=alt, cls="bar"
    )


def columns(alt: str, shown: Sequence[Column], goal_words: str = "", line_after: int = -1) -> str:
    """Columns side by side, each a link. `goal_words` name a level line at the
    goal, if there is one; `line_after` columns there is an upright line.
    """
    width = min(100 / max(len(shown), 1), _WIDEST)
    base = _TOP + _HEIGHT
    parts = [level(base, 0, 100, "axis")]
    if goal_words:
        # Under the columns, so that it strikes no number through.
        parts.append(level(base - GOAL * _HEIGHT, 0, 100, "goal"))
        parts.append(text(100, base - GOAL * _HEIGHT - 4, goal_words, "tick", "end"))
    every = -(-len(shown) // _MOST_LABELS) or 1
    for index, column in enumerate(shown):
        left = width * index
        drawn, top = [box(left, 0, width, base + 20, "hit")], float(base)
        for share, cls in column.parts:
            height = share * _HEIGHT
            if 0 < height < 1:
                height = 1.0
            top -= height
            drawn.append(box(left + width * 0.14, top, width * 0.72, height, cls))
        middle = left + width / 2
        wide = "" if len(shown) <= _NARROW or index % (4 * every) == 0 else " wide"
        if index % every == 0:
            drawn.append(text(middle, base + 16, column.name, f"tick{wide}", "middle"))
            drawn.append(text(middle, max(top - 5, 10), column.label, f"value{wide}", "middle"))
        drawn.append(element("title", column.title))
        whole = "".join(drawn)
        is_link = bool(column.target)
        parts.append(link(column.target, whole, column.title) if is_link else element("g", whole))
    if line_after >= 0:
        parts.append(line(width * line_after, 4, base, "limit"))
    return picture(alt, base + 22, parts)


class Curve(NamedTuple):
    """The words and points of a curve of attainment. Points are multiples of the target, and the
    share kept by them.
    """

    points: Sequence[tuple[float, float]]
    now: float
    goal_at: float | None
    today: str
    goal: str
    times: Callable[[float], str]
    share: Callable[[float], str]


def curve_chart(alt: str, curve: Curve) -> str:
    """The share kept against the target, on a scale on which each step doubles the target."""
    base = _TOP + _HEIGHT
    shares = {share: base - share * _HEIGHT for share in (0.25, 0.5, 0.75, 1)}
    parts = [level(y, 0, 100, "grid") for y in shares.values()]
    path = _curve_path(curve.points)
    area = f"{path}V{_HEIGHT}H0z"
    parts.append(
        stretched(
            [element("path", d=area, cls="area"), element("path", d=path, cls="curve")],
            _TOP,
            _HEIGHT,
        )
    )
    # Over the curve, so that it strikes no number through.
    parts += [text(0, y - 4, curve.share(share), "tick") for share, y in shares.items()]
    parts.append(level(base, 0, 100, "axis"))
    for power in range(-3, 6, 2):
        x = _across(2.0**power)
        parts.append(text(x, base + 16, curve.times(2.0**power), "tick", "middle"))
    for power in range(-2, 5, 2):
        x = _across(2.0**power)
        parts.append(text(x, base + 16, curve.times(2.0**power), "tick wide", "middle"))
    parts += _point(1, curve.now, curve.today, "today", 20, "start")
    if curve.goal_at is not None and _CURVE[0] < curve.goal_at < _CURVE[1]:
        parts += _point(curve.goal_at, GOAL, curve.goal, "at-goal", -11, "end")
    return picture(alt, base + 22, parts)


def _point(times: float, share: float, words: str, cls: str, below: int, anchor: str) -> list[str]:
    x, y = _across(times), _TOP + _HEIGHT - share * _HEIGHT
    if x > 75:
        anchor = "end"
    elif x < 25:
        anchor = "start"
    return [
        line(x, y, _TOP + _HEIGHT, cls),
        element("circle", cx=percent(x), cy=y, r=5, cls=cls),
        text(x + (-1.5 if anchor == "end" else 1.5), y + below, words, f"value {cls}", anchor),
    ]


def _curve_path(points: Sequence[tuple[float, float]]) -> str:
    """The steps of the curve, of which those too narrow to see are joined."""
    low, high = _CURVE
    share = max((kept for times, kept in points if times <= low), default=0.0)
    path, last = f"M0 {number(_HEIGHT * (1 - share))}", 0.0
    for times, kept in points:
        if not low < times <= high:
            continue
        x, share = 10 * _across(times), kept
        if x - last >= _STEP or path.count("V") == 0:
            path += f"H{x:.0f}V{_HEIGHT * (1 - kept):.1f}"
            last = x
    return f"{path}V{_HEIGHT * (1 - share):.1f}H1000"


def _across(times: float) -> float:
    """The place of a multiple of the target, in percent."""
    low, high = map(log2, _CURVE)
    return 100 * (log2(times) - low) / (high - low)
