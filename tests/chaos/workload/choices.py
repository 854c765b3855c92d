"""The next action on a ticket: usually one that its stage allows, sometimes any."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.chaos.model.document import Plain
from tests.chaos.model.process import TRANSITIONS
from tests.chaos.workload.requests import some_facts, some_wrong_fact

Body = dict[str, Any]
WILD = 0.22
"""The share of actions chosen regardless of the stage."""
COMMON = ("provide_information", "assign", "reclassify", "reclassify", "raise_level")
LIKELY: dict[str, tuple[str, ...]] = {
    "received": (
        *("respond", "respond", "respond", "acknowledge", "override_verdict", "settle_terms"),
        *COMMON,
    ),
    "in_progress": (
        *("escalate", "escalate", "request_information", "post_update", "resolve"),
        *("schedule_release", *COMMON),
    ),
    "triage": ("conclude_triage", "conclude_triage", "record_finding", "request_information"),
    "awaiting_handoff": ("hand_over", "post_update", "assign", "resolve"),
    "engineering_review": ("record_review", "record_review", "share_forecast", *COMMON),
    "forecast_shared": ("start_engineering", "share_forecast", "record_review", "resolve"),
    "engineering_work": ("schedule_release", "post_update", "resolve", "assign"),
    "scheduled_release": ("resolve", "schedule_release", "post_update", "reclassify"),
    "resolved": ("reopen", "reopen", "close", "assign", "raise_level"),
    "closed": (
        *("override_verdict",) * 4,
        "raise_level",
        "close",
        "withdraw",
        "post_update",
        "reopen",
    ),
}
FAVOURITES = (
    *("reclassify", "reclassify", "resolve", "reopen", "reopen", "provide_information", "assign"),
    *("request_information", "escalate", "share_forecast", "record_review", "raise_level"),
    *("hand_over", "schedule_release", "override_verdict", "post_update", "conclude_triage"),
)
ASSIGNEES = (
    {"id": "ada", "name": "Ada Agent", "email": "ada@desk.example"},
    {"id": "bo", "name": "Bo Agent", "email": "bo@desk.example"},
    {"id": "lead", "name": "The lead", "email": "Support-Lead@Contently.example"},
)
PRIORITIES = ("p0", "p1", "p2", "p3", "critical", "serious", "minor", "high", "normal", "low")
ROLES = ("agent", "requester", "service", "engineering", "product", "operator")


@dataclass(frozen=True)
class Choice:
    """An action, the role that takes it, and its body."""

    action: str
    role: str
    body: Body


@dataclass(frozen=True)
class TicketContext:
    """The part of a ticket that a choice depends on."""

    number: str
    stage: str
    policy_name: str
    policy: Plain
    today: date
    favourites: tuple[str, ...] = ()
    """Actions chosen more often on this ticket."""
    others: tuple[str, ...] = ()
    """Tickets of the same account."""


def choose(rng: random.Random, ticket: TicketContext) -> Choice:
    """The next action."""
    is_wild = rng.random() < WILD
    action = rng.choice(list(TRANSITIONS) if is_wild else _fitting(rng, ticket))
    by = ROLES if is_wild else TRANSITIONS[action][0]
    role = rng.choice(by)
    return Choice(action, role, _BODIES[action](rng, ticket, role))


def some_favourites(rng: random.Random) -> tuple[str, ...]:
    """Three actions to choose more often on one ticket."""
    return tuple(rng.sample([*FAVOURITES], 3))


def _fitting(rng: random.Random, ticket: TicketContext) -> tuple[str, ...]:
    """Actions that are likely in this stage, or favourites that it allows."""
    if ticket.stage not in {"resolved", "closed"} and rng.random() < 0.03:
        return ("close", "withdraw", "merge")
    fitting = tuple(a for a in ticket.favourites if ticket.stage in TRANSITIONS[a][1])
    return fitting if fitting and rng.random() < 0.4 else LIKELY[ticket.stage]


def _nothing(_: random.Random, __: TicketContext, ___: str) -> Body:
    return {}


def _text(name: str) -> Callable[[random.Random, TicketContext, str], Body]:
    return lambda rng, _, __: {name: f"Text {rng.randrange(1000)}."}


def _assign(rng: random.Random, _: TicketContext, __: str) -> Body:
    return {"assignee": rng.choice([*ASSIGNEES, *ASSIGNEES, None])}


def _respond(rng: random.Random, _: TicketContext, __: str) -> Body:
    every = ["resolution", "information_request", "escalation", "work_started"]
    outcomes = rng.sample(every, rng.choice([1, 1, 1, 2, 3]))
    if rng.random() < 0.05:
        outcomes = rng.choice([[], ["resolution", "resolution"]])
    body: Body = {"message": "Hello.", "outcomes": outcomes}
    if ("information_request" in outcomes) != (rng.random() < 0.05):
        body["questions"] = ["Which browser?"]
    return body


def _request_information(rng: random.Random, _: TicketContext, __: str) -> Body:
    body: Body = {"message": "One more thing."}
    return body | ({"questions": ["Since when?"]} if rng.random() < 0.5 else {})


def _provide(rng: random.Random, ticket: TicketContext, _: str) -> Body:
    facts = some_facts(rng, ticket.policy_name) if rng.random() < 0.7 else {}
    if rng.random() < 0.06:
        facts |= some_wrong_fact(rng)
    return {"message": "Here you are."} | ({"facts": facts} if facts else {})


def _finding(rng: random.Random, _: TicketContext, __: str) -> Body:
    return {"step": rng.choice(["reproduce", "environment", "a hunch"]), "result": "Yes."}


def _conclude(rng: random.Random, ticket: TicketContext, role: str) -> Body:
    body: Body = {"resolved": rng.random() < 0.25, "conclusion": "A regression."}
    if rng.random() < 0.3:
        body["findings"] = [_finding(rng, ticket, role) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.85:
        body["not_run"] = "There was no need."
    return body | ({"undelivered": "They were called."} if rng.random() < 0.4 else {})


def _review(rng: random.Random, _: TicketContext, role: str) -> Body:
    own = role if role in {"engineering", "product"} else "engineering"
    other = "product" if own == "engineering" else "engineering"
    return {
        "viewpoint": other if rng.random() < 0.05 else own,
        "priority": rng.choice(["high", "medium", "low"] * 5 + ["p0"]),
    }


def _forecast(rng: random.Random, ticket: TicketContext, _: str) -> Body:
    if rng.random() < 0.5:
        return {}
    days = rng.choice([-1, 0, 1, 3, 10, 40])
    body: Body = {"begins_by": ticket.today + timedelta(days=days)}
    return body | ({"reason": "It depends on a supplier."} if rng.random() < 0.9 else {})


def _release(rng: random.Random, ticket: TicketContext, _: str) -> Body:
    body: Body = {"release": "2027.3"}
    return body | ({"goes_out_on": ticket.today + timedelta(days=rng.randrange(30))})


def _reclassify(rng: random.Random, ticket: TicketContext, _: str) -> Body:
    known = tuple(ticket.policy.get("priorities", {})) or PRIORITIES
    priority = rng.choice(known if rng.random() < 0.92 else PRIORITIES)
    return {"priority": priority, "reason": "It is worse than it looked."}


def _raise(rng: random.Random, ticket: TicketContext, _: str) -> Body:
    levels = ticket.policy.get("process", {}).get("levels", {}).get("ladder", [])
    body: Body = {"reason": "We have waited long enough."}
    return body | ({"to": rng.choice(levels)["audience"]} if levels and rng.random() < 0.5 else {})


def _close(rng: random.Random, ticket: TicketContext, _: str) -> Body:
    every = ("resolved", "no_reply", "withdrawn", "not_covered", "not_eligible", "duplicate")
    closed_as = "resolved" if ticket.stage == "resolved" else rng.choice(every)
    body: Body = {"closed_as": closed_as}
    clauses = [rule["clause"] for rule in ticket.policy.get("coverage", ())]
    if clauses and closed_as.startswith("not_"):
        body["clause"] = rng.choice([*clauses, "no-such-clause"])
    names = [rule["id"] for rule in ticket.policy.get("coverage", ()) if "id" in rule]
    if names and rng.random() < 0.3:
        return {"closed_as": closed_as, "reason": rng.choice(names)}
    return body | ({"reason": "No longer needed."} if rng.random() < 0.8 else {})


def _merge(rng: random.Random, ticket: TicketContext, _: str) -> Body:
    if ticket.others and rng.random() < 0.7:
        return {"into": rng.choice(ticket.others), "reason": "It is the same."}
    return {"into": ticket.number if rng.random() < 0.3 else "7K2M-0QXW-9HTE"}


_BODIES: dict[str, Callable[[random.Random, TicketContext, str], Body]] = {
    "acknowledge": _nothing,
    "assign": _assign,
    "respond": _respond,
    "request_information": _request_information,
    "provide_information": _provide,
    "post_update": _text("message"),
    "escalate": _text("reason"),
    "record_finding": _finding,
    "conclude_triage": _conclude,
    "hand_over": _text("note"),
    "record_review": _review,
    "share_forecast": _forecast,
    "start_engineering": _text("note"),
    "schedule_release": _release,
    "reclassify": _reclassify,
    "raise_level": _raise,
    "override_verdict": _text("reason"),
    "settle_terms": _nothing,
    "resolve": _text("resolution"),
    "reopen": _text("reason"),
    "close": _close,
    "withdraw": _text("reason"),
    "merge": _merge,
}
