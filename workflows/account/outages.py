"""Outages: recorded, ended, corrected; and which of them count (contentsquare/unavailability).

**Readings.** A category that has to be announced in advance is uncounted only when its
announcement came before it began; one that came too late is kept on the record, and counts. A
planned interruption has an end: what overruns it is an outage of its own.
"""

from datetime import datetime
from typing import NamedTuple

from policies.accounts.account_terms import AccountTerms, AvailabilityTerms
from workflows.account import months
from workflows.account.messages import AccountEventType, CorrectOutage, EndOutage, RecordOutage
from workflows.account.refusals import AlreadySettled, NotPromised, TooLate
from workflows.account.state import AccountState, Outage, check_room, find
from workflows.shared.action_request import ActionRequest
from workflows.shared.refusals import InvalidContent, Refusal

MOST = 300
"""Outages an account can hold that may still change a month."""


class OutageDetails(NamedTuple):
    """What is said of an outage."""

    starts_at: datetime
    ends_at: datetime | None
    category: str
    announced_at: datetime | None


class OutageCount(NamedTuple):
    """Whether an outage is downtime, and why."""

    counts: bool
    because: str


def check_record(state: AccountState, act: ActionRequest[RecordOutage], at: datetime) -> None:
    """Whether there can be such an outage, and its months can still change."""
    _refuse_impossible(state.terms, _outage_details(act.content), at)
    _refuse_final(state, _new_outage(state, act, at, "outage"), at)
    check_room(state.outages, MOST, "outage")


def record(state: AccountState, act: ActionRequest[RecordOutage], at: datetime) -> str:
    """A new outage; months that were closed without it are computed again."""
    outage = _new_outage(state, act, at, state.next_id("outage"))
    months.change_outage(state, outage, act, at)
    state.record_event(AccountEventType.OUTAGE_RECORDED, at, act.actor, _event_data(outage), act.id)
    return outage.id


def check_end(state: AccountState, act: ActionRequest[EndOutage], at: datetime) -> None:
    """Whether an outage is without an end, and can have this one."""
    known = find(state.outages, act.content.outage)
    if known.withdrawn or known.ends_at is not None:
        raise AlreadySettled("outage_ended", entry=known.id)
    outage = _ended_outage(state, act)
    _refuse_impossible(state.terms, _outage_details(outage), at)
    _refuse_final(state, outage, at)


def end(state: AccountState, act: ActionRequest[EndOutage], at: datetime) -> str:
    """An outage without an end gets one."""
    outage = _ended_outage(state, act)
    months.change_outage(state, outage, act, at)
    state.record_event(AccountEventType.OUTAGE_ENDED, at, act.actor, {"outage": outage.id}, act.id)
    return outage.id


def check_correction(state: AccountState, act: ActionRequest[CorrectOutage], at: datetime) -> None:
    """Whether an outage can be this one instead, and its months can still change."""
    find(state.outages, act.content.outage)
    _refuse_impossible(state.terms, _outage_details(act.content), at)
    _refuse_final(state, _corrected_outage(state, act), at)


def correct(state: AccountState, act: ActionRequest[CorrectOutage], at: datetime) -> str:
    """An outage becomes what it should have been, or none at all."""
    outage = _corrected_outage(state, act)
    months.change_outage(state, outage, act, at)
    data = _event_data(outage) | {"reason": act.content.reason}
    state.record_event(AccountEventType.OUTAGE_CORRECTED, at, act.actor, data, act.id)
    return outage.id


def _new_outage(
    state: AccountState, act: ActionRequest[RecordOutage], at: datetime, entry: str
) -> Outage:
    verdict = _outage_count(state.terms.availability, _outage_details(act.content))
    said = act.content.model_dump() | verdict._asdict()
    return Outage(id=entry, **said, recorded_at=at, recorded_by=act.actor)


def _ended_outage(state: AccountState, act: ActionRequest[EndOutage]) -> Outage:
    known = find(state.outages, act.content.outage)
    return known.model_copy(update={"ends_at": act.content.ends_at})


def _corrected_outage(state: AccountState, act: ActionRequest[CorrectOutage]) -> Outage:
    said = act.content.model_dump(exclude={"outage", "reason"})
    verdict = _outage_count(state.terms.availability, _outage_details(act.content))
    return find(state.outages, act.content.outage).model_copy(update=said | verdict._asdict())


def _outage_details(said: RecordOutage | CorrectOutage | Outage) -> OutageDetails:
    return OutageDetails(said.starts_at, said.ends_at, said.category, said.announced_at)


def _refuse_impossible(terms: AccountTerms, facts: OutageDetails, at: datetime) -> None:
    """Raises the Refusal when there can be no such outage."""
    promised = terms.availability
    if promised is None:
        raise NotPromised("no_availability", policy=terms.policy)
    objection = _objection(promised, facts, at)
    if objection is not None:
        raise objection


def _refuse_final(state: AccountState, outage: Outage, at: datetime) -> None:
    """Raises TooLate when the outage lies, or lay, before all that is measured, or would change a
    month whose figures are final.
    """
    since = months.measured_since(state)
    known = [other for other in state.outages if other.id == outage.id]
    for touched in (*known, outage):
        if since is not None and touched.ends_at is not None and touched.ends_at <= since:
            raise TooLate("not_measured", since=since)
    months.refuse_final(state, outage, at)


def _objection(promised: AvailabilityTerms, facts: OutageDetails, at: datetime) -> Refusal | None:
    known, clause = (*promised.counted, *promised.uncounted), promised.unavailability_clause
    category, is_planned = facts.category, facts.category in promised.announced
    if category not in known:
        return InvalidContent("wrong_category", clause, category=category, choices=known)
    if facts.ends_at is not None and facts.ends_at <= facts.starts_at:
        return InvalidContent("ends_before", clause)
    if is_planned and facts.ends_at is None:
        return InvalidContent("no_end", clause, category=category)
    if not is_planned and max(facts.starts_at, facts.ends_at or facts.starts_at) > at:
        if not promised.announced:
            return InvalidContent("future_none", clause)
        return InvalidContent("future", clause, choices=promised.announced)
    return None


def _outage_count(promised: AvailabilityTerms | None, facts: OutageDetails) -> OutageCount:
    if promised is None or facts.category not in promised.uncounted:
        return OutageCount(counts=True, because=f"{facts.category} counts")
    if facts.category not in promised.announced:
        return OutageCount(counts=False, because=f"{facts.category} does not count")
    if facts.announced_at is not None and facts.announced_at < facts.starts_at:
        return OutageCount(counts=False, because=f"{facts.category}, announced in advance")
    return OutageCount(counts=True, because=f"{facts.category} was not announced before it began")


def _event_data(outage: Outage) -> dict[str, str | bool | None]:
    return {
        "outage": outage.id,
        "starts_at": outage.starts_at.isoformat(),
        "ends_at": outage.ends_at.isoformat() if outage.ends_at else None,
        "category": outage.category,
        "counts": outage.counts,
        "withdrawn": outage.withdrawn or None,
    }
