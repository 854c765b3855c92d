"""Refusals as the errors of updates, with the ticket at that time as details."""

from typing import Any

from temporalio.exceptions import ApplicationError

from activities.merge_requests import MergeRefusal
from workflows.shared.action_request import Actor
from workflows.shared.refusals import Refusal
from workflows.shared.texts.phrases import PHRASES
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.model.refusals import RefusalDetails
from workflows.ticket.state.ticket_state import TicketState


def refused(state: TicketState, refusal: Refusal, actor: Actor | None) -> ApplicationError:
    """The error for a refusal of this ticket."""
    locale = state.terms.locale
    details = _details(
        state,
        actor,
        clause=refusal.clause,
        field=refusal.field,
        objections=refusal.objections,
        language=PHRASES.language(locale),
    )
    return ApplicationError(refusal.text(locale), details, type=type(refusal).__name__)


def refused_by_survivor(
    state: TicketState, refusal: MergeRefusal, actor: Actor
) -> ApplicationError:
    """The error for a merge that the other ticket refused."""
    details = _details(state, actor, field="into", language=refusal.language)
    return ApplicationError(refusal.reason, details, type=refusal.kind)


def _details(state: TicketState, actor: Actor | None, **about: Any) -> RefusalDetails:
    return RefusalDetails(
        stage=state.stage,
        allowed_actions=allowed_actions(state, actor.role) if actor else (),
        merged_into=state.merged_into,
        **about,
    )
