"""The clock of the API, which has to agree with Temporal's: due times are counted from both."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from api.http.error_handlers import unavailable

LARGEST_SKEW = timedelta(seconds=5)
"""Between the clocks of two machines. NTP keeps them within a tenth of a second."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class AgreedClock:
    """The time of this machine, unless it was found to differ from Temporal's, or has jumped since
    the last comparison.
    """

    def __init__(
        self,
        local: Callable[[], datetime] = _utc_now,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """Until the first comparison, the clocks are taken to agree. `steady` counts seconds, and
        goes on evenly when somebody sets the clock.
        """
        self.local = local
        self._steady = steady
        self._ahead_then = timedelta(0)
        self._then = (local(), steady())

    def compare(self, before: datetime, there: datetime, after: datetime) -> None:
        """Takes note that Temporal's clock showed `there` between two times of this machine."""
        self._ahead_then = before - there if there < before else min(after - there, timedelta(0))
        self._then = (self.local(), self._steady())

    @property
    def disagreement(self) -> str | None:
        """What is wrong, with both times; None if the clocks agree."""
        here = self.local()
        ahead = self._ahead(here)
        if abs(ahead) <= LARGEST_SKEW:
            return None
        there = here - ahead
        return (
            f"the clocks disagree: it is {here.isoformat(timespec='seconds')} here and "
            f"{there.isoformat(timespec='seconds')} on the Temporal server"
        )

    def there(self) -> datetime:
        """The time on the Temporal server, by the last comparison and what has passed since."""
        here = self.local()
        return here - self._ahead(here)

    def now(self) -> datetime:
        """The time, UTC. Raises a Problem (503) if the clocks disagree."""
        if (wrong := self.disagreement) is not None:
            raise unavailable(wrong)
        return self.local()

    def _ahead(self, here: datetime) -> timedelta:
        local, steady = self._then
        return self._ahead_then + (here - local) - timedelta(seconds=self._steady() - steady)
