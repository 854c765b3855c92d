"""Whether an action is possible: end, role, stage, room, conditions, facts and guard, in turn."""

from datetime import datetime
from functools import cache

from policies.vocabulary import Action, Role, Stage
from workflows.shared.action_request import ActionInput, ActionRequest
from workflows.shared.refusals import RecordFull, WrongRole
from workflows.ticket.actions.closing import reopened_otherwise
from workflows.ticket.actions.rule import ActionRule, clause_of
from workflows.ticket.actions.stated_facts import unfit_facts
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.refusals import ConditionUnmet, TicketClosed, WrongStage
from workflows.ticket.state.record_size import (
    LARGEST_RECORD,
    REQUESTERS,
    REQUESTERS_RECORD,
    is_full_for,
    room_for,
)
from workflows.ticket.state.ticket_state import TicketState

POSSIBLE_WHEN_FULL = frozenset({Action.RESOLVE, Action.CLOSE, Action.WITHDRAW, Action.MERGE})
"""Actions that end a ticket. The record keeps a reserve for them."""


def check(
    ticket: TicketState, action: Action, request: ActionRequest[ActionInput], at: datetime
) -> None:
    """Raises the Refusal if the action is not possible at this time."""
    rule, role = ACTIONS[action], request.actor.role
    if ticket.stage is Stage.CLOSED and (ticket.merged_into or not rule.is_within(ticket)):
        raise closed(ticket.opening.number, ticket.merged_into)
    if not rule.exists(ticket.terms.process):
        raise no_such_action(ticket, action)
    roles = rule.roles(ticket.terms.process)
    if role not in roles:
        raise wrong_role(action, roles, role, clause_of(ticket, action))
    if not rule.is_within(ticket):
        raise _wrong_stage_of(ticket, action, role)
    if action not in POSSIBLE_WHEN_FULL:
        _check_room(ticket, request)
    unmet = rule.unmet(ticket)
    if unmet is not None:
        raise unmet.refusal(ticket, clause_of(ticket, action))
    unfit = unfit_facts(ticket, request) or (
        rule.guard(ticket, request, at) if rule.guard else None
    )
    if unfit is not None:
        raise unfit


def closed(number: str, merged_into: str | None) -> TicketClosed:
    """The refusal of every action on a closed ticket; a merged one continues in another."""
    if merged_into is not None:
        return TicketClosed("closed_merged", number=number, following=merged_into)
    return TicketClosed("closed", number=number)


def no_such_action(ticket: TicketState, action: Action) -> ConditionUnmet:
    """The refusal of an action that the policy of the ticket does not have."""
    process = ticket.terms.process
    refusal = ConditionUnmet("no_such_action", action=action, stages=process.stages)
    if action is Action.ESCALATE and process.levels:
        refusal.others = [ConditionUnmet("escalates_to_levels", action=Action.RAISE_LEVEL)]
    return refusal


def wrong_role(
    action: Action, may: tuple[Role, ...], role: Role, clause: str | None = None
) -> WrongRole:
    """The refusal of an action that is for other roles."""
    if not may:
        return WrongRole("wrong_role_nobody", clause, action=action, role=role)
    return WrongRole("wrong_role", clause, action=action, may=may, role=role)


def wrong_stage(
    action: Action,
    number: str,
    stage: Stage,
    clause: str | None = None,
    possible: tuple[Stage, ...] = (),
) -> WrongStage:
    """The refusal of an action in a stage where it is not possible, with those where it is."""
    stages = possible or ACTIONS[action].within
    return WrongStage(
        "wrong_stage", clause, action=action, stages=stages, number=number, stage=stage
    )


def allowed_actions(ticket: TicketState, role: Role) -> tuple[Action, ...]:
    """The actions that this role can take on the ticket now."""
    if ticket.merged_into is not None:
        return ()
    process, is_full = ticket.terms.process, is_full_for(ticket, role)
    return tuple(
        action
        for action, rule in _rules_for(role, ticket.stage)
        if rule.is_within(ticket)
        and (action in POSSIBLE_WHEN_FULL or not is_full)
        and rule.unmet(ticket) is None
        and role in rule.roles(process)
        and rule.exists(process)
    )


@cache
def _rules_for(role: Role, stage: Stage) -> tuple[tuple[Action, ActionRule], ...]:
    """The actions that this role can have in a stage under some policy. Every reply looks for the
    allowed ones, and most actions are for other roles or stages.
    """
    rules = ACTIONS.items()
    return tuple((a, rule) for a, rule in rules if role in rule.by and stage in rule.within)


def _wrong_stage_of(ticket: TicketState, action: Action, role: Role) -> WrongStage:
    """The refusal, which tells requesters how to have a ticket re-opened that is not any more."""
    clause, stages = clause_of(ticket, action), ACTIONS[action].stages(ticket)
    refusal = wrong_stage(action, ticket.opening.number, ticket.stage, clause, stages)
    otherwise = reopened_otherwise(ticket)
    if otherwise is not None and role in REQUESTERS:
        refusal.others = [otherwise]
    return refusal


def _check_room(ticket: TicketState, request: ActionRequest[ActionInput]) -> None:
    """Raises RecordFull if the record has no room for the action. Duties always have room."""
    role = request.actor.role
    if role in REQUESTERS:
        size = len(request.content.model_dump_json().encode())
        if is_full_for(ticket, role) or room_for(ticket, role) < size:
            raise RecordFull("record_full_for_requesters", most=REQUESTERS_RECORD)
    elif role is not Role.SYSTEM and is_full_for(ticket, role):
        raise RecordFull("record_full", most=LARGEST_RECORD)
