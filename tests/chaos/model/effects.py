"""The effect of each action: how it changes the state of a ticket, and its events."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from tests.chaos.model import business_time
from tests.chaos.model.agreements import agree
from tests.chaos.model.coverage import Verdict
from tests.chaos.model.events import NewEvent
from tests.chaos.model.state import TicketState
from tests.chaos.model.terms import missing_stages

Body = Mapping[str, Any]
Effect = Callable[[TicketState, Body, datetime], Iterator[NewEvent]]


def _acknowledge(ticket: TicketState, _body: Body, _at: datetime) -> Iterator[NewEvent]:
    yield NewEvent("acknowledged")


def _assign(ticket: TicketState, body: Body, _at: datetime) -> Iterator[NewEvent]:
    ticket.assignee = body.get("assignee")
    if ticket.assignee is None:
        yield NewEvent("unassigned")
    else:
        yield NewEvent("assigned", {"assignee": ticket.assignee["id"]})


def _respond(ticket: TicketState, body: Body, at: datetime) -> Iterator[NewEvent]:
    outcomes = body["outcomes"]
    ticket.stage = "triage" if "escalation" in outcomes else "in_progress"
    yield NewEvent("responded", {"outcomes": list(outcomes)})
    if "information_request" in outcomes:
        ticket.awaits_information = True
        yield NewEvent("information_requested")
    if "escalation" in outcomes:
        yield NewEvent("escalated")
    if list(outcomes) == ["resolution"]:
        yield ticket.resolve(at)


def _request_information(ticket: TicketState, _body: Body, _at: datetime) -> Iterator[NewEvent]:
    ticket.awaits_information = True
    yield NewEvent("information_requested")


def _provide_information(ticket: TicketState, body: Body, _at: datetime) -> Iterator[NewEvent]:
    ticket.awaits_information = False
    ticket.facts |= body.get("facts", {})
    ticket.owes_verdict = bool(ticket.verdict.missing)
    yield NewEvent("information_provided", {"facts": body.get("facts") or None})


def _post_update(ticket: TicketState, _body: Body, _at: datetime) -> Iterator[NewEvent]:
    yield NewEvent("update_posted")


def _provide_workaround(_ticket: TicketState, _body: Body, _at: datetime) -> Iterator[NewEvent]:
    yield NewEvent("workaround_provided")


def _withdraw_workaround(_ticket: TicketState, _body: Body, _at: datetime) -> Iterator[NewEvent]:
    yield NewEvent("workaround_withdrawn")


def _give_estimate(_ticket: TicketState, _body: Body, _at: datetime) -> Iterator[NewEvent]:
    yield NewEvent("estimate_given")


def _record_milestone(_ticket: TicketState, body: Body, _at: datetime) -> Iterator[NewEvent]:
    yield NewEvent("milestone_recorded", {"milestone": body["milestone"]})


def _add_note(_ticket: TicketState, _body: Body, _at: datetime) -> Iterator[NewEvent]:
    yield NewEvent("note_added")


def _escalate(ticket: TicketState, _body: Body, _at: datetime) -> Iterator[NewEvent]:
    ticket.stage = "triage"
    yield NewEvent("escalated")


def _record_finding(ticket: TicketState, body: Body, _at: datetime) -> Iterator[NewEvent]:
    yield NewEvent("finding_recorded", {"step": body["step"]})


def _conclude_triage(ticket: TicketState, body: Body, at: datetime) -> Iterator[NewEvent]:
    ticket.awaits_information = False
    for finding in body.get("findings", ()):
        yield NewEvent("finding_recorded", {"step": finding["step"]})
    yield NewEvent("triage_concluded", {"resolved": body["resolved"]})
    if body["resolved"]:
        yield ticket.resolve(at)
    elif "awaiting_handoff" in missing_stages(ticket.request):
        ticket.stage = "in_progress"
    else:
        ticket.stage, ticket.concluded_at = "awaiting_handoff", at
        yield NewEvent("engineering_needed")


def _hand_over(ticket: TicketState, _body: Body, _at: datetime) -> Iterator[NewEvent]:
    ticket.stage, ticket.awaits_information = "engineering_review", False
    ticket.reviews, ticket.forecast = {}, None
    yield NewEvent("handed_over")


def _record_review(ticket: TicketState, body: Body, _at: datetime) -> Iterator[NewEvent]:
    before = dict(ticket.reviews) if ticket.is_reviewed else None
    ticket.reviews = {**ticket.reviews, body["viewpoint"]: body["priority"]}
    yield NewEvent("reviewed", {"viewpoint": body["viewpoint"], "priority": body["priority"]})
    if ticket.is_reviewed and ticket.reviews != before:
        yield NewEvent("review_completed")


def _share_forecast(ticket: TicketState, body: Body, at: datetime) -> Iterator[NewEvent]:
    hours, rule = (
        ticket.request.support_hours(ticket.priority, ticket.facts),
        ticket.request.process["forecast"],
    )
    assert hours is not None
    window = rule["windows"][ticket.reviews["engineering"]][ticket.reviews["product"]]
    proposed = ticket.request.day_of(business_time.due(window, at, hours))
    ticket.forecast = {
        "begins_by": body.get("begins_by") or proposed,
        "proposed": proposed,
        "revision": ticket.forecast["revision"] + 1 if ticket.forecast else 1,
        "priorities": dict(ticket.reviews),
        "lapsed": False,
    }
    ticket.stage = "forecast_shared"
    days = {name: str(ticket.forecast[name]) for name in ("begins_by", "proposed")}
    yield NewEvent("forecast_shared", days | {"revision": ticket.forecast["revision"]})


def _start_engineering(ticket: TicketState, _body: Body, _at: datetime) -> Iterator[NewEvent]:
    ticket.stage = "engineering_work"
    yield NewEvent("engineering_started")


def _schedule_release(ticket: TicketState, body: Body, _at: datetime) -> Iterator[NewEvent]:
    ticket.stage = "scheduled_release"
    yield NewEvent("release_scheduled", {"release": body["release"]})


def _reclassify(ticket: TicketState, body: Body, _at: datetime) -> Iterator[NewEvent]:
    ticket.facts = {**ticket.facts, **body.get("facts", {})}
    data: dict[str, Any] = {"facts": body.get("facts") or None}
    if "priority" in body:
        data |= {"from": ticket.priority, "to": body["priority"]}
        ticket.priority = body["priority"]
    ticket.owes_verdict |= bool(body.get("facts")) and bool(ticket.verdict.missing)
    yield NewEvent("reclassified", data)


def _raise_level(ticket: TicketState, body: Body, _at: datetime) -> Iterator[NewEvent]:
    levels = ticket.request.levels(ticket.priority)
    yield ticket.raise_level(levels.index(body.get("to", ticket.open_levels[0])) + 1)


def _override_verdict(ticket: TicketState, _body: Body, _at: datetime) -> Iterator[NewEvent]:
    data: dict[str, Any] = {}
    if ticket.stage == "closed":
        closed = [event for event in ticket.events if event.type == "closed"][-1]
        data = {"closed_as": ticket.closed_as, "refers_to": closed.data.get("refers_to")}
        ticket.stage, ticket.closed_as, ticket.closed_at = "received", None, None
        ticket.reset_progress()
    ticket.verdict, ticket.awaits_information, ticket.owes_verdict = Verdict(), False, False
    ticket.is_overridden = True
    yield NewEvent("verdict_overridden", data)


def _settle_terms(ticket: TicketState, _body: Body, _at: datetime) -> Iterator[NewEvent]:
    ticket.owes_verdict = True
    yield NewEvent("settlement_requested")


def _resolve(ticket: TicketState, _body: Body, at: datetime) -> Iterator[NewEvent]:
    yield ticket.resolve(at)


def _reopen(ticket: TicketState, _body: Body, _at: datetime) -> Iterator[NewEvent]:
    ticket.stage = "in_progress"
    ticket.reset_progress()
    yield NewEvent("reopened")


def _close(ticket: TicketState, body: Body, at: datetime) -> Iterator[NewEvent]:
    closed_as = body.get("closed_as", "resolved")
    closed = ticket.close(closed_as, at)
    known = ticket.request.reasons.get(body.get("reason", ""), {})
    if known and closed_as in {"not_covered", "not_eligible"}:
        yield NewEvent(closed.type, closed.data | {"refers_to": known.get("refers_to")})
    else:
        yield closed


def _withdraw(ticket: TicketState, _body: Body, at: datetime) -> Iterator[NewEvent]:
    yield NewEvent("withdrawn")
    yield ticket.close("withdrawn", at)


def _merge(ticket: TicketState, body: Body, at: datetime) -> Iterator[NewEvent]:
    ticket.merged_into = body["into"]
    yield NewEvent("merged", {"into": ticket.merged_into})
    closed = ticket.close("duplicate", at)
    yield NewEvent(closed.type, closed.data | {"into": ticket.merged_into})


EFFECTS: dict[str, Effect] = {
    "acknowledge": _acknowledge,
    "assign": _assign,
    "respond": _respond,
    "request_information": _request_information,
    "provide_information": _provide_information,
    "post_update": _post_update,
    "provide_workaround": _provide_workaround,
    "withdraw_workaround": _withdraw_workaround,
    "give_estimate": _give_estimate,
    "record_milestone": _record_milestone,
    "agree_due_time": agree,
    "add_note": _add_note,
    "escalate": _escalate,
    "record_finding": _record_finding,
    "conclude_triage": _conclude_triage,
    "hand_over": _hand_over,
    "record_review": _record_review,
    "share_forecast": _share_forecast,
    "start_engineering": _start_engineering,
    "schedule_release": _schedule_release,
    "reclassify": _reclassify,
    "raise_level": _raise_level,
    "override_verdict": _override_verdict,
    "settle_terms": _settle_terms,
    "resolve": _resolve,
    "reopen": _reopen,
    "close": _close,
    "withdraw": _withdraw,
    "merge": _merge,
}
