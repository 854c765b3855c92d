"""The effect that other terms would have on a ticket."""

from datetime import datetime

from policies.coverage.verdict import Verdict
from policies.vocabulary import ClockState
from workflows.shared.payload import Payload


class ClockMove(Payload):
    """The effect of other terms on one cycle of a clock. Without a due time it does not run."""

    name: str
    cycle: int
    due_at: datetime | None = None
    new_due_at: datetime | None = None
    new_state: ClockState


class RevisionPreview(Payload):
    """The effect that other terms would have on a ticket: its open clocks and its coverage."""

    clocks: tuple[ClockMove, ...] = ()
    verdict: Verdict
