"""The routes of revisions: list them, preview a change, make it."""

import logging
from datetime import date

from fastapi import APIRouter, Depends

from api.dependencies import Dependencies, DependsOnDesk
from api.http import problem_types
from api.http.action_ids import action_id
from api.http.auth import AuthenticCaller, check_granted
from api.http.openapi import problem_responses, with_example
from api.http.parameters import IfVersions, Key, Number, refuse_unknown_parameters
from api.http.problems import FieldError, Problem
from api.tickets.access import as_granted, visible_ticket
from api.tickets.models import ActionTaken
from api.tickets.revision_models import (
    ChangeOfRevision,
    MovedClock,
    RevisionChange,
    RevisionDocument,
    Revisions,
    VerdictDocument,
)
from policies.loading.effective_date import takes_effect
from policies.loading.policy_catalog import UnknownPolicy
from policies.schema.policy import SupportPolicy
from policies.schema.request import TicketFacts
from policies.terms.model.ticket_terms import Terms
from policies.terms.settlement import settle
from policies.vocabulary import Action, Role
from workflows.client.ticket_errors import ActionRefused
from workflows.shared.action_request import ActionRequest
from workflows.ticket.actions.coverage import ChangeRevision
from workflows.ticket.actions.lifecycle import wrong_role, wrong_stage
from workflows.ticket.actions.rule import TERMS_FIRST
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.refusals import ConditionUnmet, RefusalDetails
from workflows.ticket.model.views import TicketView

ACTION = Action.CHANGE_REVISION
logger = logging.getLogger(__name__)
router = APIRouter(prefix="/tickets/{number}", dependencies=[Depends(refuse_unknown_parameters)])
_BY = ", ".join(ACTIONS[ACTION].by)
_WITHIN = ", ".join(ACTIONS[ACTION].within)


@router.get(
    "/revisions",
    tags=["Tickets"],
    operation_id="read_revisions",
    summary="List revisions",
    responses=problem_responses(
        problem_types.UNAUTHENTICATED,
        problem_types.INVALID_REQUEST,
        problem_types.DESK_UNAVAILABLE,
        problem_types.TICKET_UNKNOWN,
        problem_types.TICKET_ERASED,
    ),
)
async def read_revisions(desk: DependsOnDesk, caller: AuthenticCaller, number: Number) -> Revisions:
    """The revisions in the catalog of the policy of a ticket, and the one that applies to it."""
    view = await visible_ticket(desk, caller, number)
    policies = _revisions_of(desk, view.policy)
    now = desk.now()
    in_effect = [policy.revision for policy in policies if takes_effect(policy) <= now]
    return Revisions(
        number=number,
        policy=view.policy,
        revision=view.revision,
        revisions=tuple(
            RevisionDocument(
                revision=policy.revision,
                in_force=policy.revision == max(in_effect, default=None),
                kept=policy.revision == view.revision,
            )
            for policy in policies
        ),
    )


@router.post(
    "/change-revision",
    tags=["Actions"],
    operation_id=str(ACTION),
    summary="Change revision",
    description="Previews the change to another revision of the policy, and with `confirm` makes "
    "it. The terms are settled again as of receipt, from the current contract. Open clocks get the "
    "new targets and keep their past. The coverage decision is made again; a ticket that is not "
    "covered is closed.\n\n"
    f"By: {_BY}. In the stages: {_WITHIN}.",
    response_model_exclude_none=True,
    openapi_extra=with_example(ACTIONS[ACTION].example),
    responses=problem_responses(
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
        problem_types.REQUEST_REFUSED,
        problem_types.UNKNOWN_ACCOUNT,
        problem_types.KEY_REUSED,
        problem_types.CONTRACT_UNAVAILABLE,
        problem_types.DESK_UNAVAILABLE,
    ),
)
async def change_revision(
    desk: DependsOnDesk,
    caller: AuthenticCaller,
    number: Number,
    if_versions: IfVersions,
    body: ChangeOfRevision,
    idempotency_key: Key = None,
) -> RevisionChange:
    """Previews the change, or makes it if the body confirms it."""
    check_granted(caller, ACTION)
    view = await visible_ticket(desk, caller, number)
    _check_role(caller.actor.role, view.locale)
    if not body.confirm:
        _check_possible(view)
    terms = await _terms(desk, view, body.revision)
    if not body.confirm:
        preview = await desk.tickets.preview(number, terms)
        return RevisionChange(
            number=number,
            revision=body.revision,
            confirmed=False,
            clocks=tuple(map(MovedClock.from_move, preview.clocks)),
            verdict=VerdictDocument.model_validate(preview.verdict),
        )
    request = ActionRequest[ChangeRevision](
        id=action_id(caller, idempotency_key),
        actor=caller.actor,
        content=ChangeRevision(terms=terms, reason=body.reason),
        received_at=desk.received_at(),
        if_versions=if_versions,
    )
    reply = await desk.tickets.act(number, ACTION, request)
    logger.info(
        "ticket=%s action=%s by=%s revision=%s",
        number,
        ACTION,
        caller.actor.role,
        body.revision,
        extra={"ticket": number, "action": ACTION},
    )
    return RevisionChange(
        number=number,
        revision=body.revision,
        confirmed=True,
        taken=ActionTaken.from_reply(as_granted(caller, reply), request.id),
    )


def _revisions_of(desk: Dependencies, slug: str) -> tuple[SupportPolicy, ...]:
    try:
        return desk.catalog.revisions(slug)
    except UnknownPolicy:  # the policy was removed, or the terms are not settled yet
        return ()


def _check_role(role: Role, locale: str) -> None:
    roles = ACTIONS[ACTION].by
    if role not in roles:
        raise ActionRefused.because(wrong_role(ACTION, roles, role), locale)


def _check_possible(view: TicketView) -> None:
    """A preview of a change that would be refused would mislead."""
    if ACTION in view.allowed_actions:
        return
    is_wrong_stage = view.stage not in ACTIONS[ACTION].within
    raise ActionRefused.because(
        wrong_stage(ACTION, view.number, view.stage)
        if is_wrong_stage
        else ConditionUnmet(TERMS_FIRST.otherwise),
        view.locale,
        RefusalDetails(stage=view.stage, allowed_actions=view.allowed_actions),
    )


async def _terms(desk: Dependencies, view: TicketView, revision: date) -> Terms:
    """The terms of the ticket under the revision, as of its receipt."""
    contract = await desk.contracts.find(view.account)
    if contract.policy != view.policy:
        other, own = contract.policy, view.policy
        raise _invalid(view, "other_policy", account=view.account, other=other, policy=own)
    try:
        policy = desk.catalog.revision(view.policy, revision)
    except UnknownPolicy as error:
        choices = [str(policy.revision) for policy in _revisions_of(desk, view.policy)]
        raise _invalid(
            view, "no_revision", policy=view.policy, revision=revision, choices=choices
        ) from error
    request = await desk.tickets.request(view.number)
    if request is None:
        details = RefusalDetails(stage=view.stage, allowed_actions=view.allowed_actions)
        raise ActionRefused.because(ConditionUnmet("request_not_kept"), view.locale, details)
    return settle(
        policy, contract, TicketFacts.model_validate(request.with_facts), request.received_at
    )


def _invalid(view: TicketView, phrase: str, **values: object) -> Problem:
    problem = Problem.from_phrase(problem_types.INVALID_CONTENT, view.locale, phrase, **values)
    problem.errors = (FieldError(field="revision", message=problem.detail),)
    return problem
