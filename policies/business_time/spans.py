"""Spans: half-open intervals of UTC times, and set operations on them.

The operations return normalised spans: sorted, and no two of them overlap or touch.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple


class Span(NamedTuple):
    """`[begins, ends)`; empty unless `ends` is later than `begins`."""

    begins: datetime
    ends: datetime

    def clipped(self, to: "Span") -> "Span":
        """The part of this span inside another; may be empty."""
        return Span(max(self.begins, to.begins), min(self.ends, to.ends))

    def overlaps(self, other: "Span") -> bool:
        """Whether the spans have time in common; spans that touch have none."""
        return not self.clipped(other).is_empty

    @property
    def is_empty(self) -> bool:
        """Whether the span contains no time."""
        return self.ends <= self.begins

    @property
    def length(self) -> timedelta:
        """The time from `begins` to `ends`; zero if empty."""
        return max(self.ends - self.begins, timedelta(0))


Spans = tuple[Span, ...]


def union(spans: Iterable[Span]) -> Spans:
    """The time in at least one span."""
    joined: list[Span] = []
    for span in sorted(span for span in spans if not span.is_empty):
        if joined and span.begins <= joined[-1].ends:
            joined[-1] = Span(joined[-1].begins, max(joined[-1].ends, span.ends))
        else:
            joined.append(span)
    return tuple(joined)


def clip(spans: Iterable[Span], to: Span) -> Spans:
    """The parts inside one span."""
    return union(span.clipped(to) for span in spans)


def subtract(spans: Iterable[Span], holes: Iterable[Span]) -> Spans:
    """The time in at least one of `spans` and in none of `holes`."""
    cuts = union(holes)
    return union(part for span in union(spans) for part in _cut(span, cuts))


def total(spans: Iterable[Span]) -> timedelta:
    """The length of normalised spans together."""
    return sum((span.length for span in spans), timedelta(0))


def _cut(span: Span, cuts: Spans) -> Iterator[Span]:
    begins = span.begins
    for cut in cuts:
        yield Span(begins, min(span.ends, cut.begins))
        begins = max(begins, cut.ends)
    yield Span(begins, span.ends)
