"""What somebody does next on a ticket: mostly what its stage calls for, at times anything."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.chaos.model.document import Plain
from tests.chaos.model.process import TABLE
from tests.chaos.workload.requests import some_facts

Said = dict[str, Any]
WILD = 0.22
"""The share of actions that are chosen without looking at the ticket."""
COMMON = ("provide_information", "assign", "reclassify", "raise_level")
LIKELY: dict[str, tuple[str, ...]] = {
    "received": ("respond", "respond", "respond", "acknowledge", "override_verdict", *COMMON),
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
    "resolved": ("reopen", "reopen", "close", "assign"),
    "closed": (*("override_verdict",) * 4, "close", "withdraw", "post_update", "reopen"),
}
FOND_OF = (
    *("reclassify", "reclassify", "resolve", "reopen", "reopen", "provide_information", "assign"),
    *("request_information", "escalate", "share_forecast", "record_review", "raise_level"),
    *("hand_over", "schedule_release", "override_verdict", "post_update", "conclude_triage"),
)
PEOPLE = (
    {"id": "ada", "name": "Ada Agent", "email": "ada@desk.example"},
    {"id": "bo", "name": "Bo Agent", "email": "bo@desk.example"},
    {"id": "lead", "name": "The lead", "email": "support-lead@contently.example"},
)
PRIORITIES = ("p0", "p1", "p2", "p3", "critical", "serious", "minor", "high", "normal", "low")
ROLES = ("agent", "requester", "service", "engineering", "product", "operator")


@dataclass(frozen=True)
class Choice:
    """An action, by somebody, saying something."""

    action: str
    role: str
    said: Said


@dataclass(frozen=True)
class Looking:
    """What whoever acts knows of the ticket."""

    number: str
    stage: str
    policy_name: str
    policy: Plain
    today: date
    mood: tuple[str, ...] = ()
    """Actions that people are fond of on this ticket."""
    others: tuple[str, ...] = ()
    """Tickets of the same account."""


def choose(chance: random.Random, looking: Looking) -> Choice:
    """What happens next."""
    is_wild = chance.random() < WILD
    action = chance.choice(list(TABLE) if is_wild else _fitting(chance, looking))
    by = ROLES if is_wild else TABLE[action][0]
    role = chance.choice(by)
    return Choice(action, role, _WORDS[action](chance, looking, role))


def some_mood(chance: random.Random) -> tuple[str, ...]:
    """What people are fond of on one ticket."""
    return tuple(chance.sample([*FOND_OF], 3))


def _fitting(chance: random.Random, looking: Looking) -> tuple[str, ...]:
    """Actions that the stage calls for, or that people are fond of."""
    if looking.stage not in {"resolved", "closed"} and chance.random() < 0.03:
        return ("close", "withdraw", "merge")
    fond = tuple(a for a in looking.mood if looking.stage in TABLE[a][1])
    return fond if fond and chance.random() < 0.4 else LIKELY[looking.stage]


def _nothing(_: random.Random, __: Looking, ___: str) -> Said:
    return {}


def _words(name: str) -> Callable[[random.Random, Looking, str], Said]:
    return lambda chance, _, __: {name: f"Said so, {chance.randrange(1000)}."}


def _assign(chance: random.Random, _: Looking, __: str) -> Said:
    return {"assignee": chance.choice([*PEOPLE, *PEOPLE, None])}


def _respond(chance: random.Random, _: Looking, __: str) -> Said:
    every = ["resolution", "information_request", "escalation"]
    outcomes = chance.sample(every, chance.choice([1, 1, 1, 2, 3]))
    if chance.random() < 0.05:
        outcomes = chance.choice([[], ["resolution", "resolution"]])
    said: Said = {"message": "Hello.", "outcomes": outcomes}
    if ("information_request" in outcomes) != (chance.random() < 0.05):
        said["questions"] = ["Which browser?"]
    return said


def _request_information(chance: random.Random, _: Looking, __: str) -> Said:
    said: Said = {"message": "One more thing."}
    return said | ({"questions": ["Since when?"]} if chance.random() < 0.5 else {})


def _provide(chance: random.Random, looking: Looking, _: str) -> Said:
    facts = some_facts(chance, looking.policy_name) if chance.random() < 0.7 else {}
    return {"message": "Here you are."} | ({"facts": facts} if facts else {})


def _finding(chance: random.Random, _: Looking, __: str) -> Said:
    return {"step": chance.choice(["reproduce", "environment", "a hunch"]), "result": "Yes."}


def _conclude(chance: random.Random, looking: Looking, role: str) -> Said:
    said: Said = {"resolved": chance.random() < 0.25, "conclusion": "A regression."}
    if chance.random() < 0.3:
        said["findings"] = [_finding(chance, looking, role) for _ in range(chance.randint(1, 3))]
    return said | ({"undelivered": "They were called."} if chance.random() < 0.4 else {})


def _review(chance: random.Random, _: Looking, role: str) -> Said:
    own = role if role in {"engineering", "product"} else "engineering"
    other = "product" if own == "engineering" else "engineering"
    return {
        "viewpoint": other if chance.random() < 0.05 else own,
        "priority": chance.choice(["high", "medium", "low"] * 5 + ["p0"]),
    }


def _forecast(chance: random.Random, looking: Looking, _: str) -> Said:
    if chance.random() < 0.5:
        return {}
    days = chance.choice([-1, 0, 1, 3, 10, 40])
    said: Said = {"begins_by": looking.today + timedelta(days=days)}
    return said | ({"reason": "It depends on a supplier."} if chance.random() < 0.9 else {})


def _release(chance: random.Random, looking: Looking, _: str) -> Said:
    said: Said = {"release": "2027.3"}
    return said | ({"goes_out_on": looking.today + timedelta(days=chance.randrange(30))})


def _reclassify(chance: random.Random, looking: Looking, _: str) -> Said:
    known = tuple(looking.policy.get("priorities", {})) or PRIORITIES
    priority = chance.choice(known if chance.random() < 0.92 else PRIORITIES)
    return {"priority": priority, "reason": "It is worse than it looked."}


def _close(chance: random.Random, looking: Looking, _: str) -> Said:
    every = ("resolved", "no_reply", "withdrawn", "not_covered", "not_eligible", "duplicate")
    closed_as = "resolved" if looking.stage == "resolved" else chance.choice(every)
    said: Said = {"closed_as": closed_as}
    clauses = [rule["clause"] for rule in looking.policy.get("coverage", ())]
    if clauses and closed_as.startswith("not_"):
        said["clause"] = chance.choice([*clauses, "no-such-clause"])
    names = [rule["id"] for rule in looking.policy.get("coverage", ()) if "id" in rule]
    if names and chance.random() < 0.3:
        return {"closed_as": closed_as, "reason": chance.choice(names)}
    return said | ({"reason": "So it is."} if chance.random() < 0.8 else {})


def _merge(chance: random.Random, looking: Looking, _: str) -> Said:
    if looking.others and chance.random() < 0.7:
        return {"into": chance.choice(looking.others), "reason": "It is the same."}
    return {"into": looking.number if chance.random() < 0.3 else "7K2M-0QXW-9HTE"}


_WORDS: dict[str, Callable[[random.Random, Looking, str], Said]] = {
    "acknowledge": _nothing,
    "assign": _assign,
    "respond": _respond,
    "request_information": _request_information,
    "provide_information": _provide,
    "post_update": _words("message"),
    "escalate": _words("reason"),
    "record_finding": _finding,
    "conclude_triage": _conclude,
    "hand_over": _words("note"),
    "record_review": _review,
    "share_forecast": _forecast,
    "start_engineering": _words("note"),
    "schedule_release": _release,
    "reclassify": _reclassify,
    "raise_level": _words("reason"),
    "override_verdict": _words("reason"),
    "resolve": _words("resolution"),
    "reopen": _words("reason"),
    "close": _close,
    "withdraw": _words("reason"),
    "merge": _merge,
}
