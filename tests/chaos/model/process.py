"""The roles and stages of each action (the table of docs/lifecycle.md), and its guards.

A refusal is the problem type that the API returns (docs/api.md).
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.chaos.model.state import TicketState
from tests.chaos.model.terms import missing_stages

Body = Mapping[str, Any]
WRONG_ROLE, WRONG_STAGE, CLOSED = "wrong-role", "wrong-stage", "ticket-closed"
UNMET, INVALID = "condition-unmet", "invalid-content"

BEFORE_RESOLVED = (
    *("received", "in_progress", "triage", "awaiting_handoff", "engineering_review"),
    *("forecast_shared", "engineering_work", "scheduled_release"),
)
ANY_OPEN = (*BEFORE_RESOLVED, "resolved")
FROM_IN_PROGRESS = BEFORE_RESOLVED[1:]
REVIEWING = ("engineering_review", "forecast_shared")
REQUESTERS = ("requester", "service")
CUSTOMERS_AND_AGENTS = (*REQUESTERS, "agent")

TRANSITIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "acknowledge": (("agent",), BEFORE_RESOLVED),
    "assign": (("agent", "operator"), ANY_OPEN),
    "respond": (("agent",), ("received",)),
    "request_information": (("agent",), ("in_progress", "triage")),
    "provide_information": (CUSTOMERS_AND_AGENTS, BEFORE_RESOLVED),
    "post_update": (("agent",), FROM_IN_PROGRESS),
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
    guard = _GUARDS.get(action)
    return guard(ticket, body, role, at) if guard else None


LEADS_TO = {
    "escalate": {"triage"},
    "hand_over": {"engineering_review"},
    "share_forecast": {"forecast_shared"},
    "start_engineering": {"engineering_work"},
    "schedule_release": {"scheduled_release"},
}
"""The stage to which an action leads, of actions that lead to a stage that some policies lack."""


def exists(ticket: TicketState, action: str) -> bool:
    """Whether the policy has a stage to take the action in, and one that it leads to."""
    _, stages = TRANSITIONS[action]
    missing = missing_stages(ticket.request)
    return not set(stages) <= missing and not LEADS_TO.get(action, set()) & missing


def _stages(ticket: TicketState, action: str) -> tuple[str, ...]:
    """The stages of an action under this policy."""
    _, stages = TRANSITIONS[action]
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
    }.get(action, by)
    return [r for r in by if r in narrowed or (r in REQUESTERS and "requester" in narrowed)]


def _acknowledge(ticket: TicketState, _: Body, _role: str, _at: datetime) -> str | None:
    since = [e for e in ticket.events if e.type == "acknowledged" or "opened" in e.counts_as]
    return UNMET if since[-1].type == "acknowledged" else None


def _assign(ticket: TicketState, body: Body, _role: str, _at: datetime) -> str | None:
    keep = ticket.request.process.get("assignment", {}).get("keep_assigned", [])
    return INVALID if body.get("assignee") is None and ticket.priority in keep else None


def _resolve(ticket: TicketState, _: Body, _role: str, _at: datetime) -> str | None:
    """A ticket of some priorities is answered and resolved by an assignee only."""
    keep = ticket.request.process.get("assignment", {}).get("keep_assigned", [])
    return UNMET if ticket.assignee is None and ticket.priority in keep else None


def _respond(ticket: TicketState, body: Body, role: str, at: datetime) -> str | None:
    if unmet := _resolve(ticket, body, role, at):
        return unmet
    every = ["resolution", "information_request", "work_started"]
    every += [] if "triage" in missing_stages(ticket.request) else ["escalation"]
    possible = ticket.request.process.get("first_response", {}).get("outcomes", every)
    outcomes = body["outcomes"]
    is_valid = (
        bool(outcomes)
        and len(set(outcomes)) == len(outcomes)
        and set(outcomes) <= set(possible)
        and ("information_request" in outcomes) == bool(body.get("questions"))
    )
    return None if is_valid else INVALID


def _conclude(ticket: TicketState, body: Body, role: str, at: datetime) -> str | None:
    found = {finding["step"] for finding in body.get("findings", ())}
    left = set(ticket.steps_left) - found
    if (left and not body.get("not_run")) or _resolve(ticket, body, role, at):
        return UNMET
    return UNMET if ticket.unnotified_audiences() and not body.get("undelivered") else None


def _review(ticket: TicketState, body: Body, role: str, _at: datetime) -> str | None:
    forecast = ticket.request.process.get("forecast")
    if forecast is None or body["viewpoint"] not in forecast["viewpoints"]:
        return INVALID
    if body["viewpoint"] != role:
        return WRONG_ROLE
    return None if body["priority"] in forecast["priorities"] else INVALID


def _forecast(ticket: TicketState, body: Body, _role: str, at: datetime) -> str | None:
    if not ticket.is_reviewed:
        return UNMET
    day = body.get("begins_by")
    if day is None:
        return None
    today = ticket.request.day_of(at)
    if not body.get("reason") or not today <= day <= today + timedelta(days=2 * 365):
        return INVALID
    return None


def _reclassify(ticket: TicketState, body: Body, _role: str, _at: datetime) -> str | None:
    priorities = ticket.request.rules.get("priorities", {})
    if not priorities:
        return UNMET
    is_other = body["priority"] in priorities and body["priority"] != ticket.priority
    return None if is_other else INVALID


def _raise(ticket: TicketState, body: Body, _role: str, _at: datetime) -> str | None:
    if not ticket.open_levels:
        return UNMET
    return None if body.get("to", ticket.open_levels[0]) in ticket.open_levels else INVALID


def _provide(ticket: TicketState, body: Body, _role: str, _at: datetime) -> str | None:
    return INVALID if ticket.request.wrong_facts(body.get("facts", {})) else None


def _settle(ticket: TicketState, _: Body, _role: str, _at: datetime) -> str | None:
    waits = ticket.awaits_information or ticket.owes_verdict or ticket.is_overridden
    return None if ticket.needs_facts and not waits else UNMET


def _override(ticket: TicketState, _: Body, _role: str, _at: datetime) -> str | None:
    if ticket.is_overridden:
        return UNMET
    return None if ticket.is_contestable or ticket.needs_facts else UNMET


def _close(ticket: TicketState, body: Body, _role: str, _at: datetime) -> str | None:
    closed_as, reason = body.get("closed_as", "resolved"), body.get("reason")
    if closed_as == "resolved":
        return None if ticket.stage == "resolved" else UNMET
    if closed_as == "no_reply" and ticket.waiting_on != "requester":
        return UNMET
    if closed_as == "no_reply" and "agent" not in _closing_unanswered(ticket):
        return UNMET
    if closed_as == "duplicate" or not reason:
        return INVALID
    if closed_as not in {"not_covered", "not_eligible"}:
        return None
    known, clause = ticket.request.reasons.get(reason), body.get("clause")
    if known is not None:
        is_valid = known["verdict"] == closed_as and clause in {None, known["clause"]}
    else:
        is_valid = clause in ticket.request.exclusions
    return None if is_valid else INVALID


def _closing_unanswered(ticket: TicketState) -> list[str]:
    by: list[str] = ticket.request.process.get("no_reply", {}).get("by", ["agent"])
    return by


def _merge(ticket: TicketState, body: Body, _role: str, _at: datetime) -> str | None:
    return None if ticket.can_merge_into(body["into"]) else INVALID


_GUARDS: dict[str, Callable[[TicketState, Body, str, datetime], str | None]] = {
    "acknowledge": _acknowledge,
    "assign": _assign,
    "respond": _respond,
    "resolve": _resolve,
    "conclude_triage": _conclude,
    "record_review": _review,
    "share_forecast": _forecast,
    "reclassify": _reclassify,
    "raise_level": _raise,
    "override_verdict": _override,
    "provide_information": _provide,
    "settle_terms": _settle,
    "close": _close,
    "merge": _merge,
}
