"""The routes of revisions: which there are, what another would change, and the change itself."""

import logging
import secrets
from datetime import date, datetime

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from api.dependencies import Dependencies, DependsOnDesk
from api.http import problems
from api.http.auth import AuthenticCaller
from api.http.body import Body
from api.http.openapi import refusals, with_example
from api.http.parameters import Key, Number, refuse_unknown_parameters
from api.http.problems import FieldError, Problem
from api.tickets.access import visible_ticket
from api.tickets.models import ActionTaken
from policies.coverage.verdict import Decision
from policies.loading.effective_date import takes_effect
from policies.loading.policy_catalog import UnknownPolicy
from policies.schema.contract import Slug
from policies.schema.fields import Date
from policies.schema.policy import SupportPolicy
from policies.schema.request import TicketFacts
from policies.terms.settlement import settle
from policies.terms.ticket_terms import Terms
from policies.vocabulary import Action, ClockState, ClosedAs, Role
from workflows.client.tickets import ActionRefused
from workflows.shared.action_request import ActionRequest, Message
from workflows.ticket.actions.coverage import ChangeRevision
from workflows.ticket.actions.lifecycle import wrong_role, wrong_stage
from workflows.ticket.actions.rule import TERMS_FIRST
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.messages import ClockMove, TicketView
from workflows.ticket.model.refusals import ConditionUnmet, RefusalDetails

ACTION = Action.CHANGE_REVISION
logger = logging.getLogger(__name__)
router = APIRouter(prefix="/tickets/{number}", dependencies=[Depends(refuse_unknown_parameters)])
_BY = ", ".join(ACTIONS[ACTION].by)
_WITHIN = ", ".join(ACTIONS[ACTION].within)


class RevisionDocument(BaseModel):
    """One revision of a policy."""

    revision: date = Field(description="The day from which it holds for new requests.")
    in_force: bool = Field(description="Whether it holds for requests received now.")
    kept: bool = Field(description="Whether the ticket is under it.")


class Revisions(BaseModel):
    """The revisions of the policy that a ticket is under, oldest first."""

    number: str = Field(examples=["7K2M-0QXW-9HTE"])
    policy: Slug
    revision: date = Field(description="The revision that the ticket is under.")
    revisions: tuple[RevisionDocument, ...] = Field(description="Those that the desk knows.")


class ChangeOfRevision(Body):
    """Puts a ticket under another revision of its policy."""

    revision: Date = Field(description="The revision, by its date.", examples=["2027-06-01"])
    reason: Message
    confirm: StrictBool = Field(
        default=False, description="Without it, nothing changes: the answer is what would."
    )


class MovedClock(BaseModel):
    """What the change does to a clock. It has no due time while it does not run."""

    name: str
    cycle: int
    due_at: datetime | None = None
    new_due_at: datetime | None = None
    new_state: ClockState

    @classmethod
    def of(cls, move: ClockMove) -> "MovedClock":
        """The move as it is sent."""
        return cls(**dict(move))


class VerdictDocument(BaseModel):
    """Whether the request is covered under those terms. One that is not covered would be closed."""

    model_config = ConfigDict(from_attributes=True)

    decision: Decision
    closed_as: ClosedAs | None = None
    clauses: tuple[str, ...] = ()
    says: str = Field(default="", description="What the requester would be told.")
    missing: tuple[str, ...] = Field(default=(), description="Facts that would be asked for.")


class RevisionChange(BaseModel):
    """What would change, or where the change led."""

    number: str
    revision: date = Field(description="The revision that was asked for.")
    confirmed: bool = Field(description="Whether the ticket was put under it.")
    clocks: tuple[MovedClock, ...] = Field(
        default=(), description="Unless it was confirmed: every open clock, as it is and would be."
    )
    verdict: VerdictDocument | None = Field(
        default=None, description="Unless it was confirmed: what becomes of its coverage."
    )
    taken: ActionTaken | None = Field(default=None, description="Where the ticket stands now.")


@router.get(
    "/revisions",
    tags=["Tickets"],
    operation_id="read_revisions",
    summary="Read which revisions there are",
    responses=refusals(
        problems.UNAUTHENTICATED,
        problems.INVALID_REQUEST,
        problems.DESK_UNAVAILABLE,
        problems.TICKET_UNKNOWN,
    ),
)
async def read_revisions(desk: DependsOnDesk, caller: AuthenticCaller, number: Number) -> Revisions:
    """The revisions of the ticket's policy that the desk knows, and the one the ticket keeps."""
    view = await visible_ticket(desk, caller, number)
    known = _revisions_of(desk, view.policy)
    now = desk.now()
    begun = [policy.revision for policy in known if takes_effect(policy) <= now]
    return Revisions(
        number=number,
        policy=view.policy,
        revision=view.revision,
        revisions=tuple(
            RevisionDocument(
                revision=policy.revision,
                in_force=policy.revision == max(begun, default=None),
                kept=policy.revision == view.revision,
            )
            for policy in known
        ),
    )


@router.post(
    "/change-revision",
    tags=["Actions"],
    operation_id=str(ACTION),
    summary="Change revision",
    description="Shows what another revision of the policy would change, and with `confirm` puts "
    "the ticket under it: the terms are settled anew as of receipt, from the contract as it is "
    "now. Open clocks are aimed at the new targets and keep their past; whether the request is "
    "covered is judged anew, and one that is not is closed.\n\n"
    f"By: {_BY}. In the stages: {_WITHIN}.",
    response_model_exclude_none=True,
    openapi_extra=with_example(ACTIONS[ACTION].example),
    responses=refusals(
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
        problems.REQUEST_REFUSED,
        problems.UNKNOWN_ACCOUNT,
        problems.KEY_REUSED,
        problems.CONTRACT_UNAVAILABLE,
        problems.DESK_UNAVAILABLE,
    ),
)
async def change_revision(
    desk: DependsOnDesk,
    caller: AuthenticCaller,
    number: Number,
    body: ChangeOfRevision,
    idempotency_key: Key = None,
) -> RevisionChange:
    """Shows what another revision would change, or puts the ticket under it."""
    view = await visible_ticket(desk, caller, number)
    _check_role(caller.actor.role, view.locale)
    if not body.confirm:
        _check_possible(view)
    terms = await _terms(desk, view, body.revision)
    if not body.confirm:
        shown = await desk.tickets.preview(number, terms)
        return RevisionChange(
            number=number,
            revision=body.revision,
            confirmed=False,
            clocks=tuple(map(MovedClock.of, shown.clocks)),
            verdict=VerdictDocument.model_validate(shown.verdict),
        )
    act = ActionRequest[ChangeRevision](
        id=idempotency_key or secrets.token_urlsafe(12),
        actor=caller.actor,
        content=ChangeRevision(terms=terms, reason=body.reason),
    )
    reply = await desk.tickets.act(number, ACTION, act)
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
        taken=ActionTaken.of(reply, act.id),
    )


def _revisions_of(desk: Dependencies, slug: str) -> tuple[SupportPolicy, ...]:
    try:
        return desk.catalogue.revisions(slug)
    except UnknownPolicy:  # a policy that is gone, or terms that are not settled yet
        return ()


def _check_role(role: Role, locale: str) -> None:
    may = ACTIONS[ACTION].by
    if role not in may:
        raise ActionRefused.because(wrong_role(ACTION, may, role), locale)


def _check_possible(view: TicketView) -> None:
    """A preview of what would be refused misleads."""
    if ACTION in view.allowed_actions:
        return
    is_stage = view.stage not in ACTIONS[ACTION].within
    raise ActionRefused.because(
        wrong_stage(ACTION, view.number, view.stage)
        if is_stage
        else ConditionUnmet(TERMS_FIRST.otherwise),
        view.locale,
        RefusalDetails(stage=view.stage, allowed_actions=view.allowed_actions),
    )


async def _terms(desk: Dependencies, view: TicketView, revision: date) -> Terms:
    """The terms of that revision for this ticket, as of its receipt."""
    contract = await desk.contracts.find(view.account)
    if contract.policy != view.policy:
        other, own = contract.policy, view.policy
        raise _unfit(view, "other_policy", account=view.account, other=other, policy=own)
    try:
        policy = desk.catalogue.revision(view.policy, revision)
    except UnknownPolicy as error:
        known = [str(policy.revision) for policy in _revisions_of(desk, view.policy)]
        raise _unfit(
            view, "no_revision", policy=view.policy, revision=revision, choices=known
        ) from error
    request = await desk.tickets.request(view.number)
    if request is None:
        details = RefusalDetails(stage=view.stage, allowed_actions=view.allowed_actions)
        raise ActionRefused.because(ConditionUnmet("request_not_kept"), view.locale, details)
    return settle(policy, contract, TicketFacts.model_validate(request.known), request.received_at)


def _unfit(view: TicketView, phrase: str, **values: object) -> Problem:
    problem = Problem.saying(problems.INVALID_CONTENT, view.locale, phrase, **values)
    problem.errors = (FieldError(field="revision", message=problem.detail),)
    return problem
