"""The guards of actions: whether their content is possible for a ticket as it is now.

A refusal is the problem type that the API returns (docs/api.md).
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.chaos.model import agreements
from tests.chaos.model.state import INVALID, UNMET, WRONG_ROLE, TicketState
from tests.chaos.model.terms import missing_stages

Body = Mapping[str, Any]


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
    if not priorities and not ticket.request.facts_in_tables:
        return UNMET
    if ticket.request.wrong_facts(body.get("facts", {})):
        return INVALID
    if "priority" not in body:
        return None if body.get("facts") else INVALID
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
    if closed_as == "no_reply" and not (ticket.waiting_on == "requester" or ticket.is_unanswered):
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


def _reopen(ticket: TicketState, body: Body, _role: str, _at: datetime) -> str | None:
    """A ticket that was resolved for want of an answer is re-opened through some channels only."""
    channels = ticket.request.process.get("closing", {}).get("reopen_by")
    if not ticket.is_unanswered or not channels:
        return None
    return None if body.get("channel") in channels else UNMET


def _withdraw_workaround(ticket: TicketState, _: Body, _role: str, _at: datetime) -> str | None:
    kinds = ("workaround_provided", "workaround_withdrawn")
    changes = [event.type for event in ticket.events if event.type in kinds]
    return None if changes[-1:] == ["workaround_provided"] else UNMET


def _estimate(_: TicketState, body: Body, _role: str, at: datetime) -> str | None:
    return None if body["resolved_by"] > at else INVALID


def _milestone(ticket: TicketState, body: Body, role: str, _at: datetime) -> str | None:
    by = ticket.request.milestones.get(body["milestone"])
    if by is None:
        return INVALID
    is_own = role in by or (role in {"requester", "service"} and "requester" in by)
    return None if is_own else WRONG_ROLE


def _merge(ticket: TicketState, body: Body, _role: str, _at: datetime) -> str | None:
    return None if ticket.can_merge_into(body["into"]) else INVALID


GUARDS: dict[str, Callable[[TicketState, Body, str, datetime], str | None]] = {
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
    "reopen": _reopen,
    "withdraw_workaround": _withdraw_workaround,
    "give_estimate": _estimate,
    "record_milestone": _milestone,
    "agree_due_time": agreements.refusal,
    "close": _close,
    "merge": _merge,
}
