"""What each action does to a ticket of the reference, and what becomes true by it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.chaos.model import business_time
from tests.chaos.model.coverage import Verdict
from tests.chaos.model.events import Fact

if TYPE_CHECKING:
    from tests.chaos.model.ticket import Ticket

Said = Mapping[str, Any]


def _acknowledge(ticket: "Ticket", _said: Said, _at: datetime) -> Iterator[Fact]:
    yield Fact("acknowledged")


def _assign(ticket: "Ticket", said: Said, _at: datetime) -> Iterator[Fact]:
    ticket.assignee = said.get("assignee")
    if ticket.assignee is None:
        yield Fact("unassigned")
    else:
        yield Fact("assigned", {"assignee": ticket.assignee["id"]})


def _respond(ticket: "Ticket", said: Said, at: datetime) -> Iterator[Fact]:
    outcomes = said["outcomes"]
    ticket.stage = "triage" if "escalation" in outcomes else "in_progress"
    yield Fact("responded", {"outcomes": list(outcomes)})
    if "information_request" in outcomes:
        ticket.is_asked = True
        yield Fact("information_requested")
    if "escalation" in outcomes:
        yield Fact("escalated")
    if list(outcomes) == ["resolution"]:
        yield ticket.end_resolved(at)


def _request_information(ticket: "Ticket", _said: Said, _at: datetime) -> Iterator[Fact]:
    ticket.is_asked = True
    yield Fact("information_requested")


def _provide_information(ticket: "Ticket", said: Said, _at: datetime) -> Iterator[Fact]:
    ticket.is_asked = False
    ticket.facts |= said.get("facts", {})
    ticket.owes_verdict = bool(ticket.verdict.missing)
    yield Fact("information_provided", {"facts": said.get("facts") or None})


def _post_update(ticket: "Ticket", _said: Said, _at: datetime) -> Iterator[Fact]:
    yield Fact("update_posted")


def _escalate(ticket: "Ticket", _said: Said, _at: datetime) -> Iterator[Fact]:
    ticket.stage = "triage"
    yield Fact("escalated")


def _record_finding(ticket: "Ticket", _said: Said, _at: datetime) -> Iterator[Fact]:
    yield Fact("finding_recorded")


def _conclude_triage(ticket: "Ticket", said: Said, at: datetime) -> Iterator[Fact]:
    ticket.is_asked = False
    yield from (Fact("finding_recorded") for _ in said.get("findings", ()))
    yield Fact("triage_concluded", {"resolved": said["resolved"]})
    if said["resolved"]:
        yield ticket.end_resolved(at)
    else:
        ticket.stage, ticket.concluded_at = "awaiting_handoff", at
        yield Fact("engineering_needed")


def _hand_over(ticket: "Ticket", _said: Said, _at: datetime) -> Iterator[Fact]:
    ticket.stage, ticket.is_asked = "engineering_review", False
    ticket.reviews, ticket.forecast = {}, None
    yield Fact("handed_over")


def _record_review(ticket: "Ticket", said: Said, _at: datetime) -> Iterator[Fact]:
    before = dict(ticket.reviews) if ticket.is_reviewed else None
    ticket.reviews = {**ticket.reviews, said["viewpoint"]: said["priority"]}
    yield Fact("reviewed", {"viewpoint": said["viewpoint"], "priority": said["priority"]})
    if ticket.is_reviewed and ticket.reviews != before:
        yield Fact("review_completed")


def _share_forecast(ticket: "Ticket", said: Said, at: datetime) -> Iterator[Fact]:
    desk, rule = ticket.request.desk_hours, ticket.request.process["forecast"]
    assert desk is not None
    window = rule["windows"][ticket.reviews["engineering"]][ticket.reviews["product"]]
    proposed = desk.day_of(business_time.due(window, at, desk))
    ticket.forecast = {
        "begins_by": said.get("begins_by") or proposed,
        "proposed": proposed,
        "revision": ticket.forecast["revision"] + 1 if ticket.forecast else 1,
        "priorities": dict(ticket.reviews),
        "lapsed": False,
    }
    ticket.stage = "forecast_shared"
    days = {name: str(ticket.forecast[name]) for name in ("begins_by", "proposed")}
    yield Fact("forecast_shared", days | {"revision": ticket.forecast["revision"]})


def _start_engineering(ticket: "Ticket", _said: Said, _at: datetime) -> Iterator[Fact]:
    ticket.stage = "engineering_work"
    yield Fact("engineering_started")


def _schedule_release(ticket: "Ticket", said: Said, _at: datetime) -> Iterator[Fact]:
    ticket.stage = "scheduled_release"
    yield Fact("release_scheduled", {"release": said["release"]})


def _reclassify(ticket: "Ticket", said: Said, _at: datetime) -> Iterator[Fact]:
    before, ticket.priority = ticket.priority, said["priority"]
    yield Fact("reclassified", {"from": before, "to": ticket.priority})


def _raise_level(ticket: "Ticket", _said: Said, _at: datetime) -> Iterator[Fact]:
    yield ticket.raised()


def _override_verdict(ticket: "Ticket", _said: Said, _at: datetime) -> Iterator[Fact]:
    said: dict[str, Any] = {}
    if ticket.stage == "closed":
        said = {"closed_as": ticket.closed_as, "refers_to": ticket.verdict.refers_to}
        ticket.stage, ticket.closed_as, ticket.closed_at = "received", None, None
        ticket.start_over()
    ticket.verdict, ticket.is_asked, ticket.owes_verdict = Verdict(), False, False
    ticket.is_overridden = True
    yield Fact("verdict_overridden", said)


def _resolve(ticket: "Ticket", _said: Said, at: datetime) -> Iterator[Fact]:
    yield ticket.end_resolved(at)


def _reopen(ticket: "Ticket", _said: Said, _at: datetime) -> Iterator[Fact]:
    ticket.stage = "in_progress"
    ticket.start_over()
    yield Fact("reopened")


def _close(ticket: "Ticket", said: Said, at: datetime) -> Iterator[Fact]:
    closed_as = said.get("closed_as", "resolved")
    closed = ticket.end_closed(closed_as, at)
    known = ticket.request.reasons.get(said.get("reason", ""), {})
    if known and closed_as in {"not_covered", "not_eligible"}:
        yield Fact(closed.type, closed.data | {"refers_to": known.get("refers_to")})
    else:
        yield closed


def _withdraw(ticket: "Ticket", _said: Said, at: datetime) -> Iterator[Fact]:
    yield Fact("withdrawn")
    yield ticket.end_closed("withdrawn", at)


def _merge(ticket: "Ticket", said: Said, at: datetime) -> Iterator[Fact]:
    ticket.merged_into = said["into"]
    yield Fact("merged", {"into": ticket.merged_into})
    closed = ticket.end_closed("duplicate", at)
    yield Fact(closed.type, closed.data | {"into": ticket.merged_into})


DEEDS: dict[str, Callable[["Ticket", Said, datetime], Iterator[Fact]]] = {
    "acknowledge": _acknowledge,
    "assign": _assign,
    "respond": _respond,
    "request_information": _request_information,
    "provide_information": _provide_information,
    "post_update": _post_update,
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
    "resolve": _resolve,
    "reopen": _reopen,
    "close": _close,
    "withdraw": _withdraw,
    "merge": _merge,
}
