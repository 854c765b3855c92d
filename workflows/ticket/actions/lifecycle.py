"""Whether an action is possible: role, stage, conditions and guard, in this order."""

from datetime import datetime
from functools import cache

from policies.vocabulary import Action, Role, Stage
from workflows.shared.action_request import ActionInput, ActionRequest
from workflows.shared.refusals import WrongRole
from workflows.ticket.actions.rule import clause_of
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.refusals import WrongStage
from workflows.ticket.model.state import TicketState


def check(
    ticket: TicketState, action: Action, request: ActionRequest[ActionInput], at: datetime
) -> None:
    """Raises the Refusal if the action is not possible at this time."""
    rule, role = ACTIONS[action], request.actor.role
    roles = rule.roles(ticket.terms.process)
    if role not in roles:
        raise wrong_role(action, roles, role, clause_of(ticket, action))
    if ticket.stage not in rule.within:
        raise wrong_stage(action, ticket.opening.number, ticket.stage, clause_of(ticket, action))
    unmet = rule.unmet(ticket)
    if unmet is not None:
        raise unmet.refusal(ticket, clause_of(ticket, action))
    refusal = rule.guard(ticket, request, at) if rule.guard else None
    if refusal is not None:
        raise refusal


def wrong_role(
    action: Action, may: tuple[Role, ...], role: Role, clause: str | None = None
) -> WrongRole:
    """The refusal of an action that is for other roles."""
    if not may:
        return WrongRole("wrong_role_nobody", clause, action=action, role=role)
    return WrongRole("wrong_role", clause, action=action, may=may, role=role)


def wrong_stage(action: Action, number: str, stage: Stage, clause: str | None = None) -> WrongStage:
    """The refusal of an action that does not exist in this stage."""
    within = ACTIONS[action].within
    return WrongStage(
        "wrong_stage", clause, action=action, stages=within, number=number, stage=stage
    )


def allowed_actions(ticket: TicketState, role: Role) -> tuple[Action, ...]:
    """The actions that this role can take on the ticket now."""
    return tuple(
        action
        for action in _actions_of(ticket.stage, role)
        if role in ACTIONS[action].roles(ticket.terms.process)
        and ACTIONS[action].unmet(ticket) is None
    )


@cache
def _actions_of(stage: Stage, role: Role) -> tuple[Action, ...]:
    """The actions of a role in a stage, before the policy narrows the roles."""
    return tuple(
        action for action, rule in ACTIONS.items() if stage in rule.within and role in rule.by
    )
