"""Why an action is refused. A refused action changes nothing.

Each class is one kind of refusal; its name travels as the error type of the update, and the
details beside it say which stage the ticket is in and what is allowed there.
"""

from policies.vocabulary import Action, Stage
from workflows.ticket.payload import Payload


class RefusalDetails(Payload):
    """What a refused caller needs to do better."""

    stage: Stage
    allowed_actions: tuple[Action, ...] = ()
    clause: str | None = None


class Refusal(Exception):
    """An action that is not possible now, for a reason that is worth reading."""

    def __init__(self, reason: str, clause: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.clause = clause


class WrongRole(Refusal):
    """This is not for people in that role."""


class WrongStage(Refusal):
    """The ticket is in a stage that has no such action."""


class ConditionUnmet(Refusal):
    """The stage has the action, but something it needs is not there yet."""


class InvalidContent(Refusal):
    """What the action says does not fit the ticket's policy."""


class IdReused(Refusal):
    """The action id was used before, for something else."""


class RecordFull(Refusal):
    """The ticket has grown as large as it may."""


class InternalDefect(Refusal):
    """The desk failed, not the caller; the ticket is as it was before."""


REFUSALS: dict[str, type[Refusal]] = {
    kind.__name__: kind
    for kind in (
        WrongRole,
        WrongStage,
        ConditionUnmet,
        InvalidContent,
        IdReused,
        RecordFull,
        InternalDefect,
    )
}
