"""Compares the expectations about an account with its state."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from commands.scenario.account_expectation import AccountExpectation, OutageExpectation
from commands.scenario.expectation_base import ExpectationPart
from commands.simulation.comparison import (
    ABSENT,
    Comparison,
    Comparisons,
    compare_not_notified,
    compare_notified,
    equal,
    hours,
)
from policies.accounts.worth import Worth
from policies.documents.suggestions import quoted
from workflows.account.model.events import AccountEventType
from workflows.account.model.views import AccountView, CreditView, MonthView
from workflows.shared.notice_view import NoticeView


@dataclass(frozen=True)
class AccountSnapshot:
    """The state of an account after a step. `months` are those that the scenario expects;
    `short_id` is the id of a credit as the scenario writes it.
    """

    view: AccountView
    months: Mapping[str, MonthView | None]
    new_events: tuple[AccountEventType, ...]
    notified: tuple[NoticeView, ...]
    short_id: Callable[[str], str]
    to_utc: Callable[[str], datetime]
    local: Callable[[datetime], str]


EntriesById = Mapping[str, Mapping[str, Any]]


def compare_account(expect: AccountExpectation, snapshot: AccountSnapshot) -> Comparisons:
    """Compares all expectations about the account."""
    for name in AccountExpectation.model_fields:
        if name in expect.model_fields_set:
            expectation = getattr(expect, name)
            yield from (c.under((name,)) for c in COMPARE[name](expectation, snapshot))


def _years(snapshot: AccountSnapshot) -> EntriesById:
    return {str(year.begins): dict(year) for year in snapshot.view.years}


def _sessions(snapshot: AccountSnapshot) -> EntriesById:
    return {
        session.id: dict(session) | {"cancelled": session.cancelled_at is not None}
        for session in snapshot.view.sessions
    }


def _outages(snapshot: AccountSnapshot) -> EntriesById:
    return {
        outage.id: dict(outage)
        | {"ends_at": snapshot.local(outage.ends_at) if outage.ends_at else None}
        for outage in snapshot.view.outages
    }


def _months(snapshot: AccountSnapshot) -> EntriesById:
    return {
        name: dict(month) | {"downtime": hours(month.downtime_seconds)}
        for name, month in snapshot.months.items()
        if month is not None
    }


def _credits(snapshot: AccountSnapshot) -> EntriesById:
    return {snapshot.short_id(c.id): _credit(c, snapshot) for c in snapshot.view.credits}


def _credit(credit: CreditView, snapshot: AccountSnapshot) -> dict[str, Any]:
    worth, until = credit.worth or Worth(), credit.claim_until_at
    return dict(credit) | {
        "claim_until_at": snapshot.local(until) if until else None,
        "amount": worth.amount,
        "currency": worth.currency,
        "percent": worth.percent,
        "before_cap": credit.before_cap.number if credit.before_cap else None,
    }


def _service_levels(snapshot: AccountSnapshot) -> EntriesById:
    return {f"{level.name}:{level.period}": dict(level) for level in snapshot.view.service_levels}


def _claims(snapshot: AccountSnapshot) -> EntriesById:
    return {
        claim.id: dict(claim)
        | {
            "credits": tuple(map(snapshot.short_id, claim.credits)),
            "amounts": {w.currency: w.amount for w in claim.worths or () if w.currency},
        }
        for claim in snapshot.view.claims
    }


def _entries(
    entries_in: Callable[[AccountSnapshot], EntriesById], noun: str
) -> Callable[..., Comparisons]:
    def compare(
        expectation: Mapping[object, ExpectationPart | str], snapshot: AccountSnapshot
    ) -> Comparisons:
        entries = entries_in(snapshot)
        for entry, expected in ((str(key), value) for key, value in expectation.items()):
            found = entries.get(entry)
            if isinstance(expected, str):
                yield Comparison((entry,), ABSENT, noun if found else ABSENT, found is None)
            elif found is None:
                ids = ", ".join(entries) or "none"
                yield Comparison((entry,), noun, f"{ABSENT}; entries: {ids}", False)
            else:
                yield from (c.under((entry,)) for c in _entry(expected, found, snapshot))

    return compare


def _entry(
    expectation: ExpectationPart, found: Mapping[str, Any], snapshot: AccountSnapshot
) -> Comparisons:
    for name in sorted(expectation.model_fields_set):
        value, is_outage = getattr(expectation, name), isinstance(expectation, OutageExpectation)
        if is_outage and name == "because":
            holds = value in found[name]
            yield Comparison((name,), f"a reason with {quoted(value)}", found[name], holds)
            continue
        if name in {"ends_at", "claim_until_at"} and value is not None:
            value = snapshot.local(snapshot.to_utc(value))
        yield equal(value, found[name]).under((name,))


def _compare_notified(
    expectation: Mapping[str, tuple[str, ...]], snapshot: AccountSnapshot
) -> Comparisons:
    contacts = snapshot.view.terms.contacts
    addresses = {name: contact.email for name, contact in contacts.items()}
    return compare_notified(expectation, snapshot.notified, addresses)


def _compare_not_notified(
    unexpected: Mapping[str, tuple[str, ...]], snapshot: AccountSnapshot
) -> Comparisons:
    return compare_not_notified(unexpected, snapshot.notified)


def _events(expectation: tuple[AccountEventType, ...], snapshot: AccountSnapshot) -> Comparisons:
    yield equal(expectation, snapshot.new_events)


COMPARE: dict[str, Callable[..., Comparisons]] = {
    "years": _entries(_years, "a contract year"),
    "sessions": _entries(_sessions, "a session"),
    "outages": _entries(_outages, "an outage"),
    "months": _entries(_months, "a month"),
    "credits": _entries(_credits, "a credit"),
    "claims": _entries(_claims, "a claim"),
    "service_levels": _entries(_service_levels, "a service level"),
    "told": _compare_notified,
    "not_told": _compare_not_notified,
    "events": _events,
}
