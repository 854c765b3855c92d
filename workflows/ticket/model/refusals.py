"""Refusals of a ticket, and the details that an update error carries with them."""

from policies.coverage.stated_facts import Objection
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
    """The ticket at the time of a refusal, and the language of the refusal's text.

    `merged_into` is the ticket that a merged one continues in. `field` is the input at fault, if it
    is a single one. `objections` are to single fields.
    """

    stage: Stage
    allowed_actions: tuple[Action, ...] = ()
    merged_into: str | None = None
    field: str | None = None
    clause: str | None = None
    language: str = FALLBACK
    objections: tuple[Objection, ...] = ()


class TicketClosed(Refusal):
    """The ticket is closed, and the action does not open it again."""


class WrongStage(Refusal):
    """The action does not exist in the stage of the ticket."""


class ConditionUnmet(Refusal):
    """The stage allows the action, but one of its conditions does not hold."""


class Changed(Refusal):
    """The ticket is not at a version that the request was made for."""


REFUSALS: dict[str, type[Refusal]] = {
    kind.__name__: kind
    for kind in (
        WrongRole,
        TicketClosed,
        WrongStage,
        ConditionUnmet,
        Changed,
        InvalidContent,
        IdReused,
        RecordFull,
        InternalDefect,
    )
}
