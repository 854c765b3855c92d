"""The routes of actions, generated from the action table."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any

from fastapi import APIRouter, Depends

from api.dependencies import DependsOnDesk
from api.http import problem_types
from api.http.action_ids import action_id
from api.http.auth import AuthenticCaller, check_granted
from api.http.body import Body
from api.http.openapi import problem_responses, with_example
from api.http.parameters import IfVersions, Key, Number, refuse_unknown_parameters
from api.tickets import assignment
from api.tickets.access import as_granted, check_visible
from api.tickets.action_bodies import body_of
from api.tickets.merge_check import check_merge
from api.tickets.models import ActionTaken
from api.tickets.revision_models import ChangeOfRevision
from policies.vocabulary import Action
from workflows.shared.action_request import ActionInput, ActionRequest
from workflows.ticket.actions.rule import ActionRule
from workflows.ticket.actions.table import ACTIONS

OWN_ROUTES: dict[Action, type[Body]] = {Action.CHANGE_REVISION: ChangeOfRevision}
"""Actions with a hand-written route, and its body, which differs from the input of the action."""
logger = logging.getLogger(__name__)
_RESPONSES = problem_responses(
    problem_types.MALFORMED_BODY,
    problem_types.UNAUTHENTICATED,
    problem_types.WRONG_ROLE,
    problem_types.ACTION_NOT_GRANTED,
    problem_types.TICKET_UNKNOWN,
    problem_types.TICKET_ERASED,
    problem_types.WRONG_STAGE,
    problem_types.CONDITION_UNMET,
    problem_types.TICKET_CLOSED,
    problem_types.TICKET_CHANGED,
    problem_types.RECORD_FULL,
    problem_types.BODY_TOO_LARGE,
    problem_types.UNSUPPORTED_MEDIA_TYPE,
    problem_types.INVALID_REQUEST,
    problem_types.INVALID_CONTENT,
    problem_types.KEY_REUSED,
    problem_types.DESK_UNAVAILABLE,
)


@cache
def action_routes() -> APIRouter:
    """`POST /tickets/{number}/{action}` for every action without a hand-written route, cached."""
    router = APIRouter(
        prefix="/tickets/{number}",
        tags=["Actions"],
        dependencies=[Depends(refuse_unknown_parameters)],
    )
    for action, rule in ACTIONS.items():
        if action in OWN_ROUTES:
            continue
        router.add_api_route(
            f"/{action.replace('_', '-')}",
            _endpoint(action, rule.input),
            methods=["POST"],
            operation_id=str(action),
            summary=action.replace("_", " ").capitalize(),
            description=_description(rule),
            responses=_RESPONSES,
            response_model_exclude_none=True,
            openapi_extra=with_example(example_of(action)),
        )
    return router


def body_model_of(action: Action) -> type[Body]:
    """The model of the body of an action."""
    if action is Action.ASSIGN:
        return assignment.assignment_body()
    return OWN_ROUTES.get(action) or body_of(ACTIONS[action].input)


def example_of(action: Action) -> Mapping[str, Any]:
    """A body of an action."""
    return assignment.EXAMPLE if action is Action.ASSIGN else ACTIONS[action].example


def _endpoint(
    action: Action, input_model: type[ActionInput]
) -> Callable[..., Awaitable[ActionTaken]]:
    body_model = body_model_of(action)

    async def act(
        desk: DependsOnDesk,
        caller: AuthenticCaller,
        number: Number,
        if_versions: IfVersions,
        idempotency_key: Key = None,
        *,
        body: Any,
    ) -> ActionTaken:
        received_at = desk.received_at()
        check_granted(caller, action)
        await check_visible(desk, caller, number)
        if action is Action.MERGE and caller.actor.role in ACTIONS[action].by:
            await check_merge(desk, caller, number, body.into)
        content = (
            await assignment.assignment_of(desk, caller, number, body)
            if action is Action.ASSIGN
            else body.model_dump(exclude_unset=True)
        )
        request = ActionRequest[ActionInput](
            id=action_id(caller, idempotency_key),
            actor=caller.actor,
            content=input_model.model_validate(content),
            received_at=received_at,
            if_versions=if_versions,
        )
        reply = await desk.tickets.act(number, action, request)
        logger.info(
            "ticket=%s action=%s by=%s stage=%s",
            number,
            action,
            caller.actor.role,
            reply.stage,
            extra={"ticket": number, "action": action},
        )
        return ActionTaken.from_reply(as_granted(caller, reply), request.id)

    act.__annotations__["body"] = body_model
    if not any(field.is_required() for field in body_model.model_fields.values()):
        act.__kwdefaults__ = {"body": body_model()}
    return act


def _description(rule: ActionRule) -> str:
    roles = ", ".join(role for role in rule.by if role != "system")
    stages = ", ".join(rule.within)
    text = " ".join((rule.input.__doc__ or "").split())
    return f"{text}\n\nBy: {roles}. In the stages: {stages}."
