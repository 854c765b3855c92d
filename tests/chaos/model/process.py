"""The roles and stages of each action: the table of docs/lifecycle.md.

A refusal is the problem type that the API returns (docs/api.md).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.chaos.model.guards import GUARDS
from tests.chaos.model.state import INVALID, UNMET, WRONG_ROLE, TicketState
from tests.chaos.model.terms import missing_stages

Body = Mapping[str, Any]
__all__ = ["CLOSED", "INVALID", "UNMET", "WRONG_ROLE", "WRONG_STAGE"]
WRONG_STAGE, CLOSED = "wrong-stage", "ticket-closed"

BEFORE_RESOLVED = (
    *("received", "in_progress", "triage", "awaiting_handoff", "engineering_review"),
    *("forecast_shared", "engineering_work", "scheduled_release"),
)
ANY_OPEN = (*BEFORE_RESOLVED, "resolved")
FROM_IN_PROGRESS = BEFORE_RESOLVED[1:]
REVIEWING = ("engineering_review", "forecast_shared")
REQUESTERS = ("requester", "service")
CUSTOMERS_AND_AGENTS = (*REQUESTERS, "agent")
EVERYBODY = (*CUSTOMERS_AND_AGENTS, "engineering", "product", "account_manager", "operator")

TRANSITIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "acknowledge": (("agent",), BEFORE_RESOLVED),
    "assign": (("agent", "operator"), ANY_OPEN),
    "respond": (("agent",), ("received",)),
    "request_information": (("agent",), ("in_progress", "triage")),
    "provide_information": (CUSTOMERS_AND_AGENTS, BEFORE_RESOLVED),
    "post_update": (("agent",), FROM_IN_PROGRESS),
    "provide_workaround": (("agent", "engineering"), FROM_IN_PROGRESS),
    "withdraw_workaround": (("agent", "engineering"), FROM_IN_PROGRESS),
    "give_estimate": (("agent", "engineering"), BEFORE_RESOLVED),
    "record_milestone": (EVERYBODY, (*ANY_OPEN, "closed")),
    "add_note": (("agent", "engineering", "product"), ANY_OPEN),
    "escalate": (CUSTOMERS_AND_AGENTS, ("in_progress",)),
    "record_finding": (("agent",), ("triage",)),
    "conclude_triage": (("agent",), ("triage",)),
    "hand_over": (("agent",), ("awaiting_handoff",)),
    "record_review": (("engineering", "product"), REVIEWING),
    "share_forecast": (("agent",), REVIEWING),
    "start_engineering": (("engineering",), ("forecast_shared",)),
    "schedule_release": (
        ("engineering", "agent"),
        ("in_progress", "engineering_work", "scheduled_release"),
    ),
    "reclassify": (("agent", "operator"), BEFORE_RESOLVED),
    "agree_due_time": (("agent",), BEFORE_RESOLVED),
    "raise_level": (CUSTOMERS_AND_AGENTS, (*ANY_OPEN, "closed")),
    "override_verdict": (("agent",), (*BEFORE_RESOLVED, "closed")),
    "settle_terms": (("agent", "operator"), ANY_OPEN),
    "resolve": (("agent",), tuple(s for s in FROM_IN_PROGRESS if s != "triage")),
    "reopen": (CUSTOMERS_AND_AGENTS, ("resolved",)),
    "close": (("agent",), ANY_OPEN),
    "withdraw": (REQUESTERS, ANY_OPEN),
    "merge": (("agent",), ANY_OPEN),
}


def refusal(ticket: TicketState, action: str, role: str, body: Body, at: datetime) -> str | None:
    """The problem type with which an action is refused now; None if it is possible."""
    stages = _stages(ticket, action)
    is_possible = action == "override_verdict" or ticket.stage in stages
    if ticket.stage == "closed" and (ticket.merged_into or not is_possible):
        return CLOSED
    if not exists(ticket, action):
        return UNMET
    if role not in roles(ticket, action):
        return WRONG_ROLE
    if ticket.stage not in stages:
        return WRONG_STAGE
    guard = GUARDS.get(action)
    return guard(ticket, body, role, at) if guard else None


LEADS_TO = {
    "escalate": {"triage"},
    "hand_over": {"engineering_review"},
    "share_forecast": {"forecast_shared"},
    "start_engineering": {"engineering_work"},
    "schedule_release": {"scheduled_release"},
}
"""The stage to which an action leads, of actions that lead to a stage that some policies lack."""
PARTS = {
    "provide_workaround": "workaround",
    "withdraw_workaround": "workaround",
    "give_estimate": "estimate",
}
"""The part of the process without which there is no such action."""


def exists(ticket: TicketState, action: str) -> bool:
    """Whether the policy has a stage to take the action in, and one that it leads to, and declares
    what the action is about.
    """
    if action in PARTS and PARTS[action] not in ticket.request.process:
        return False
    if action == "record_milestone" and not ticket.request.milestones:
        return False
    _, stages = TRANSITIONS[action]
    missing = missing_stages(ticket.request)
    return not set(stages) <= missing and not LEADS_TO.get(action, set()) & missing


def _stages(ticket: TicketState, action: str) -> tuple[str, ...]:
    """The stages of an action under this policy."""
    _, stages = TRANSITIONS[action]
    if action == "record_milestone":
        # After the closing too, while a clock waits for it.
        return stages if ticket.owes_later_work and not ticket.merged_into else ANY_OPEN
    if action != "raise_level":
        return stages
    after = ticket.request.process.get("levels", {}).get("after", [])
    resolved = ("resolved",) if "resolution" in after else ()
    refused = ("closed",) if "refusal" in after and ticket.is_contestable else ()
    return (*BEFORE_RESOLVED, *resolved, *refused)


def roles(ticket: TicketState, action: str) -> list[str]:
    """The roles that may take an action under this policy."""
    by, _ = TRANSITIONS[action]
    process = ticket.request.process
    narrowed = {
        "escalate": process.get("escalation", {}).get("by", ["agent"]),
        "raise_level": process.get("levels", {}).get("by", ["requester", "agent"])
        if "levels" in process
        else [],
        "reclassify": process.get("classification", {}).get("by", by),
        "record_milestone": [r for m in ticket.request.milestones.values() for r in m],
    }.get(action, by)
    if action in PARTS:
        narrowed = process[PARTS[action]].get("by", ["agent"])
    return [r for r in by if r in narrowed or (r in REQUESTERS and "requester" in narrowed)]
