"""The process as one table: who may do what, in which stages, and where it leads.

Validators, the `allowed_actions` of every answer, and the tables and the diagram in
docs/lifecycle.md are all made from `TRANSITIONS`. What an action needs besides the right role
and stage is in `requirements.py`.
"""

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from policies.terms.ticket_terms import ProcessTerms
from policies.vocabulary import Action, Role, Stage
from workflows.shared.action_request import ActionInput, ActionRequest
from workflows.shared.refusals import WrongRole
from workflows.ticket.actions.guards import check_requirements, clause_of, is_possible
from workflows.ticket.model.refusals import WrongStage
from workflows.ticket.model.state import TicketState

REQUESTER = (Role.REQUESTER, Role.SERVICE)
EVERYBODY = tuple(Role)
STAY: tuple[Stage, ...] = ()
OPEN = tuple(stage for stage in Stage if stage is not Stage.CLOSED)
ACTIVE = tuple(stage for stage in OPEN if stage is not Stage.RESOLVED)
ANSWERED = tuple(stage for stage in ACTIVE if stage is not Stage.RECEIVED)
CONTESTABLE = (*ACTIVE, Stage.CLOSED)
REVIEWED = (Stage.ENGINEERING_REVIEW, Stage.FORECAST_SHARED)


@dataclass(frozen=True)
class Transition:
    """Who may take an action, in which stages, and to which it can lead; `STAY` is none other.

    It leads there from all of them, unless `leaves` names those that it leaves.
    """

    by: tuple[Role, ...]
    within: tuple[Stage, ...]
    to: tuple[Stage, ...] = STAY
    leaves: tuple[Stage, ...] = ()


TRANSITIONS: dict[Action, Transition] = {
    Action.ACKNOWLEDGE: Transition((Role.AGENT,), ACTIVE),
    Action.ASSIGN: Transition((Role.AGENT, Role.OPERATOR), OPEN),
    Action.RESPOND: Transition(
        (Role.AGENT,), (Stage.RECEIVED,), (Stage.IN_PROGRESS, Stage.TRIAGE, Stage.RESOLVED)
    ),
    Action.REQUEST_INFORMATION: Transition((Role.AGENT,), (Stage.IN_PROGRESS, Stage.TRIAGE)),
    Action.PROVIDE_INFORMATION: Transition((*REQUESTER, Role.AGENT), ACTIVE),
    Action.POST_UPDATE: Transition((Role.AGENT,), ANSWERED),
    Action.ESCALATE: Transition((Role.AGENT, *REQUESTER), (Stage.IN_PROGRESS,), (Stage.TRIAGE,)),
    Action.RECORD_FINDING: Transition((Role.AGENT,), (Stage.TRIAGE,)),
    Action.CONCLUDE_TRIAGE: Transition(
        (Role.AGENT,), (Stage.TRIAGE,), (Stage.RESOLVED, Stage.AWAITING_HANDOFF)
    ),
    Action.HAND_OVER: Transition(
        (Role.AGENT, Role.SYSTEM), (Stage.AWAITING_HANDOFF,), (Stage.ENGINEERING_REVIEW,)
    ),
    Action.RECORD_REVIEW: Transition((Role.ENGINEERING, Role.PRODUCT), REVIEWED),
    Action.SHARE_FORECAST: Transition((Role.AGENT,), REVIEWED, (Stage.FORECAST_SHARED,)),
    Action.START_ENGINEERING: Transition(
        (Role.ENGINEERING,), (Stage.FORECAST_SHARED,), (Stage.ENGINEERING_WORK,)
    ),
    Action.SCHEDULE_RELEASE: Transition(
        (Role.ENGINEERING, Role.AGENT),
        (Stage.IN_PROGRESS, Stage.ENGINEERING_WORK, Stage.SCHEDULED_RELEASE),
        (Stage.SCHEDULED_RELEASE,),
    ),
    Action.RECLASSIFY: Transition((Role.AGENT, Role.OPERATOR), ACTIVE),
    Action.RAISE_LEVEL: Transition((*REQUESTER, Role.AGENT), ACTIVE),
    Action.OVERRIDE_VERDICT: Transition(
        (Role.AGENT,), CONTESTABLE, (Stage.RECEIVED,), leaves=(Stage.CLOSED,)
    ),
    Action.CHANGE_REVISION: Transition((Role.OPERATOR,), ACTIVE),
    Action.RESOLVE: Transition(
        (Role.AGENT,), tuple(s for s in ANSWERED if s is not Stage.TRIAGE), (Stage.RESOLVED,)
    ),
    Action.REOPEN: Transition((*REQUESTER, Role.AGENT), (Stage.RESOLVED,), (Stage.IN_PROGRESS,)),
    Action.CLOSE: Transition((Role.AGENT, Role.SYSTEM), OPEN, (Stage.CLOSED,)),
    Action.WITHDRAW: Transition(REQUESTER, OPEN, (Stage.CLOSED,)),
    Action.MERGE: Transition((Role.AGENT,), OPEN, (Stage.CLOSED,)),
}


def check(
    ticket: TicketState, action: Action, act: ActionRequest[ActionInput], at: datetime
) -> None:
    """Returns when the action is possible now; raises the Refusal that says why it is not."""
    role = act.actor.role
    if role not in _roles(ticket, action):
        raise wrong_role(action, _roles(ticket, action), role, clause_of(ticket, action))
    if ticket.stage not in TRANSITIONS[action].within:
        raise wrong_stage(action, ticket.opening.number, ticket.stage, clause_of(ticket, action))
    check_requirements(ticket, action, act, at)


def wrong_role(
    action: Action, may: tuple[Role, ...], role: Role, clause: str | None = None
) -> WrongRole:
    """An action that is for others."""
    if not may:
        return WrongRole("wrong_role_nobody", clause, action=action, role=role)
    return WrongRole("wrong_role", clause, action=action, may=may, role=role)


def wrong_stage(action: Action, number: str, stage: Stage, clause: str | None = None) -> WrongStage:
    """An action that the stage of a ticket does not have."""
    within = TRANSITIONS[action].within
    return WrongStage(
        "wrong_stage", clause, action=action, stages=within, number=number, stage=stage
    )


def allowed_actions(ticket: TicketState, role: Role) -> tuple[Action, ...]:
    """What somebody in this role can do on the ticket as it stands."""
    return tuple(
        action
        for action in _in_the_table(ticket.stage, role)
        if role in _roles(ticket, action) and is_possible(ticket, action)
    )


@cache
def _in_the_table(stage: Stage, role: Role) -> tuple[Action, ...]:
    """What a role may do in a stage at the most; a policy may leave some to fewer roles."""
    return tuple(
        action
        for action, transition in TRANSITIONS.items()
        if stage in transition.within and role in transition.by
    )


_LEFT_TO_THE_POLICY: dict[Action, Callable[[ProcessTerms], Container[Role]]] = {
    Action.ESCALATE: lambda process: process.escalate_by,
    Action.RAISE_LEVEL: lambda process: process.raise_level_by,
    # Also where a policy says nothing of priorities: they are for whom the table names.
    Action.RECLASSIFY: lambda process: process.classify_by or EVERYBODY,
}


def _roles(ticket: TicketState, action: Action) -> tuple[Role, ...]:
    roles = TRANSITIONS[action].by
    if action not in _LEFT_TO_THE_POLICY:
        return roles
    allowed = _LEFT_TO_THE_POLICY[action](ticket.terms.process)
    return tuple(
        role for role in roles if role in allowed or (role in REQUESTER and REQUESTER[0] in allowed)
    )
