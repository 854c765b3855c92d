"""Spans of time: half-open stretches from one UTC instant to another, and arithmetic on sets of
them. A normal set is sorted, and no two of its spans overlap or touch.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple


class Span(NamedTuple):
    """`[begins, ends)`; empty unless it ends after it begins."""

    begins: datetime
    ends: datetime

    def clipped(self, to: "Span") -> "Span":
        """What of this span lies within another; perhaps an empty one."""
        return Span(max(self.begins, to.begins), min(self.ends, to.ends))

    def overlaps(self, other: "Span") -> bool:
        """Whether some time lies in both."""
        return not self.clipped(other).is_empty

    @property
    def is_empty(self) -> bool:
        """Whether there is no time in it."""
        return self.ends <= self.begins

    @property
    def length(self) -> timedelta:
        """How much time there is in it."""
        return max(self.ends - self.begins, timedelta(0))


Spans = tuple[Span, ...]


def union(spans: Iterable[Span]) -> Spans:
    """All the time that lies in any of them, counted once: a normal set."""
    joined: list[Span] = []
    for span in sorted(span for span in spans if not span.is_empty):
        if joined and span.begins <= joined[-1].ends:
            joined[-1] = Span(joined[-1].begins, max(joined[-1].ends, span.ends))
        else:
            joined.append(span)
    return tuple(joined)


def clip(spans: Iterable[Span], to: Span) -> Spans:
    """What of them lies within one span: a normal set."""
    return union(span.clipped(to) for span in spans)


def subtract(spans: Iterable[Span], holes: Iterable[Span]) -> Spans:
    """The time that lies in one of `spans` and in none of `holes`: a normal set."""
    cuts = union(holes)
    return union(left for span in union(spans) for left in _cut(span, cuts))


def total(spans: Iterable[Span]) -> timedelta:
    """How much time a normal set holds."""
    return sum((span.length for span in spans), timedelta(0))


def _cut(span: Span, cuts: Spans) -> Iterator[Span]:
    begins = span.begins
    for cut in cuts:
        yield Span(begins, min(span.ends, cut.begins))
        begins = max(begins, cut.ends)
    yield Span(begins, span.ends)
