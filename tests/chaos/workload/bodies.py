"""The bodies of actions: mostly valid."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tests.chaos.model.document import Plain
from tests.chaos.nemesis.agents import AGENTS
from tests.chaos.workload.requests import some_facts, some_wrong_fact

Body = dict[str, Any]
PRIORITIES = ("p0", "p1", "p2", "p3", "critical", "serious", "minor", "high", "normal", "low")
INTERVALS = ("1 hour", "4 hours", "3 business hours", "2 business days, same time", "1 week")


@dataclass(frozen=True)
class TicketContext:
    """The part of a ticket that a choice depends on."""

    number: str
    stage: str
    policy_name: str
    policy: Plain
    """The rules of its policy, as its contract has them."""
    now: datetime
    favourites: tuple[str, ...] = ()
    """Actions chosen more often on this ticket."""
    others: tuple[str, ...] = ()
    """Tickets of the same account."""

    @property
    def today(self) -> date:
        """The date, in UTC."""
        return self.now.date()


def over_http(action: str, body: Body) -> Body:
    """The body of an action as the API takes it: an assignee by id, whom the desk knows."""
    if action != "assign" or not body.get("assignee"):
        return body
    return {**body, "assignee": body["assignee"]["id"]}


def _nothing(_: random.Random, __: TicketContext, ___: str) -> Body:
    return {}


def _text(name: str) -> Callable[[random.Random, TicketContext, str], Body]:
    return lambda rng, _, __: {name: f"Text {rng.randrange(1000)}."}


def _assign(rng: random.Random, _: TicketContext, __: str) -> Body:
    return {"assignee": rng.choice([*AGENTS, *AGENTS, None])}


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
    body: Body = {"reason": "It is worse than it looked."}
    has_facts = "facts." in str(ticket.policy.get("clocks")) + str(
        ticket.policy.get("support_hours")
    )
    facts = some_facts(rng, ticket.policy_name) if has_facts and rng.random() < 0.4 else {}
    if facts and rng.random() < 0.06:
        facts |= some_wrong_fact(rng)
    if not facts or rng.random() < 0.3:
        body["priority"] = rng.choice(known if rng.random() < 0.92 else PRIORITIES)
    return body | ({"facts": facts} if facts else {})


def _raise(rng: random.Random, ticket: TicketContext, _: str) -> Body:
    levels = ticket.policy.get("process", {}).get("levels", {}).get("ladder", [])
    body: Body = {"reason": "We have waited long enough."}
    if not levels or rng.random() < 0.5:
        return body
    audience = rng.choice(levels)["audience"]
    names = list(audience["cells"].values()) if isinstance(audience, dict) else [audience]
    return body | {"to": rng.choice(names)}


def _milestone(rng: random.Random, ticket: TicketContext, _: str) -> Body:
    pauses = ticket.policy.get("pauses", {}).values()
    starts = [name.removeprefix("milestone.") for p in pauses for name in p.get("starts", ())]
    names = [*ticket.policy.get("milestones", {}), *starts] * 4 + ["moon-landing"]
    return {"milestone": rng.choice(names), "message": "It is so."}


def _estimate(rng: random.Random, ticket: TicketContext, _: str) -> Body:
    return {"resolved_by": ticket.now + timedelta(hours=rng.randint(-9, 200))}


def _agree(rng: random.Random, ticket: TicketContext, _: str) -> Body:
    clocks = ticket.policy.get("clocks", {})
    agreeable = [name for name, clock in clocks.items() if clock.get("agreed")]
    body: Body = {"clock": rng.choice([*agreeable * 9, *clocks, "no-clock"]), "reason": "They ask."}
    if rng.random() < 0.7:
        hours = rng.choice([rng.uniform(-2, 12), rng.uniform(2, 60), rng.uniform(20, 300)])
        body["due_at"] = ticket.now + timedelta(hours=hours)
    if "due_at" not in body or rng.random() < 0.05:
        body["every"] = rng.choice(INTERVALS)
        body |= {"from_now": True} if rng.random() < 0.5 else {}
    if rng.random() < 0.7:
        at = ticket.now - timedelta(hours=rng.uniform(-0.2, 9))
        body["consent"] = {"by": "Kim Doe", "at": at, "how": "by phone"}
    return body


def _reopen(rng: random.Random, _: TicketContext, __: str) -> Body:
    body: Body = {"reason": "It is back."}
    return body | rng.choice([{}, {"channel": "email"}, {"channel": "phone"}])


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


BODIES: dict[str, Callable[[random.Random, TicketContext, str], Body]] = {
    "acknowledge": _nothing,
    "assign": _assign,
    "respond": _respond,
    "request_information": _request_information,
    "provide_information": _provide,
    "post_update": _text("message"),
    "provide_workaround": _text("message"),
    "withdraw_workaround": _text("reason"),
    "give_estimate": _estimate,
    "record_milestone": _milestone,
    "agree_due_time": _agree,
    "add_note": _text("note"),
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
    "reopen": _reopen,
    "close": _close,
    "withdraw": _text("reason"),
    "merge": _merge,
}
