"""What each action does: it changes the state and says what became true. One function each.

By the time one of these runs, `lifecycle.check` has found the action possible. Nothing here
reads a clock or sends anything: clocks and notices follow from the events returned.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pydantic import JsonValue

from policies.verdicts import Decision, Verdict
from policies.vocabulary import Action, ClosedAs, EventType, Outcome, Stage, Viewpoint
from workflows.ticket.contents import (
    Acknowledge,
    Assign,
    ChangeRevision,
    Close,
    ConcludeTriage,
    Escalate,
    Finding,
    HandOver,
    Merge,
    OverrideVerdict,
    PostUpdate,
    ProvideInformation,
    RaiseLevel,
    Reclassify,
    RecordFinding,
    RecordReview,
    Reopen,
    RequestInformation,
    Resolve,
    Respond,
    ScheduleRelease,
    ShareForecast,
    StartEngineering,
    Withdraw,
)
from workflows.ticket.messages import (
    SYSTEM,
    Act,
    Actor,
)
from workflows.ticket.requirements import undelivered
from workflows.ticket.revisions import come_under, verdict_under, when_closed
from workflows.ticket.state import TURNED_DOWN, Forecast, TicketState


@dataclass(frozen=True)
class Fact:
    """What became true, before it has a place in the timeline."""

    type: EventType
    data: dict[str, JsonValue] = field(default_factory=dict)
    by: Actor | None = None


Facts = list[Fact]


def acknowledge(_ticket: TicketState, _act: Act[Acknowledge], _at: datetime) -> Facts:
    """The request has been seen."""
    return [Fact(EventType.ACKNOWLEDGED)]


def assign(ticket: TicketState, act: Act[Assign], _at: datetime) -> Facts:
    """Sets or clears the assignee."""
    ticket.assignee = act.content.assignee
    if act.content.assignee is None:
        return [Fact(EventType.UNASSIGNED)]
    assignee = act.content.assignee
    return [Fact(EventType.ASSIGNED, {"assignee": assignee.id, "name": assignee.name})]


def respond(ticket: TicketState, act: Act[Respond], at: datetime) -> Facts:
    """The first response. The ticket goes where work remains: escalation before information
    request before resolution (contently/first-response-content).
    """
    content = act.content
    questions: list[JsonValue] = list(content.questions)
    said: dict[str, JsonValue] = {
        "message": content.message,
        "outcomes": [str(outcome) for outcome in content.outcomes],
        "questions": questions,
    }
    facts = [Fact(EventType.RESPONDED, said)]
    ticket.stage = Stage.IN_PROGRESS
    if Outcome.INFORMATION_REQUEST in content.outcomes:
        ticket.awaiting_information = True
        asked: dict[str, JsonValue] = {"message": content.message, "questions": questions}
        facts.append(Fact(EventType.INFORMATION_REQUESTED, asked))
    if Outcome.ESCALATION in content.outcomes:
        ticket.stage = Stage.TRIAGE
        facts.append(Fact(EventType.ESCALATED, {"message": content.message}))
    if content.outcomes == (Outcome.RESOLUTION,):
        facts.append(_resolved(ticket, content.message, at))
    return facts


def request_information(ticket: TicketState, act: Act[RequestInformation], _at: datetime) -> Facts:
    """Asks the requester; the ticket waits on them."""
    ticket.awaiting_information = True
    questions: list[JsonValue] = list(act.content.questions) or [act.content.message]
    said: dict[str, JsonValue] = {"message": act.content.message, "questions": questions}
    return [Fact(EventType.INFORMATION_REQUESTED, said)]


def provide_information(ticket: TicketState, act: Act[ProvideInformation], _at: datetime) -> Facts:
    """Answers what was asked, or adds to what is known."""
    ticket.awaiting_information = False
    said: dict[str, JsonValue] = {"message": act.content.message}
    if act.content.facts:
        said["facts"] = dict(act.content.facts)
        ticket.facts = {**ticket.facts, **act.content.facts}
    if ticket.verdict.decision is Decision.NEEDS_FACTS:
        ticket.owes_settlement = True
    return [Fact(EventType.INFORMATION_PROVIDED, said)]


def post_update(_ticket: TicketState, act: Act[PostUpdate], _at: datetime) -> Facts:
    """Tells about progress."""
    return [Fact(EventType.UPDATE_POSTED, {"message": act.content.message})]


def escalate(ticket: TicketState, act: Act[Escalate], _at: datetime) -> Facts:
    """Moves the ticket to triage."""
    ticket.stage = Stage.TRIAGE
    return [Fact(EventType.ESCALATED, {"message": act.content.reason})]


def record_finding(_ticket: TicketState, act: Act[RecordFinding], _at: datetime) -> Facts:
    """A troubleshooting step and its result."""
    return [_found(act.content)]


def conclude_triage(ticket: TicketState, act: Act[ConcludeTriage], at: datetime) -> Facts:
    """Ends triage: resolved, or the engineering team is needed the following week."""
    content = act.content
    untold: list[JsonValue] = list(undelivered(ticket))
    concluded: dict[str, JsonValue] = {
        "resolved": content.resolved,
        "conclusion": content.conclusion,
    }
    if untold:
        concluded["undelivered"] = {"to": untold, "accepted_because": content.undelivered}
    facts = [_found(finding) for finding in content.findings]
    facts.append(Fact(EventType.TRIAGE_CONCLUDED, concluded))
    ticket.awaiting_information = False
    if content.resolved:
        return [*facts, _resolved(ticket, content.conclusion, at)]
    ticket.stage = Stage.AWAITING_HANDOFF
    ticket.concluded_at = at
    return [*facts, Fact(EventType.ENGINEERING_NEEDED, {"conclusion": content.conclusion})]


def hand_over(ticket: TicketState, act: Act[HandOver], _at: datetime) -> Facts:
    """The gathered packet goes to engineering (contently/handoff-content)."""
    ticket.stage = Stage.ENGINEERING_REVIEW
    ticket.awaiting_information = False
    ticket.reviews = {}
    ticket.forecast = None
    return [Fact(EventType.HANDED_OVER, {"note": act.content.note})]


def record_review(ticket: TicketState, act: Act[RecordReview], _at: datetime) -> Facts:
    """One viewpoint's priority; the last one that was missing completes the review, and one that
    changes afterwards asks for another forecast (contently/forecast-basis).
    """
    before = ticket.reviews if ticket.is_reviewed else None
    content = act.content
    ticket.reviews = {**ticket.reviews, content.viewpoint: content.priority}
    said: dict[str, JsonValue] = {
        "viewpoint": content.viewpoint,
        "priority": content.priority,
        "note": content.note,
    }
    facts = [Fact(EventType.REVIEWED, said)]
    if ticket.is_reviewed and ticket.reviews != before:
        facts.append(Fact(EventType.REVIEW_COMPLETED, {"priorities": _priorities(ticket)}))
    return facts


def share_forecast(ticket: TicketState, act: Act[ShareForecast], at: datetime) -> Facts:
    """When engineering will begin; every revision is told (contently/forecast-basis)."""
    content, terms = act.content, ticket.terms.process.forecast
    assert terms is not None
    calendar = ticket.terms.desk_calendar
    assert calendar is not None
    window = terms.window(ticket.reviews[Viewpoint.ENGINEERING], ticket.reviews[Viewpoint.PRODUCT])
    proposed = calendar.local_date(window.due_from(at, calendar.calendar))
    ticket.forecast = Forecast(
        begins_by=content.begins_by or proposed,
        proposed=proposed,
        revision=ticket.forecast.revision + 1 if ticket.forecast else 1,
        priorities=ticket.reviews,
        reason=content.reason,
    )
    ticket.stage = Stage.FORECAST_SHARED
    said: dict[str, JsonValue] = {
        "begins_by": ticket.forecast.begins_by.isoformat(),
        "proposed": proposed.isoformat(),
        "revision": ticket.forecast.revision,
        "priorities": _priorities(ticket),
        "basis": content.message,
        "reason": content.reason,
    }
    return [Fact(EventType.FORECAST_SHARED, said)]


def start_engineering(ticket: TicketState, act: Act[StartEngineering], _at: datetime) -> Facts:
    """Work has begun."""
    ticket.stage = Stage.ENGINEERING_WORK
    return [Fact(EventType.ENGINEERING_STARTED, {"message": act.content.note})]


def schedule_release(ticket: TicketState, act: Act[ScheduleRelease], _at: datetime) -> Facts:
    """The fix goes out in a scheduled release."""
    content = act.content
    ticket.stage = Stage.SCHEDULED_RELEASE
    said: dict[str, JsonValue] = {
        "release": content.release,
        "goes_out_on": content.goes_out_on.isoformat() if content.goes_out_on else None,
        "message": content.note,
    }
    return [Fact(EventType.RELEASE_SCHEDULED, said)]


def reclassify(ticket: TicketState, act: Act[Reclassify], _at: datetime) -> Facts:
    """Gives the ticket another priority."""
    said: dict[str, JsonValue] = {
        "from": ticket.priority,
        "to": act.content.priority,
        "reason": act.content.reason,
    }
    ticket.priority = act.content.priority
    return [Fact(EventType.RECLASSIFIED, said)]


def raise_level(ticket: TicketState, act: Act[RaiseLevel], _at: datetime) -> Facts:
    """The next level of management looks at it."""
    return [raised(ticket, {"message": act.content.reason})]


def raised(ticket: TicketState, why: Mapping[str, JsonValue]) -> Fact:
    """The ticket at its next level; there has to be one. Why is a person's reason, or the clock
    and the rung that it reached.
    """
    level = ticket.next_level
    assert level is not None
    ticket.level += 1
    said: dict[str, JsonValue] = {
        "level": ticket.level,
        "level_name": level.says,
        "audience": level.audience,
        "clause": level.clause,
    }
    return Fact(EventType.LEVEL_RAISED, {**said, **why})


def override_verdict(ticket: TicketState, act: Act[OverrideVerdict], _at: datetime) -> Facts:
    """The request is taken as covered, for a reason on the record. One that had been turned down
    is received anew, and what is promised counts from here: the refusal was an answer.
    """
    verdict = ticket.verdict
    said: dict[str, JsonValue] = {"reason": act.content.reason, "missing": list(verdict.missing)}
    if ticket.stage is Stage.CLOSED:
        said |= {
            "closed_as": ticket.closed_as,
            "clause": verdict.clauses[0] if verdict.clauses else None,
            "says": verdict.says,
            "refers_to": verdict.refers_to,
        }
        ticket.stage = Stage.RECEIVED
        ticket.closed_as = ticket.closed_at = None
        _start_over(ticket)
    ticket.verdict = Verdict(decision=Decision.COVERED, clauses=verdict.clauses, used=verdict.used)
    ticket.awaiting_information = False
    ticket.owes_settlement = False
    return [Fact(EventType.VERDICT_OVERRIDDEN, said)]


def change_revision(ticket: TicketState, act: Act[ChangeRevision], at: datetime) -> Facts:
    """Puts the ticket under other terms: its open clocks are aimed anew, and whether it is covered
    is judged anew (cention/changes).
    """
    before, old = ticket.terms.revision, ticket.verdict
    new = verdict_under(ticket, act.content.terms)
    moves = come_under(ticket, act.content.terms, at)
    if new.refuses:
        moves = [when_closed(move) for move in moves]
    said: dict[str, JsonValue] = {
        "from": before.isoformat(),
        "to": ticket.terms.revision.isoformat(),
        "reason": act.content.reason,
        "clocks": [
            {
                "name": move.name,
                "cycle": move.cycle,
                "was": move.due_at.isoformat() if move.due_at else None,
                "now": move.new_due_at.isoformat() if move.new_due_at else None,
            }
            for move in moves
        ],
    }
    return [Fact(EventType.REVISION_CHANGED, said), *_judged_anew(ticket, old, new, at)]


def judged(ticket: TicketState, verdict: Verdict, asks: Mapping[str, str], at: datetime) -> Facts:
    """What follows from a verdict: a refusal with its reason, a question, or nothing."""
    ticket.verdict = verdict
    if verdict.refuses and verdict.closed_as is not None:
        clause = verdict.clauses[0] if verdict.clauses else None
        closed = _closed(
            ticket,
            verdict.closed_as,
            at,
            reason=verdict.says,
            reason_id=verdict.reason,
            clause=clause,
            says=verdict.says,
            refers_to=verdict.refers_to,
        )
        return [replace(closed, by=SYSTEM)]
    if verdict.decision is not Decision.NEEDS_FACTS:
        return []
    ticket.awaiting_information = True
    asked: dict[str, JsonValue] = {
        "questions": [asks.get(name, name) for name in verdict.missing],
        "facts": list(verdict.missing),
        "clause": verdict.clauses[0] if verdict.clauses else None,
    }
    return [Fact(EventType.INFORMATION_REQUESTED, asked, by=SYSTEM)]


def _judged_anew(ticket: TicketState, old: Verdict, new: Verdict, at: datetime) -> Facts:
    """What follows when other terms judge the same facts; nothing when they say the same."""
    ticket.verdict = new
    if (new.decision, new.missing) == (old.decision, old.missing):
        return []
    asked = list(ticket.told(EventType.INFORMATION_REQUESTED))
    if asked and asked[-1].by == SYSTEM:
        ticket.awaiting_information = False
    reached = Fact(EventType.VERDICT_REACHED, {"decision": new.decision}, by=SYSTEM)
    return [reached, *judged(ticket, new, ticket.terms.asks, at)]


def resolve(ticket: TicketState, act: Act[Resolve], at: datetime) -> Facts:
    """The issue is resolved."""
    return [_resolved(ticket, act.content.resolution, at)]


def reopen(ticket: TicketState, act: Act[Reopen], _at: datetime) -> Facts:
    """The issue is not resolved after all: support takes it up again."""
    ticket.stage = Stage.IN_PROGRESS
    _start_over(ticket)
    return [Fact(EventType.REOPENED, {"message": act.content.reason})]


def close(ticket: TicketState, act: Act[Close], at: datetime) -> Facts:
    """Ends the ticket; a reason that the policy has by name is told in the policy's words."""
    content = act.content
    known = ticket.terms.reasons.get(content.reason)
    if known is not None and content.closed_as in TURNED_DOWN:
        closed = _closed(
            ticket,
            content.closed_as,
            at,
            reason=known.says,
            reason_id=content.reason,
            clause=known.clause,
            says=known.says,
            refers_to=known.refers_to,
        )
        return [closed]
    return [
        _closed(
            ticket,
            content.closed_as,
            at,
            reason=content.reason,
            clause=content.clause,
            says=ticket.terms.exclusions.get(content.clause or ""),
        )
    ]


def withdraw(ticket: TicketState, act: Act[Withdraw], at: datetime) -> Facts:
    """The requester no longer needs an answer."""
    closed = _closed(ticket, ClosedAs.WITHDRAWN, at, reason=act.content.reason)
    return [Fact(EventType.WITHDRAWN, {"reason": act.content.reason}), closed]


def merge(ticket: TicketState, act: Act[Merge], at: datetime) -> Facts:
    """The same request as another ticket, which goes on."""
    into, reason = act.content.into, act.content.reason
    ticket.merged_into, ticket.owes_merge = into, True
    merged = Fact(EventType.MERGED, {"into": into, "reason": reason})
    return [merged, _closed(ticket, ClosedAs.DUPLICATE, at, reason=reason, into=into)]


EFFECTS: dict[Action, Callable[[TicketState, Act[Any], datetime], Facts]] = {
    Action.ACKNOWLEDGE: acknowledge,
    Action.ASSIGN: assign,
    Action.RESPOND: respond,
    Action.REQUEST_INFORMATION: request_information,
    Action.PROVIDE_INFORMATION: provide_information,
    Action.POST_UPDATE: post_update,
    Action.ESCALATE: escalate,
    Action.RECORD_FINDING: record_finding,
    Action.CONCLUDE_TRIAGE: conclude_triage,
    Action.HAND_OVER: hand_over,
    Action.RECORD_REVIEW: record_review,
    Action.SHARE_FORECAST: share_forecast,
    Action.START_ENGINEERING: start_engineering,
    Action.SCHEDULE_RELEASE: schedule_release,
    Action.RECLASSIFY: reclassify,
    Action.RAISE_LEVEL: raise_level,
    Action.OVERRIDE_VERDICT: override_verdict,
    Action.CHANGE_REVISION: change_revision,
    Action.RESOLVE: resolve,
    Action.REOPEN: reopen,
    Action.CLOSE: close,
    Action.WITHDRAW: withdraw,
    Action.MERGE: merge,
}


def _found(finding: Finding) -> Fact:
    return Fact(EventType.FINDING_RECORDED, {"step": finding.step, "result": finding.result})


def _resolved(ticket: TicketState, resolution: str, at: datetime) -> Fact:
    ticket.stage = Stage.RESOLVED
    ticket.resolved_at = at
    ticket.awaiting_information = False
    closes_at = ticket.closes_at.isoformat() if ticket.closes_at else None
    return Fact(EventType.RESOLVED, {"message": resolution, "closes_at": closes_at})


def _start_over(ticket: TicketState) -> None:
    ticket.resolved_at = ticket.concluded_at = None
    ticket.forecast = None
    ticket.reviews = {}


def _closed(ticket: TicketState, closed_as: ClosedAs, at: datetime, **said: JsonValue) -> Fact:
    ticket.stage = Stage.CLOSED
    ticket.closed_as = closed_as
    ticket.closed_at = at
    ticket.awaiting_information = False
    return Fact(EventType.CLOSED, {"closed_as": closed_as, **said})


def _priorities(ticket: TicketState) -> dict[str, JsonValue]:
    return {str(viewpoint): priority for viewpoint, priority in ticket.reviews.items()}
