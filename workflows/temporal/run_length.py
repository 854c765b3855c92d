"""How long the history of a run is, and when the run has to end."""

from temporalio import workflow


class RunLength:
    """The length of the present run, as of the last look at it."""

    def __init__(self) -> None:
        self._long_at: int | None = None
        """The events of the history when it was first found to be long."""
        self.is_overdue = False
        """Whether the run has gone on for too long since: then nothing may hold up its end."""

    def look(self) -> None:
        """Asks Temporal."""
        info = workflow.info()
        events = info.get_current_history_length()
        if self._long_at is None and info.is_continue_as_new_suggested():
            self._long_at = events
        self.is_overdue = self._long_at is not None and events * 4 >= self._long_at * 5

    @property
    def is_long(self) -> bool:
        """Whether the run should end soon."""
        return self._long_at is not None
