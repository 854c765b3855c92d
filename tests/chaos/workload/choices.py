"""The next action on a ticket: usually one that its stage allows, sometimes any."""

import random
from dataclasses import dataclass

from tests.chaos.model.process import TRANSITIONS
from tests.chaos.workload.bodies import BODIES, Body, TicketContext

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
ROLES = ("agent", "requester", "service", "engineering", "product", "operator")


@dataclass(frozen=True)
class Choice:
    """An action, the role that takes it, and its body."""

    action: str
    role: str
    body: Body


def choose(rng: random.Random, ticket: TicketContext) -> Choice:
    """The next action."""
    is_wild = rng.random() < WILD
    action = rng.choice(list(TRANSITIONS) if is_wild else _fitting(rng, ticket))
    by = [role for role in ROLES if is_wild or role in TRANSITIONS[action][0]]
    role = rng.choice([*by, *["agent"] * 5] if action == "record_milestone" else by)
    return Choice(action, role, BODIES[action](rng, ticket, role))


def some_favourites(rng: random.Random) -> tuple[str, ...]:
    """Three actions to choose more often on one ticket."""
    return tuple(rng.sample([*FAVOURITES], 3))


def _fitting(rng: random.Random, ticket: TicketContext) -> tuple[str, ...]:
    """Actions that are likely in this stage, or favourites that it allows."""
    if ticket.stage not in {"resolved", "closed"} and rng.random() < 0.03:
        return ("close", "withdraw", "merge")
    own = tuple(a for a in _of_policy(ticket) if ticket.stage in TRANSITIONS[a][1])
    if own and rng.random() < 0.4:
        return own
    fitting = tuple(a for a in ticket.favourites if ticket.stage in TRANSITIONS[a][1])
    return fitting if fitting and rng.random() < 0.4 else LIKELY[ticket.stage]


def _of_policy(ticket: TicketContext) -> tuple[str, ...]:
    """Actions that only some policies have: they are taken more often there."""
    rules, process = ticket.policy, ticket.policy.get("process", {})
    clocks = rules.get("clocks", {}).values()
    has_agreements = any(clock.get("agreed") for clock in clocks)
    asks = any(clock.get("on_expiry") for clock in clocks)
    outlasts = any("resolved" in clock["starts"] for clock in clocks)
    return (
        *(("record_milestone",) * 3 if rules.get("milestones") else ()),
        *(("agree_due_time",) * 2 if has_agreements else ()),
        *(("provide_workaround",) * 2 if "workaround" in process else ()),
        *(("withdraw_workaround",) if "workaround" in process else ()),
        *(("give_estimate",) if "estimate" in process else ()),
        *(("request_information", "reopen") if asks else ()),
        *(("respond", "resolve") if outlasts or asks else ()),
    )
