"""Claims of service credits, and their review (contentsquare/claims).

Without a review in the policy, a claim is accepted as it is filed. With one, it is `pending` until
somebody accepts or refuses it; its credits are claimed meanwhile. A decision that is late is
reported once, at the end of the last day of the review, and is still possible.

**Readings.** A claim is accepted for all credits that it names, or for none. An accepted claim can
still be refused: a mistake is corrected on the record. A refused one is final.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from pydantic import JsonValue

from policies.accounts.account_terms import ReviewTerms
from policies.accounts.worth import Worth, total
from policies.business_time.months import midnight
from policies.schema.remedies import USUAL_REVIEWERS
from workflows.account.caps import capped
from workflows.account.credits import EventData, record_changes, state_of, worth_data
from workflows.account.late_credits import credits_at, find_credit
from workflows.account.model.action_inputs import (
    AcceptClaim,
    AccountAction,
    ClaimCredits,
    RefuseClaim,
)
from workflows.account.model.events import AccountEventType
from workflows.account.model.views import ClaimState, CreditState
from workflows.account.refusals import AlreadySettled, NoSuchEntry, NotPromised, TooLate
from workflows.account.state import AccountState, Claim, Credit, check_room, find, put
from workflows.shared.action_request import SYSTEM, ActionRequest
from workflows.shared.refusals import Refusal, WrongRole

MOST = 200


def check_claim(state: AccountState, request: ActionRequest[ClaimCredits], at: datetime) -> None:
    """Every named credit can be claimed."""
    clause = state.terms.claims.clause if state.terms.claims else None
    _refuse(clause, [_objection(state, credit, at) for credit in request.content.credits])
    check_room(state.claims, MOST, "claim")


def claim(state: AccountState, request: ActionRequest[ClaimCredits], at: datetime) -> str:
    """Claims credits."""
    named = list(dict.fromkeys(request.content.credits))
    for credit in credits_at(state, at):
        if credit.id in named:
            _put_credit(state, credit.model_copy(update={"accrues": False}))
    state.credits = capped(state.credits, state.terms, at)
    review = state.terms.claim_review
    filed = Claim(
        id=state.next_id("claim"),
        credits=tuple(named),
        statement=request.content.statement,
        filed_at=at,
        filed_by=request.actor,
        is_reviewed=review is not None,
        review_until=_review_until(state, review, at) if review else None,
    )
    state.claims.append(filed)
    for credit in claimed_credits(state, filed):
        put(state.credits, credit.model_copy(update={"claim": filed.id}))
    data = _data(state, filed) | {"statement": filed.statement}
    _record(state, AccountEventType.CREDITS_CLAIMED, request, at, data)
    return filed.id


def check_acceptance(
    state: AccountState, request: ActionRequest[AcceptClaim], at: datetime
) -> None:
    """The claim waits for a decision of this role."""
    del at
    _check_reviewer(state, AccountAction.ACCEPT_CLAIM, request)
    filed = find(state.claims, request.content.claim)
    if filed.refused_at is not None:
        raise AlreadySettled("claim_refused", entry=filed.id)
    if claim_state(filed) is ClaimState.ACCEPTED:
        raise AlreadySettled("claim_accepted", entry=filed.id)


def accept(state: AccountState, request: ActionRequest[AcceptClaim], at: datetime) -> str:
    """Accepts a claim that was reviewed."""
    filed, reason = find(state.claims, request.content.claim), request.content.reason
    accepted = {"accepted_at": at, "accepted_because": reason}
    put(state.claims, filed.model_copy(update=accepted))
    data = _data(state, filed) | {"reason": reason}
    _record(state, AccountEventType.CLAIM_ACCEPTED, request, at, data)
    return filed.id


def check_refusal(state: AccountState, request: ActionRequest[RefuseClaim], at: datetime) -> None:
    """The claim was not refused before, and this role may refuse it."""
    del at
    _check_reviewer(state, AccountAction.REFUSE_CLAIM, request)
    filed = find(state.claims, request.content.claim)
    if filed.refused_at is not None:
        raise AlreadySettled("claim_refused", entry=filed.id)


def refuse(state: AccountState, request: ActionRequest[RefuseClaim], at: datetime) -> str:
    """Refuses a claim together with its credits."""
    filed = find(state.claims, request.content.claim)
    refused = {"refused_at": at, "refused_because": request.content.reason}
    put(state.claims, filed.model_copy(update=refused))
    for credit in claimed_credits(state, filed):
        put(state.credits, credit.model_copy(update={"refused": True}))
    data = _data(state, filed) | {"reason": request.content.reason}
    _record(state, AccountEventType.CLAIM_REFUSED, request, at, data)
    # Others under the same cap may now be worth more.
    before = {credit.id: credit for credit in state.credits}
    state.credits = capped(state.credits, state.terms, at)
    record_changes(state, before, at, request.id)
    return filed.id


def claim_state(filed: Claim) -> ClaimState:
    """The state of a claim. One without a review is accepted as it is filed."""
    if filed.refused_at is not None:
        return ClaimState.REFUSED
    is_pending = filed.is_reviewed and filed.accepted_at is None
    return ClaimState.PENDING if is_pending else ClaimState.ACCEPTED


def overdue_at(state: AccountState) -> datetime | None:
    """When the next claim is overdue for a decision (UTC); None if none will be."""
    times = (_overdue_at(state, filed) for filed in state.claims)
    return min((at for at in times if at is not None), default=None)


def report_overdue(state: AccountState, at: datetime) -> None:
    """Records the claims whose review ends at this time without a decision."""
    for filed in list(state.claims):
        if _overdue_at(state, filed) == at:
            put(state.claims, filed.model_copy(update={"is_overdue": True}))
            stands_at = max(at, state.changed_at)
            data = _data(state, filed)
            state.record_event(AccountEventType.CLAIM_OVERDUE, stands_at, SYSTEM, data)


def days_of(state: AccountState, filed: Claim) -> int:
    """The days of contract that a claim is worth."""
    return sum(credit.days for credit in claimed_credits(state, filed))


def worths_of(state: AccountState, filed: Claim) -> tuple[Worth, ...]:
    """What a claim is worth in all, in each unit."""
    return total(credit.granted for credit in claimed_credits(state, filed))


def claimed_credits(state: AccountState, filed: Claim) -> list[Credit]:
    """The credits that a claim names."""
    return [credit for credit in state.credits if credit.id in filed.credits]


def _overdue_at(state: AccountState, filed: Claim) -> datetime | None:
    is_pending = claim_state(filed) is ClaimState.PENDING and not filed.is_overdue
    if filed.review_until is None or not is_pending:
        return None
    return midnight(filed.review_until + timedelta(days=1), state.terms.local_zone)


def _review_until(state: AccountState, review: ReviewTerms, at: datetime) -> date | None:
    """The last day for a decision, in the account's zone."""
    if review.within is None:
        return None
    if review.calendar is None:
        return state.terms.day_at(at) + review.within.length
    return state.terms.day_at(review.within.due_from(at, review.calendar.calendar))


def _check_reviewer(
    state: AccountState,
    action: AccountAction,
    request: ActionRequest[AcceptClaim] | ActionRequest[RefuseClaim],
) -> None:
    review, role = state.terms.claim_review, request.actor.role
    may = review.by if review else USUAL_REVIEWERS
    if role not in may:
        raise WrongRole("wrong_role", action=action, may=may, role=role)


def _record(
    state: AccountState,
    kind: AccountEventType,
    request: ActionRequest[ClaimCredits] | ActionRequest[AcceptClaim] | ActionRequest[RefuseClaim],
    at: datetime,
    data: EventData,
) -> None:
    state.record_event(kind, at, request.actor, data, request.id)


def _data(state: AccountState, filed: Claim) -> EventData:
    named: list[JsonValue] = list(filed.credits)
    credits = sum(credit.credits for credit in claimed_credits(state, filed))
    data: EventData = {
        "claim": filed.id,
        "credits": credits,
        "days": days_of(state, filed),
        "named": named,
        "reviewed": filed.is_reviewed or None,
        "review_until": filed.review_until.isoformat() if filed.review_until else None,
    }
    money = [worth_data(worth) for worth in worths_of(state, filed) if worth.unit != "days"]
    return data | ({"worths": list(money)} if money else {})


def _put_credit(state: AccountState, credit: Credit) -> None:
    """Records an accrued credit as it stands."""
    if find_credit(state.credits, credit.id) is None:
        state.credits.append(credit)
    else:
        put(state.credits, credit)


def _objection(state: AccountState, entry: str, at: datetime) -> Refusal | None:
    credit = find_credit(credits_at(state, at), entry)
    if credit is None:
        return NoSuchEntry("no_entry", entry=entry)
    found = state_of(state, credit, at)
    if found is CreditState.EXPIRED:
        until = credit.claim_until_at
        local = until.astimezone(state.terms.local_zone) if until else credit.claim_until
        return TooLate("claim_over", entry=entry, until=local)
    if found is CreditState.CLAIMED:
        return AlreadySettled("credit_claimed", entry=entry)
    if found is CreditState.REFUSED:
        return AlreadySettled("credit_refused", entry=entry)
    if not credit.granted.number:
        if credit.own.number:
            return NotPromised("credit_capped", entry=entry)
        return NotPromised("credit_empty", entry=entry)
    return None


def _refuse(clause: str | None, objections: Iterable[Refusal | None]) -> None:
    """Raises one Refusal with all reasons. Its class is that of the first."""
    found = [objection for objection in objections if objection is not None]
    if found:
        first, *others = found
        first.clause, first.others = clause, others
        raise first
