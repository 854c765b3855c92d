"""Outages: recorded, ended, corrected; and which of them count (contentsquare/unavailability).

**Readings.** A category that has to be announced in advance is uncounted only when its
announcement came before it began; one that came too late is kept on the record, and counts. A
planned interruption has an end: what overruns it is an outage of its own.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from policies.account_terms import AccountTerms, AvailabilityTerms
from workflows.account import months
from workflows.account.messages import CorrectOutage, EndOutage, RecordOutage
from workflows.account.refusals import AlreadySettled, NotPromised, TooLate
from workflows.account.state import AccountState, Outage, add, find, put
from workflows.ticket.messages import Act
from workflows.ticket.refusals import InvalidContent, Refusal

MOST = 300
"""Outages an account can hold that may still change a month."""


class Facts(NamedTuple):
    """What is said of an outage."""

    starts_at: datetime
    ends_at: datetime | None
    category: str
    announced_at: datetime | None


class Verdict(NamedTuple):
    """Whether an outage is downtime, and why."""

    counts: bool
    because: str


def record(state: AccountState, act: Act[RecordOutage], at: datetime) -> str:
    """A new outage; months that were closed without it are computed again."""
    content = act.content
    verdict = _judged(state.terms, content, at)
    outage = Outage(
        id=state.next_id("outage"),
        **content.model_dump(),
        **verdict._asdict(),
        recorded_at=at,
        recorded_by=act.actor,
    )

    def change() -> None:
        add(state.outages, outage, MOST)

    _change(state, act, at, change, outage)
    state.note("outage_recorded", at, act.actor, _said(outage), act.id)
    return outage.id


def end(state: AccountState, act: Act[EndOutage], at: datetime) -> str:
    """An outage without an end gets one."""
    known = find(state.outages, act.content.outage)
    if known.withdrawn or known.ends_at is not None:
        raise AlreadySettled("outage_ended", entry=known.id)
    said = Facts(known.starts_at, act.content.ends_at, known.category, known.announced_at)
    _judged(state.terms, said, at)
    _replace(state, act, at, known.model_copy(update={"ends_at": act.content.ends_at}))
    state.note("outage_ended", at, act.actor, {"outage": known.id}, act.id)
    return known.id


def correct(state: AccountState, act: Act[CorrectOutage], at: datetime) -> str:
    """An outage becomes what it should have been, or none at all."""
    content = act.content
    known = find(state.outages, content.outage)
    verdict = _judged(state.terms, content, at)
    said = content.model_dump(exclude={"outage", "reason"})
    _replace(state, act, at, known.model_copy(update=said | verdict._asdict()))
    data = _said(find(state.outages, known.id))
    state.note("outage_corrected", at, act.actor, data | {"reason": content.reason}, act.id)
    return known.id


def _replace(
    state: AccountState, act: Act[EndOutage] | Act[CorrectOutage], at: datetime, outage: Outage
) -> None:
    known = find(state.outages, outage.id)

    def change() -> None:
        put(state.outages, outage)

    _change(state, act, at, change, known, outage)


def _change(
    state: AccountState,
    act: Act[RecordOutage] | Act[EndOutage] | Act[CorrectOutage],
    at: datetime,
    change: Callable[[], None],
    *touched: Outage,
) -> None:
    """Changes the outages, and the figures of every closed month that those touch."""
    since = months.measured_since(state)
    for outage in touched:
        if since is not None and outage.ends_at is not None and outage.ends_at <= since:
            raise TooLate("not_measured", since=since)
    affected = months.closed_with(state, touched)
    before = {month: months.figures(state, month) for month in affected}
    change()
    for month in affected:
        months.correct(state, month, before[month], act, at)


def _judged(
    terms: AccountTerms, said: RecordOutage | CorrectOutage | Facts, at: datetime
) -> Verdict:
    """Whether an outage counts; a Refusal when there can be no such outage."""
    promised = terms.availability
    if promised is None:
        raise NotPromised("no_availability", policy=terms.policy)
    facts = Facts(said.starts_at, said.ends_at, said.category, said.announced_at)
    objection = _objection(promised, facts, at)
    if objection is not None:
        raise objection
    return _verdict(promised, facts)


def _objection(promised: AvailabilityTerms, facts: Facts, at: datetime) -> Refusal | None:
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


def _verdict(promised: AvailabilityTerms, facts: Facts) -> Verdict:
    if facts.category not in promised.uncounted:
        return Verdict(counts=True, because=f"{facts.category} counts")
    if facts.category not in promised.announced:
        return Verdict(counts=False, because=f"{facts.category} does not count")
    if facts.announced_at is not None and facts.announced_at < facts.starts_at:
        return Verdict(counts=False, because=f"{facts.category}, announced in advance")
    return Verdict(counts=True, because=f"{facts.category} was not announced before it began")


def _said(outage: Outage) -> dict[str, str | bool | None]:
    return {
        "outage": outage.id,
        "starts_at": outage.starts_at.isoformat(),
        "ends_at": outage.ends_at.isoformat() if outage.ends_at else None,
        "category": outage.category,
        "counts": outage.counts,
        "withdrawn": outage.withdrawn or None,
    }
