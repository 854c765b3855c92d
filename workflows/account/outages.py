"""Outages: recorded, ended and corrected; and which of them count (contentsquare/unavailability).

**Readings.** A planned outage does not count if it was announced before it began, or at least as
long before as the policy says. Announced later, it is recorded and counts. A planned outage has an
end; a longer interruption is recorded as an outage of its own.
"""

from datetime import datetime
from typing import NamedTuple

from policies.accounts.account_terms import AccountTerms, AvailabilityTerms
from policies.business_time.durations import Duration
from workflows.account import months
from workflows.account.model.action_inputs import CorrectOutage, EndOutage, RecordOutage
from workflows.account.model.events import AccountEventType
from workflows.account.refusals import AlreadySettled, NotPromised, TooLate
from workflows.account.state import AccountState, Outage, check_room, find
from workflows.shared.action_request import ActionRequest
from workflows.shared.refusals import InvalidContent, Refusal

MOST = 300
"""Outages that an account can hold. Outages that can no longer change a month are dropped."""


class OutageDetails(NamedTuple):
    """The details of an outage that decide whether it is valid and counts."""

    starts_at: datetime
    ends_at: datetime | None
    category: str
    announced_at: datetime | None


class OutageCount(NamedTuple):
    """Whether an outage is downtime, and the reason."""

    counts: bool
    because: str


def check_record(state: AccountState, request: ActionRequest[RecordOutage], at: datetime) -> None:
    """The outage is valid, and its months can still change."""
    _refuse_invalid(state.terms, _outage_details(request.content), at)
    _refuse_final(state, _new_outage(state, request, at, "outage"), at)
    check_room(state.outages, MOST, "outage")


def record(state: AccountState, request: ActionRequest[RecordOutage], at: datetime) -> str:
    """Records an outage, and corrects the closed months that it changes."""
    outage = _new_outage(state, request, at, state.next_id("outage"))
    months.change_outage(state, outage, request, at)
    state.record_event(
        AccountEventType.OUTAGE_RECORDED, at, request.actor, _event_data(outage), request.id
    )
    return outage.id


def check_end(state: AccountState, request: ActionRequest[EndOutage], at: datetime) -> None:
    """The outage has no end yet, and this one is valid."""
    open_outage = find(state.outages, request.content.outage)
    if open_outage.withdrawn or open_outage.ends_at is not None:
        raise AlreadySettled("outage_ended", entry=open_outage.id)
    outage = _ended_outage(state, request)
    _refuse_invalid(state.terms, _outage_details(outage), at)
    _refuse_final(state, outage, at)


def end(state: AccountState, request: ActionRequest[EndOutage], at: datetime) -> str:
    """Sets the end of an outage."""
    outage = _ended_outage(state, request)
    months.change_outage(state, outage, request, at)
    state.record_event(
        AccountEventType.OUTAGE_ENDED, at, request.actor, {"outage": outage.id}, request.id
    )
    return outage.id


def check_correction(
    state: AccountState, request: ActionRequest[CorrectOutage], at: datetime
) -> None:
    """The corrected outage is valid, and its months can still change."""
    _refuse_invalid(state.terms, _outage_details(request.content), at)
    _refuse_final(state, _corrected_outage(state, request), at)


def correct(state: AccountState, request: ActionRequest[CorrectOutage], at: datetime) -> str:
    """Replaces an outage by the corrected one."""
    outage = _corrected_outage(state, request)
    months.change_outage(state, outage, request, at)
    data = _event_data(outage) | {"reason": request.content.reason}
    state.record_event(AccountEventType.OUTAGE_CORRECTED, at, request.actor, data, request.id)
    return outage.id


def _new_outage(
    state: AccountState, request: ActionRequest[RecordOutage], at: datetime, entry: str
) -> Outage:
    count = _outage_count(state.terms.availability, _outage_details(request.content))
    fields = request.content.model_dump() | count._asdict()
    return Outage(id=entry, **fields, recorded_at=at, recorded_by=request.actor)


def _ended_outage(state: AccountState, request: ActionRequest[EndOutage]) -> Outage:
    outage = find(state.outages, request.content.outage)
    return outage.model_copy(update={"ends_at": request.content.ends_at})


def _corrected_outage(state: AccountState, request: ActionRequest[CorrectOutage]) -> Outage:
    count = _outage_count(state.terms.availability, _outage_details(request.content))
    fields = request.content.model_dump(exclude={"outage", "reason"}) | count._asdict()
    return find(state.outages, request.content.outage).model_copy(update=fields)


def _outage_details(outage: RecordOutage | CorrectOutage | Outage) -> OutageDetails:
    return OutageDetails(outage.starts_at, outage.ends_at, outage.category, outage.announced_at)


def _refuse_invalid(terms: AccountTerms, outage: OutageDetails, at: datetime) -> None:
    """Raises the Refusal if the outage is not valid."""
    promised = terms.availability
    if promised is None:
        raise NotPromised("no_availability", policy=terms.policy)
    objection = _objection(promised, outage, at)
    if objection is not None:
        raise objection


def _refuse_final(state: AccountState, outage: Outage, at: datetime) -> None:
    """Raises TooLate if the outage would change a month whose figures are final, or if it ended
    before the oldest month.
    """
    since = months.measured_since(state)
    if since is not None and outage.ends_at is not None and outage.ends_at <= since:
        raise TooLate("not_measured", since=since)
    months.refuse_final(state, outage, at)


def _objection(promised: AvailabilityTerms, outage: OutageDetails, at: datetime) -> Refusal | None:
    choices, clause = (*promised.counted, *promised.uncounted), promised.unavailability_clause
    category, is_planned = outage.category, outage.category in promised.announced
    if category not in choices:
        return InvalidContent("wrong_category", clause, category=category, choices=choices)
    if outage.ends_at is not None and outage.ends_at <= outage.starts_at:
        return InvalidContent("ends_before", clause)
    if is_planned and outage.ends_at is None:
        return InvalidContent("no_end", clause, category=category)
    if not is_planned and max(outage.starts_at, outage.ends_at or outage.starts_at) > at:
        if not promised.announced:
            return InvalidContent("future_none", clause)
        return InvalidContent("future", clause, choices=promised.announced)
    return None


def _outage_count(promised: AvailabilityTerms | None, outage: OutageDetails) -> OutageCount:
    category = outage.category
    if promised is None or category not in promised.uncounted:
        return OutageCount(counts=True, because=f"{category} counts")
    if category not in promised.announced:
        return OutageCount(counts=False, because=f"{category} does not count")
    notice = promised.notice.get(category)
    if outage.announced_at is not None and outage.announced_at < outage.starts_at:
        if notice is None:
            return OutageCount(counts=False, because=f"{category}, announced in advance")
        if _notice_ends(notice, outage.announced_at, promised) <= outage.starts_at:
            return OutageCount(counts=False, because=f"{category}, announced {notice} in advance")
        late = f"{category} was announced less than {notice} before it began"
        return OutageCount(counts=True, because=late)
    return OutageCount(counts=True, because=f"{category} was not announced before it began")


def _notice_ends(notice: Duration, announced_at: datetime, promised: AvailabilityTerms) -> datetime:
    """When the notice period is over."""
    if promised.notice_calendar is None or notice.is_elapsed:
        return announced_at + notice.length
    return notice.due_from(announced_at, promised.notice_calendar.calendar)


def _event_data(outage: Outage) -> dict[str, str | bool | None]:
    return {
        "outage": outage.id,
        "starts_at": outage.starts_at.isoformat(),
        "ends_at": outage.ends_at.isoformat() if outage.ends_at else None,
        "category": outage.category,
        "counts": outage.counts,
        "withdrawn": outage.withdrawn or None,
    }
