"""Why an action is refused. A refused action changes nothing.

Each class is one kind of refusal; its name travels as the error type of the update, and the
details beside it say which stage the ticket is in and what is allowed there. What it says is
a phrase of `workflows/shared/texts.py`, put into words where it leaves the workflow.
"""

from policies.i18n.phrases import FALLBACK
from policies.vocabulary import Action, Stage
from workflows.shared.payload import Payload
from workflows.shared.refusals import (
    IdReused,
    InternalDefect,
    InvalidContent,
    RecordFull,
    Refusal,
    WrongRole,
)


class RefusalDetails(Payload):
    """What a refused caller needs to do better, and the language they are told it in."""

    stage: Stage
    allowed_actions: tuple[Action, ...] = ()
    clause: str | None = None
    language: str = FALLBACK


class WrongStage(Refusal):
    """The ticket is in a stage that has no such action."""


class ConditionUnmet(Refusal):
    """The stage has the action, but something it needs is not there yet."""


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
