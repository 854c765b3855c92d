"""The activity by which a build replays what is open, before it gets work."""

from collections.abc import Callable
from typing import Protocol

from temporalio import activity

from activities.notices import Persisted

MOST_LISTED = 20
"""Failed replays that a report lists; the others are counted."""


class BuildCheck(Persisted):
    """What a build is to replay: open tickets and accounts, without those whose last task ran on
    `except_on`, a version as Temporal's search attribute has it.
    """

    except_on: str


class FailedReplay(Persisted):
    """A ticket or an account that the build cannot take over, and the first difference."""

    workflow: str
    difference: str


class BuildReport(Persisted):
    """The result of the replays on the code of a build."""

    replayed: int = 0
    failed: int = 0
    first: tuple[FailedReplay, ...] = ()
    """The first failures, at most `MOST_LISTED`."""


class Replays(Protocol):
    """Replays on the code of this process."""

    async def check(self, check: BuildCheck, on_progress: Callable[[int], None]) -> BuildReport:
        """Replays what the check names. `on_progress` gets the number replayed so far."""


class BuildChecks:
    """Replays what is open on the code of this worker."""

    def __init__(self, replays: Replays) -> None:
        self._replays = replays

    @activity.defn
    async def replay_open(self, check: BuildCheck) -> BuildReport:
        """Replays; a heartbeat for each history tells how far it is."""
        return await self._replays.check(check, activity.heartbeat)
