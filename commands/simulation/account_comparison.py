"""Account comparisons: what was expected of an account, and what was found."""

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
    compare_not_told,
    compare_told,
    equal,
    hours,
)
from policies.documents.suggestions import quoted
from workflows.account.messages import AccountEventType, AccountView, MonthView
from workflows.shared.notice_view import NoticeView


@dataclass(frozen=True)
class AccountSnapshot:
    """What there is to see of an account at one point of its story. `months` are those that the
    scenario asks for; `short` is how the scenario writes the id of a credit.
    """

    view: AccountView
    months: Mapping[str, MonthView | None]
    news: tuple[AccountEventType, ...]
    told: tuple[NoticeView, ...]
    short: Callable[[str], str]
    instant: Callable[[str], datetime]
    local: Callable[[datetime], str]


Found = Mapping[str, Mapping[str, Any]]


def compare_account(expect: AccountExpectation, snapshot: AccountSnapshot) -> Comparisons:
    """Every expectation about the account, compared."""
    for name in AccountExpectation.model_fields:
        if name in expect.model_fields_set:
            wanted = getattr(expect, name)
            yield from (c.under((name,)) for c in COMPARE[name](wanted, snapshot))


def _years(snapshot: AccountSnapshot) -> Found:
    return {str(year.begins): dict(year) for year in snapshot.view.years}


def _sessions(snapshot: AccountSnapshot) -> Found:
    return {
        session.id: dict(session) | {"cancelled": session.cancelled_at is not None}
        for session in snapshot.view.sessions
    }


def _outages(snapshot: AccountSnapshot) -> Found:
    return {
        outage.id: dict(outage)
        | {"ends_at": snapshot.local(outage.ends_at) if outage.ends_at else None}
        for outage in snapshot.view.outages
    }


def _months(snapshot: AccountSnapshot) -> Found:
    return {
        name: dict(month) | {"downtime": hours(month.downtime_seconds)}
        for name, month in snapshot.months.items()
        if month is not None
    }


def _credits(snapshot: AccountSnapshot) -> Found:
    return {snapshot.short(credit.id): dict(credit) for credit in snapshot.view.credits}


def _claims(snapshot: AccountSnapshot) -> Found:
    return {
        claim.id: dict(claim) | {"credits": tuple(map(snapshot.short, claim.credits))}
        for claim in snapshot.view.claims
    }


def _entries(found_in: Callable[[AccountSnapshot], Found], noun: str) -> Callable[..., Comparisons]:
    def compare(
        wanted: Mapping[object, ExpectationPart | str], snapshot: AccountSnapshot
    ) -> Comparisons:
        found = found_in(snapshot)
        for entry, expected in ((str(key), value) for key, value in wanted.items()):
            there = found.get(entry)
            if isinstance(expected, str):
                yield Comparison((entry,), ABSENT, noun if there else ABSENT, there is None)
            elif there is None:
                known = ", ".join(found) or "none"
                yield Comparison((entry,), noun, f"{ABSENT}; there is {known}", False)
            else:
                yield from (c.under((entry,)) for c in _entry(expected, there, snapshot))

    return compare


def _entry(
    wanted: ExpectationPart, found: Mapping[str, Any], snapshot: AccountSnapshot
) -> Comparisons:
    for name in sorted(wanted.model_fields_set):
        value, is_outage = getattr(wanted, name), isinstance(wanted, OutageExpectation)
        if is_outage and name == "because":
            holds = value in found[name]
            yield Comparison((name,), f"a reason with {quoted(value)}", found[name], holds)
            continue
        if is_outage and name == "ends_at" and value is not None:
            value = snapshot.local(snapshot.instant(value))
        yield equal(value, found[name]).under((name,))


def _compare_notified(
    wanted: Mapping[str, tuple[str, ...]], snapshot: AccountSnapshot
) -> Comparisons:
    return compare_told(wanted, snapshot.told)


def _compare_not_notified(
    unwanted: Mapping[str, tuple[str, ...]], snapshot: AccountSnapshot
) -> Comparisons:
    return compare_not_told(unwanted, snapshot.told)


def _events(wanted: tuple[AccountEventType, ...], snapshot: AccountSnapshot) -> Comparisons:
    yield equal(wanted, snapshot.news)


COMPARE: dict[str, Callable[..., Comparisons]] = {
    "years": _entries(_years, "a contract year"),
    "sessions": _entries(_sessions, "a session"),
    "outages": _entries(_outages, "an outage"),
    "months": _entries(_months, "a month"),
    "credits": _entries(_credits, "a credit"),
    "claims": _entries(_claims, "a claim"),
    "told": _compare_notified,
    "not_told": _compare_not_notified,
    "events": _events,
}
