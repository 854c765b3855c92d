"""The data of made-up events, with ids of the policy wherever it has some."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from pydantic import JsonValue

from activities.templates.manifest import facts_of
from activities.templates.sample_facts import FULL_FACTS
from policies.accounts.account_terms import AccountTerms, BandTerms
from policies.accounts.worth import Worth
from policies.i18n.locales import words_in
from policies.schema.policy import SupportPolicy
from policies.terms.model.ticket_terms import Terms
from policies.vocabulary import EventType
from workflows.account.credits import worth_data

_OF_THE_TICKET = {
    EventType.OPENED: facts_of(EventType.OPENED)[1],
    EventType.VERDICT_OVERRIDDEN: facts_of(EventType.VERDICT_OVERRIDDEN)[1],
}
"""Facts that the sample ticket gives itself, so that they are those of the policy."""
_OF_ACTOR = frozenset().union(*facts_of(EventType.ACKNOWLEDGED))
_BASES = {"credit_worth", "level", "month", "availability", "ticket_number"}


def is_by_requester(kind: EventType) -> bool:
    """Whether the requester causes the made-up event."""
    return bool(FULL_FACTS.get(kind, {}).get("by_requester"))


def of_contract(policy: SupportPolicy) -> list[str]:
    """The facts that only a contract states."""
    return [name for name, fact in policy.facts.items() if fact.given_by == "contract"]


def event_data(policy: SupportPolicy, terms: Terms, kind: EventType) -> dict[str, Any]:
    """The data of an event of a ticket."""
    left_out = {"due_at", *_OF_ACTOR, *_OF_THE_TICKET.get(kind, ())}
    facts = {n: f for n, f in FULL_FACTS.get(kind, {}).items() if n not in left_out}
    facts |= {"clause": next(iter(terms.headings), "unknown-clause")} if "clause" in facts else {}
    own = _OWN.get(kind)
    return facts | (own(policy, terms) if own else {})


def account_facts(terms: AccountTerms, kind: EventType) -> dict[str, Any]:
    """The data of an event of an account. A credit is one that the policy promises."""
    facts = dict(FULL_FACTS[kind])
    clause = next(iter(terms.headings), "")
    if kind in (EventType.CREDIT_EARNED, EventType.CREDIT_CORRECTED):
        credit = _credit(terms)
        if credit is not None:
            worth = worth_data(credit.worth) | {"days": credit.worth.days}
            facts |= dict.fromkeys(_BASES - {credit.basis}) | credit.facts | worth
            facts["credits"] = credit.credits
            clause = credit.clause
        facts["credit"] = "credit-1"
    if "clause" in facts:
        facts["clause"] = clause
    return facts


class _Credit(NamedTuple):
    """A credit of an account: the fact that states what it compensates, with others."""

    basis: str
    facts: dict[str, Any]
    worth: Worth
    clause: str
    credits: int = 1


def _credit(terms: AccountTerms) -> _Credit | None:
    for late in terms.lateness:
        worth, credits = _several(late.one, late.bands)
        return _Credit("ticket_number", {"clock": late.clock}, worth, late.clause, credits)
    monthly = terms.availability
    if monthly is not None:
        period = terms.availability_period(date(2027, 1, 31))
        days = {"period_begins": str(period.begins), "period_ends": str(period.last_day)}
        named = {"month": period.name} if period.month else days
        month = {**named, "availability": "98.7", "target": str(monthly.target)}
        worth, credits = _several(monthly.one, monthly.bands)
        basis = "month" if period.month else "availability"
        return _Credit(basis, month, worth, monthly.clause, credits)
    missed = FULL_FACTS[EventType.SERVICE_LEVEL_MISSED]
    for level in terms.service_levels:
        if level.pays or level.bands:
            facts = missed | {"level": level.label}
            worth = level.bands[0].worth if level.bands else level.pays or Worth(days=1)
            return _Credit("level", facts, worth, level.credit_clause)
    return None


def _several(one: Worth, bands: Sequence[BandTerms]) -> tuple[Worth, int]:
    """The worth of two credits, or of one where a band is earned; with their number."""
    return (bands[0].worth, 1) if bands else (one.times(2), 2)


def questions(terms: Terms) -> dict[str, JsonValue]:
    """The questions of a coverage decision that waits for facts."""
    known = terms.facts or {}
    missing = (name for name in terms.verdict.missing if name in terms.asks)
    names = [name for name in missing if known[name].given_by == "request"]
    return {"questions": [terms.asks[name] for name in names], "facts": list(names)}


def _stated(terms: Terms) -> dict[str, JsonValue]:
    """The first choice of every fact that has choices, and every fact that is true or false."""
    known = terms.facts or {}
    chosen = {name: fact.choices[0] for name, fact in known.items() if fact.choices}
    return {**chosen, **{name: True for name, fact in known.items() if fact.type == "bool"}}


def _moved(terms: Terms) -> dict[str, Any]:
    """A due time that moves, and others that stay."""
    changes = FULL_FACTS[EventType.REVISION_CHANGED]["clocks"]
    moved = [
        {**change, "name": clock.name} for clock, change in zip(terms.clocks, changes, strict=False)
    ]
    return {"clocks": moved, "questions": None, "choices": None, "clause": None}


def _agreed(terms: Terms) -> dict[str, Any]:
    """A clock that can be agreed on: its date, or its interval if it runs again and again."""
    agreed = [clock for clock in terms.clocks if clock.agreed]
    clock = next(iter(agreed or terms.clocks), None)
    if clock is None:
        return {}
    is_repeated = bool({*clock.starts} & {*clock.stops})
    full = FULL_FACTS[EventType.DUE_TIME_AGREED]
    return {
        "clock": clock.name,
        "due_at": full["due_at"],
        "was": None if is_repeated else full["was"],
        "every": full["every"] if is_repeated else None,
    }


def _level(terms: Terms) -> dict[str, Any]:
    """The last level, which a clock raises the ticket to if one of the policy does."""
    level = terms.process.levels[-1]
    rungs = [(c.name, r.at) for c in terms.clocks for r in c.ladder if r.raises_level]
    clock, rung = rungs[-1] if rungs else (None, None)
    return {
        "level": len(terms.process.levels),
        "level_name": level.says,
        "audience": level.audience,
        "clause": level.clause,
        "by_clock": clock,
        "at_rung": rung,
        "message": None if clock else "Nobody has called back.",
    }


def _closed(terms: Terms) -> dict[str, Any]:
    """The first reason of the policy for a refusal, with its text and the one to turn to."""
    found = {"into": None, "turn_to": None, "reason": None}
    for name, reason in terms.reasons.items():
        refusal = {"closed_as": reason.closed_as, "clause": reason.clause, "says": reason.says}
        return found | refusal | {"reason_id": name, "refers_to": reason.refers_to}
    return found | {"closed_as": "withdrawn", "clause": None, "says": None}


def _reclassified(_policy: SupportPolicy, terms: Terms) -> dict[str, Any]:
    priorities = terms.priorities or ("none",)
    return {"from": priorities[0], "to": priorities[-1], "facts": _stated(terms)}


def _prioritised(_policy: SupportPolicy, terms: Terms) -> dict[str, Any]:
    if terms.process.forecast is None:
        return {}
    [first, *_] = terms.process.forecast.priorities
    return {"priorities": {"engineering": first, "product": first}}


def _contract_lacks(policy: SupportPolicy, terms: Terms) -> dict[str, Any]:
    names = of_contract(policy)
    asks = [words_in(policy.facts[name].ask, terms.locale, policy.locale) for name in names]
    return {"questions": asks, "facts": names}


_OWN: Mapping[EventType, Callable[[SupportPolicy, Terms], dict[str, Any]]] = {
    EventType.CLOSED: lambda _, terms: _closed(terms),
    EventType.CONTRACT_INCOMPLETE: _contract_lacks,
    EventType.DUE_TIME_AGREED: lambda _, terms: _agreed(terms),
    EventType.FORECAST_SHARED: _prioritised,
    EventType.INFORMATION_REQUESTED: lambda _, t: questions(t) if t.verdict.missing else {},
    EventType.LEVEL_RAISED: lambda _, terms: _level(terms),
    EventType.RECLASSIFIED: _reclassified,
    EventType.REVIEW_COMPLETED: _prioritised,
    EventType.REVISION_CHANGED: lambda _, terms: _moved(terms),
    EventType.VERDICT_OVERRIDDEN: lambda _, __: {"closed_as": "not_covered"},
}
"""The data of a policy's own, by event."""
