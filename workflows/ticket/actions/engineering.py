"""From triage to a release: findings, the handoff, reviews, the forecast, the work."""

from datetime import datetime

from pydantic import JsonValue

from policies.vocabulary import EventType, Stage, Viewpoint
from workflows.shared.action_request import ActionRequest
from workflows.ticket.actions.closing import resolved
from workflows.ticket.actions.guards import undelivered
from workflows.ticket.actions.new_event import NewEvent, NewEvents
from workflows.ticket.model.action_inputs import (
    ConcludeTriage,
    Finding,
    HandOver,
    RecordFinding,
    RecordReview,
    ScheduleRelease,
    ShareForecast,
    StartEngineering,
)
from workflows.ticket.model.state import Forecast, TicketState


def record_finding(
    _ticket: TicketState, act: ActionRequest[RecordFinding], _at: datetime
) -> NewEvents:
    """A troubleshooting step and its result."""
    return [_finding_event(act.content)]


def conclude_triage(
    ticket: TicketState, act: ActionRequest[ConcludeTriage], at: datetime
) -> NewEvents:
    """Ends triage: resolved, or the engineering team is needed the following week."""
    content = act.content
    untold: list[JsonValue] = list(undelivered(ticket))
    concluded: dict[str, JsonValue] = {
        "resolved": content.resolved,
        "conclusion": content.conclusion,
    }
    if untold:
        concluded["undelivered"] = {"to": untold, "accepted_because": content.undelivered}
    facts = [_finding_event(finding) for finding in content.findings]
    facts.append(NewEvent(EventType.TRIAGE_CONCLUDED, concluded))
    ticket.awaiting_information = False
    if content.resolved:
        return [*facts, resolved(ticket, content.conclusion, at)]
    ticket.stage = Stage.AWAITING_HANDOFF
    ticket.concluded_at = at
    return [*facts, NewEvent(EventType.ENGINEERING_NEEDED, {"conclusion": content.conclusion})]


def hand_over(ticket: TicketState, act: ActionRequest[HandOver], _at: datetime) -> NewEvents:
    """The gathered packet goes to engineering (contently/handoff-content)."""
    ticket.stage = Stage.ENGINEERING_REVIEW
    ticket.awaiting_information = False
    ticket.reviews = {}
    ticket.forecast = None
    return [NewEvent(EventType.HANDED_OVER, {"note": act.content.note})]


def record_review(
    ticket: TicketState, act: ActionRequest[RecordReview], _at: datetime
) -> NewEvents:
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
    facts = [NewEvent(EventType.REVIEWED, said)]
    if ticket.is_reviewed and ticket.reviews != before:
        facts.append(NewEvent(EventType.REVIEW_COMPLETED, {"priorities": _priorities(ticket)}))
    return facts


def share_forecast(
    ticket: TicketState, act: ActionRequest[ShareForecast], at: datetime
) -> NewEvents:
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
    return [NewEvent(EventType.FORECAST_SHARED, said)]


def start_engineering(
    ticket: TicketState, act: ActionRequest[StartEngineering], _at: datetime
) -> NewEvents:
    """Work has begun."""
    ticket.stage = Stage.ENGINEERING_WORK
    return [NewEvent(EventType.ENGINEERING_STARTED, {"message": act.content.note})]


def schedule_release(
    ticket: TicketState, act: ActionRequest[ScheduleRelease], _at: datetime
) -> NewEvents:
    """The fix goes out in a scheduled release."""
    content = act.content
    ticket.stage = Stage.SCHEDULED_RELEASE
    said: dict[str, JsonValue] = {
        "release": content.release,
        "goes_out_on": content.goes_out_on.isoformat() if content.goes_out_on else None,
        "message": content.note,
    }
    return [NewEvent(EventType.RELEASE_SCHEDULED, said)]


def _finding_event(finding: Finding) -> NewEvent:
    return NewEvent(EventType.FINDING_RECORDED, {"step": finding.step, "result": finding.result})


def _priorities(ticket: TicketState) -> dict[str, JsonValue]:
    return {str(viewpoint): priority for viewpoint, priority in ticket.reviews.items()}
