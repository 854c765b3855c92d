"""Account comparisons: what was expected of an account, and what was found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from commands.scenario.account_expectation import AccountExpectation, OutageExpectation
from commands.scenario.expectation_base import Wanted
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
from workflows.account.messages import AccountNews, AccountView, MonthView
from workflows.shared.notice_view import NoticeView


@dataclass(frozen=True)
class AccountSight:
    """What there is to see of an account at one point of its story. `months` are those that the
    scenario asks for; `short` is how the scenario writes the id of a credit.
    """

    view: AccountView
    months: Mapping[str, MonthView | None]
    news: tuple[AccountNews, ...]
    told: tuple[NoticeView, ...]
    short: Callable[[str], str]
    instant: Callable[[str], datetime]
    local: Callable[[datetime], str]


Found = Mapping[str, Mapping[str, Any]]


def compare_account(expect: AccountExpectation, sight: AccountSight) -> Comparisons:
    """Every expectation about the account, compared."""
    for name in AccountExpectation.model_fields:
        if name in expect.model_fields_set:
            wanted = getattr(expect, name)
            yield from (c.under((name,)) for c in COMPARE[name](wanted, sight))


def _years(sight: AccountSight) -> Found:
    return {str(year.begins): dict(year) for year in sight.view.years}


def _sessions(sight: AccountSight) -> Found:
    return {
        session.id: dict(session) | {"cancelled": session.cancelled_at is not None}
        for session in sight.view.sessions
    }


def _outages(sight: AccountSight) -> Found:
    return {
        outage.id: dict(outage)
        | {"ends_at": sight.local(outage.ends_at) if outage.ends_at else None}
        for outage in sight.view.outages
    }


def _months(sight: AccountSight) -> Found:
    return {
        name: dict(month) | {"downtime": hours(month.downtime_seconds)}
        for name, month in sight.months.items()
        if month is not None
    }


def _credits(sight: AccountSight) -> Found:
    return {sight.short(credit.id): dict(credit) for credit in sight.view.credits}


def _claims(sight: AccountSight) -> Found:
    return {
        claim.id: dict(claim) | {"credits": tuple(map(sight.short, claim.credits))}
        for claim in sight.view.claims
    }


def _entries(found_in: Callable[[AccountSight], Found], noun: str) -> Callable[..., Comparisons]:
    def compare(wanted: Mapping[object, Wanted | str], sight: AccountSight) -> Comparisons:
        found = found_in(sight)
        for entry, expected in ((str(key), value) for key, value in wanted.items()):
            there = found.get(entry)
            if isinstance(expected, str):
                yield Comparison((entry,), ABSENT, noun if there else ABSENT, there is None)
            elif there is None:
                known = ", ".join(found) or "none"
                yield Comparison((entry,), noun, f"{ABSENT}; there is {known}", False)
            else:
                yield from (c.under((entry,)) for c in _entry(expected, there, sight))

    return compare


def _entry(wanted: Wanted, found: Mapping[str, Any], sight: AccountSight) -> Comparisons:
    for name in sorted(wanted.model_fields_set):
        value, is_outage = getattr(wanted, name), isinstance(wanted, OutageExpectation)
        if is_outage and name == "because":
            holds = value in found[name]
            yield Comparison((name,), f"a reason with {quoted(value)}", found[name], holds)
            continue
        if is_outage and name == "ends_at" and value is not None:
            value = sight.local(sight.instant(value))
        yield equal(value, found[name]).under((name,))


def _told(wanted: Mapping[str, tuple[str, ...]], sight: AccountSight) -> Comparisons:
    return compare_told(wanted, sight.told)


def _not_told(unwanted: Mapping[str, tuple[str, ...]], sight: AccountSight) -> Comparisons:
    return compare_not_told(unwanted, sight.told)


def _events(wanted: tuple[AccountNews, ...], sight: AccountSight) -> Comparisons:
    yield equal(wanted, sight.news)


COMPARE: dict[str, Callable[..., Comparisons]] = {
    "years": _entries(_years, "a contract year"),
    "sessions": _entries(_sessions, "a session"),
    "outages": _entries(_outages, "an outage"),
    "months": _entries(_months, "a month"),
    "credits": _entries(_credits, "a credit"),
    "claims": _entries(_claims, "a claim"),
    "told": _told,
    "not_told": _not_told,
    "events": _events,
}
