"""The routes of actions: one for each action there is, all made from one table."""

import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Depends

from api.dependencies import DependsOnDesk
from api.http import problems
from api.http.auth import AuthenticCaller
from api.http.body import Body
from api.http.openapi import refusals, with_example
from api.http.parameters import Key, Number, refuse_unknown_parameters
from api.tickets.access import check_visible
from api.tickets.action_bodies import body_of
from api.tickets.merge_check import check_merge
from api.tickets.models import ActionTaken
from api.tickets.revision_routes import ChangeOfRevision
from policies.vocabulary import Action
from workflows.shared.action_request import ActionInput, ActionRequest
from workflows.ticket.actions.rule import ActionRule
from workflows.ticket.actions.table import ACTIONS

OWN_ROUTES: dict[Action, type[Body]] = {Action.CHANGE_REVISION: ChangeOfRevision}
"""Actions whose route is made by hand, and their bodies: callers say less than tickets are told."""
logger = logging.getLogger(__name__)
_REFUSALS = refusals(
    problems.MALFORMED_BODY,
    problems.UNAUTHENTICATED,
    problems.WRONG_ROLE,
    problems.TICKET_UNKNOWN,
    problems.WRONG_STAGE,
    problems.CONDITION_UNMET,
    problems.TICKET_CLOSED,
    problems.RECORD_FULL,
    problems.BODY_TOO_LARGE,
    problems.UNSUPPORTED_MEDIA_TYPE,
    problems.INVALID_REQUEST,
    problems.INVALID_CONTENT,
    problems.KEY_REUSED,
    problems.DESK_UNAVAILABLE,
)


def action_routes() -> APIRouter:
    """`POST /tickets/{number}/{action}` for every action that has no route of its own."""
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
            responses=_REFUSALS,
            response_model_exclude_none=True,
            openapi_extra=with_example(rule.example),
        )
    return router


def body_model_of(action: Action) -> type[Body]:
    """What the body of an action is."""
    return OWN_ROUTES.get(action) or body_of(ACTIONS[action].input)


def _endpoint(action: Action, content: type[ActionInput]) -> Callable[..., Awaitable[ActionTaken]]:
    shape = body_model_of(action)

    async def act(
        desk: DependsOnDesk,
        caller: AuthenticCaller,
        number: Number,
        idempotency_key: Key = None,
        *,
        body: Any,
    ) -> ActionTaken:
        await check_visible(desk, caller, number)
        if action is Action.MERGE:
            await check_merge(desk, caller, number, body.into)
        taken: ActionRequest[ActionInput] = ActionRequest(
            id=idempotency_key or secrets.token_urlsafe(12),
            actor=caller.actor,
            content=content.model_validate(body.model_dump(exclude_unset=True)),
        )
        reply = await desk.tickets.act(number, action, taken)
        logger.info(
            "ticket=%s action=%s by=%s stage=%s",
            number,
            action,
            caller.actor.role,
            reply.stage,
            extra={"ticket": number, "action": action},
        )
        return ActionTaken.of(reply, taken.id)

    act.__annotations__["body"] = shape
    if not any(field.is_required() for field in shape.model_fields.values()):
        act.__kwdefaults__ = {"body": shape()}
    return act


def _description(rule: ActionRule) -> str:
    roles = ", ".join(role for role in rule.by if role != "system")
    stages = ", ".join(rule.within)
    says = " ".join((rule.input.__doc__ or "").split())
    return f"{says}\n\nBy: {roles}. In the stages: {stages}."
