"""Time windows, and the division of a window with many tickets.

Visibility counts quickly but cannot sort. A list is therefore read window by window, each small
enough to be fetched and sorted as a whole. Around now, where most reads are, windows are an hour
and a day long; a window with too many tickets is halved, down to a second.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

_STEPS = tuple(timedelta(hours=hours) for hours in (1, 24, 7 * 24, 30 * 24, 365 * 24))
SHORTEST = timedelta(seconds=1)


@dataclass(frozen=True)
class Window:
    """The half-open range from `begins` to `ends`."""

    begins: datetime
    ends: datetime

    def contains(self, at: datetime) -> bool:
        """Whether the time is in the window."""
        return self.begins <= at < self.ends

    @property
    def is_empty(self) -> bool:
        """Whether no time is in the window."""
        return self.begins >= self.ends

    @property
    def is_short(self) -> bool:
        """Whether the window is too short to divide."""
        return self.ends - self.begins <= SHORTEST

    def parts(self, now: datetime) -> list["Window"]:
        """Divides the window; the parts are in order."""
        inner_edges = [edge for edge in _edges(now) if self.begins < edge < self.ends]
        if not inner_edges:
            inner_edges = [self.begins + (self.ends - self.begins) / 2]
        return [Window(a, b) for a, b in pairwise((self.begins, *inner_edges, self.ends))]


def _edges(now: datetime) -> Iterable[datetime]:
    return (*(now - step for step in reversed(_STEPS)), now, *(now + step for step in _STEPS))
