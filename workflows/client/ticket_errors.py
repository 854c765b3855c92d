"""Why a client of tickets has no reply: the ticket is unknown, stopped, or refuses an action."""

from typing import Self

from policies.i18n.phrases import FALLBACK
from policies.vocabulary import Action
from workflows.client.calls import DeskUnavailable
from workflows.shared.refusals import Refusal
from workflows.shared.texts.phrases import PHRASES
from workflows.ticket.actions.lifecycle import closed
from workflows.ticket.model.refusals import RefusalDetails, TicketClosed
from workflows.ticket.model.views import TicketView


class TicketUnknown(LookupError):
    """There is no ticket with this number."""


class TicketStopped(DeskUnavailable):
    """Somebody ended the workflow of an open ticket in Temporal, for example by `terminate`."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"the workflow of the ticket {number} was ended in Temporal; an operator must reset it"
        )


class ActionRefused(Exception):
    """A ticket refused an action. `kind` is the class of the refusal, `reason` its text in
    `language`.
    """

    def __init__(
        self, kind: str, reason: str, details: RefusalDetails | None, language: str | None = None
    ) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.details = details
        self.language = language or (details.language if details else FALLBACK)

    @classmethod
    def because(cls, refusal: Refusal, locale: str, details: RefusalDetails | None = None) -> Self:
        """A refusal that the client makes, without an update."""
        language = PHRASES.language(locale)
        return cls(type(refusal).__name__, refusal.text(locale), details, language)


def refusal_of_closed(view: TicketView, action: Action) -> ActionRefused:
    """The refusal of a closed ticket, equal to the one while its workflow was running."""
    refusal: Refusal = closed(view.number, view.merged_into)
    if action is Action.OVERRIDE_VERDICT and view.contest_until is not None:
        until = view.contest_until
        refusal = TicketClosed("closed_uncontested", number=view.number, until=until)
    language = PHRASES.language(view.locale)
    details = RefusalDetails(stage=view.stage, merged_into=view.merged_into, language=language)
    return ActionRefused.because(refusal, view.locale, details)


def unknown(number: str) -> TicketUnknown:
    """The error for this number."""
    return TicketUnknown(f"there is no ticket {number}")
