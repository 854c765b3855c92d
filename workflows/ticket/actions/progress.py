"""Progress on a ticket: workarounds, estimates, and the milestones of a policy."""

from datetime import datetime

from pydantic import AwareDatetime, JsonValue

from policies.schema.contract import Slug
from policies.terms.model.process import MilestoneTerms
from policies.vocabulary import Action, EventType, Role, Stage
from workflows.shared.action_request import ActionInput, ActionRequest, Message
from workflows.shared.refusals import InvalidContent, Refusal, WrongRole
from workflows.ticket.actions.new_event import NewEvent
from workflows.ticket.actions.rule import ACTIVE, ANSWERED, REQUESTER, ActionRule, Condition
from workflows.ticket.model.fields import Note
from workflows.ticket.state.ticket_state import TicketState


class ProvideWorkaround(ActionInput):
    """Tells the requester a way to work until the issue is resolved. The stage does not change."""

    message: Message


class WithdrawWorkaround(ActionInput):
    """The workaround that was provided does not help."""

    reason: Message


class GiveEstimate(ActionInput):
    """Estimates when the issue will be resolved. It is no promise; a later one replaces it."""

    resolved_by: AwareDatetime
    message: Note = ""


class RecordMilestone(ActionInput):
    """Records a milestone that the policy names. A milestone can be reached several times."""

    milestone: Slug
    message: Note = ""


def provide_workaround(
    _ticket: TicketState, request: ActionRequest[ProvideWorkaround], _at: datetime
) -> list[NewEvent]:
    """The requester can work again."""
    return [NewEvent(EventType.WORKAROUND_PROVIDED, {"message": request.content.message})]


def withdraw_workaround(
    _ticket: TicketState, request: ActionRequest[WithdrawWorkaround], _at: datetime
) -> list[NewEvent]:
    """The requester cannot work after all."""
    return [NewEvent(EventType.WORKAROUND_WITHDRAWN, {"message": request.content.reason})]


def give_estimate(
    _ticket: TicketState, request: ActionRequest[GiveEstimate], _at: datetime
) -> list[NewEvent]:
    """The requester knows when to expect the resolution."""
    data: dict[str, JsonValue] = {
        "resolved_by": request.content.resolved_by.isoformat(),
        "message": request.content.message,
    }
    return [NewEvent(EventType.ESTIMATE_GIVEN, data)]


def record_milestone(
    ticket: TicketState, request: ActionRequest[RecordMilestone], _at: datetime
) -> list[NewEvent]:
    """A milestone of the policy is reached."""
    content = request.content
    milestone = ticket.terms.process.milestones[content.milestone]
    data: dict[str, JsonValue] = {
        "milestone": content.milestone,
        "says": milestone.says,
        "clause": milestone.clause,
        "message": content.message,
    }
    return [NewEvent(EventType.MILESTONE_RECORDED, data)]


def check_estimate(
    ticket: TicketState, request: ActionRequest[GiveEstimate], at: datetime
) -> Refusal | None:
    """The estimated time lies ahead."""
    if request.content.resolved_by > at:
        return None
    clause = ticket.terms.process.clauses.get(Action.GIVE_ESTIMATE)
    refusal = InvalidContent("estimate_in_the_past", clause)
    refusal.field = "resolved_by"
    return refusal


def check_milestone(
    ticket: TicketState, request: ActionRequest[RecordMilestone], _at: datetime
) -> Refusal | None:
    """The milestone is one of the policy's, and one that the role records."""
    milestones, name = ticket.terms.process.milestones, request.content.milestone
    milestone = milestones.get(name)
    role = request.actor.role
    if milestone is None:
        # Only those of the role: a requester does not see the others.
        choices = tuple(each for each, stated in milestones.items() if _is_by(stated, role))
        refusal = InvalidContent("wrong_milestone", choices=choices)
        refusal.field = "milestone"
        return refusal
    if _is_by(milestone, role):
        return None
    return WrongRole(
        "not_your_milestone", milestone.clause, milestone=name, may=milestone.by, role=role
    )


def _is_by(milestone: MilestoneTerms, role: Role) -> bool:
    return role in milestone.by or (role in REQUESTER and Role.REQUESTER in milestone.by)


def _has_workaround(ticket: TicketState) -> bool:
    """Whether a workaround was provided, and not withdrawn since."""
    changes = (EventType.WORKAROUND_PROVIDED, EventType.WORKAROUND_WITHDRAWN)
    kinds = (event.type for event in reversed(ticket.events))
    return next((kind for kind in kinds if kind in changes), None) is changes[0]


ROWS = {
    Action.PROVIDE_WORKAROUND: ActionRule(
        ProvideWorkaround,
        by=(Role.AGENT, Role.ENGINEERING),
        within=ANSWERED,
        narrowed_by=lambda process: process.workaround_by,
        declared=lambda process: bool(process.workaround_by),
        effect=provide_workaround,
        example={"message": "Publish from the mobile app until we have fixed the editor."},
    ),
    Action.WITHDRAW_WORKAROUND: ActionRule(
        WithdrawWorkaround,
        by=(Role.AGENT, Role.ENGINEERING),
        within=ANSWERED,
        narrowed_by=lambda process: process.workaround_by,
        declared=lambda process: bool(process.workaround_by),
        conditions=(Condition(_has_workaround, "no_workaround"),),
        effect=withdraw_workaround,
        example={"reason": "The mobile app fails in the same way."},
    ),
    Action.GIVE_ESTIMATE: ActionRule(
        GiveEstimate,
        by=(Role.AGENT, Role.ENGINEERING),
        within=ACTIVE,
        narrowed_by=lambda process: process.estimate_by,
        declared=lambda process: bool(process.estimate_by),
        guard=check_estimate,
        effect=give_estimate,
        example={"resolved_by": "2027-03-15T17:00:00Z", "message": "The fix is being tested."},
    ),
    Action.RECORD_MILESTONE: ActionRule(
        RecordMilestone,
        by=tuple(role for role in Role if role is not Role.SYSTEM),
        within=tuple(Stage),
        narrowed_to=lambda ticket: ticket.stages_of_milestones,
        narrowed_by=lambda process: {role for m in process.milestones.values() for role in m.by},
        declared=lambda process: bool(process.milestones),
        guard=check_milestone,
        effect=record_milestone,
        example={"milestone": "reproduced", "message": "On our test system, too."},
    ),
}
