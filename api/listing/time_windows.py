"""Windows of time, and how a crowded one is divided.

Visibility counts quickly but cannot sort. So a list is read window by window, each small
enough to be fetched whole and sorted here: where most people look, around now, the windows
are an hour and a day long; what is still crowded is halved, down to a second.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

_STEPS = tuple(timedelta(hours=hours) for hours in (1, 24, 7 * 24, 30 * 24, 365 * 24))
SHORTEST = timedelta(seconds=1)


@dataclass(frozen=True)
class Window:
    """The instants from `begins` up to, but not including, `ends`."""

    begins: datetime
    ends: datetime

    def holds(self, at: datetime) -> bool:
        """Whether the instant is one of the window's."""
        return self.begins <= at < self.ends

    @property
    def is_empty(self) -> bool:
        """No instant is in it."""
        return self.begins >= self.ends

    @property
    def is_short(self) -> bool:
        """It is too short to be divided: what is in it is due together."""
        return self.ends - self.begins <= SHORTEST

    def parts(self, now: datetime) -> list["Window"]:
        """The same window in pieces, earliest first."""
        inside = [edge for edge in _edges(now) if self.begins < edge < self.ends]
        if not inside:
            inside = [self.begins + (self.ends - self.begins) / 2]
        return [Window(a, b) for a, b in pairwise((self.begins, *inside, self.ends))]


def _edges(now: datetime) -> Iterable[datetime]:
    return (*(now - step for step in reversed(_STEPS)), now, *(now + step for step in _STEPS))
