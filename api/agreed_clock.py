"""The clock of the API, which has to agree with Temporal's: due times are counted from both."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from api.http.error_handlers import unavailable

LARGEST_SKEW = timedelta(seconds=5)
"""Between the clocks of two machines. NTP keeps them within a tenth of a second."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class AgreedClock:
    """The time of this machine, unless it was found to differ from Temporal's."""

    def __init__(self, local: Callable[[], datetime] = _utc_now) -> None:
        """Until the first comparison, the clocks are taken to agree."""
        self.local = local
        self._ahead = timedelta(0)

    def compare(self, before: datetime, there: datetime, after: datetime) -> None:
        """Takes note that Temporal's clock showed `there` between two times of this machine."""
        self._ahead = before - there if there < before else min(after - there, timedelta(0))

    @property
    def disagreement(self) -> str | None:
        """What is wrong, with both times; None if the clocks agree."""
        if abs(self._ahead) <= LARGEST_SKEW:
            return None
        here, there = self.local(), self.there()
        return (
            f"the clocks disagree: it is {here.isoformat(timespec='seconds')} here and "
            f"{there.isoformat(timespec='seconds')} on the Temporal server"
        )

    def there(self) -> datetime:
        """The time on the Temporal server, as of the last comparison."""
        return self.local() - self._ahead

    def now(self) -> datetime:
        """The time, UTC. Raises a Problem (503) if the clocks disagree."""
        if (wrong := self.disagreement) is not None:
            raise unavailable(wrong)
        return self.local()
