"""Engineering: handoff, review, forecast, work and release."""

from datetime import date, datetime, timedelta

from pydantic import JsonValue

from policies.schema.contract import OneLine, Slug
from policies.vocabulary import Action, EventType, Role, Stage, Viewpoint
from workflows.shared.action_request import ActionInput, ActionRequest, Message
from workflows.shared.refusals import InvalidContent, Refusal, WrongRole
from workflows.ticket.actions.new_event import NewEvent
from workflows.ticket.actions.rule import ActionRule, Condition, clause_of
from workflows.ticket.model.fields import Note
from workflows.ticket.state.forecast import Forecast
from workflows.ticket.state.ticket_state import TicketState

REVIEWED = (Stage.ENGINEERING_REVIEW, Stage.FORECAST_SHARED)
FARTHEST_FORECAST = timedelta(days=2 * 365)
"""The latest date of a forecast, well within the years whose holidays are pinned."""


class HandOver(ActionInput):
    """Hands the escalation packet to engineering before the following week opens."""

    note: Note = ""


class RecordReview(ActionInput):
    """The priority that one viewpoint assigns to the request."""

    viewpoint: Viewpoint
    priority: Slug
    note: Note = ""


class ShareForecast(ActionInput):
    """The date by which engineering will begin. Without one, it is the date that the policy's table
    proposes; another date needs a reason.
    """

    begins_by: date | None = None
    reason: Message | None = None
    message: Note = ""


class StartEngineering(ActionInput):
    """Work has begun."""

    note: Note = ""


class ScheduleRelease(ActionInput):
    """The fix goes out in a scheduled release."""

    release: OneLine
    goes_out_on: date | None = None
    note: Note = ""


def hand_over(
    ticket: TicketState, request: ActionRequest[HandOver], _at: datetime
) -> list[NewEvent]:
    """Engineering receives the escalation packet (contently/handoff-content)."""
    ticket.stage = Stage.ENGINEERING_REVIEW
    ticket.awaiting_information = False
    return [NewEvent(EventType.HANDED_OVER, {"note": request.content.note})]


def record_review(
    ticket: TicketState, request: ActionRequest[RecordReview], _at: datetime
) -> list[NewEvent]:
    """The last missing priority completes the review. A priority that changes after that requires
    a new forecast (contently/forecast-basis).
    """
    before = ticket.reviews if ticket.is_reviewed else None
    content = request.content
    ticket.reviews = {**ticket.reviews, content.viewpoint: content.priority}
    data: dict[str, JsonValue] = {
        "viewpoint": content.viewpoint,
        "priority": content.priority,
        "note": content.note,
    }
    events = [NewEvent(EventType.REVIEWED, data)]
    if ticket.is_reviewed and ticket.reviews != before:
        events.append(NewEvent(EventType.REVIEW_COMPLETED, {"priorities": _priorities(ticket)}))
    return events


def share_forecast(
    ticket: TicketState, request: ActionRequest[ShareForecast], at: datetime
) -> list[NewEvent]:
    """A forecast, or a revision of it; each is shared (contently/forecast-basis)."""
    content, terms = request.content, ticket.terms.process.forecast
    assert terms is not None
    calendar = ticket.desk_calendar
    assert calendar is not None
    window = terms.window(ticket.reviews[Viewpoint.ENGINEERING], ticket.reviews[Viewpoint.PRODUCT])
    proposed = ticket.terms.local_date(window.due_from(at, calendar.calendar))
    ticket.forecast = Forecast(
        begins_by=content.begins_by or proposed,
        proposed=proposed,
        revision=ticket.forecast.revision + 1 if ticket.forecast else 1,
        priorities=ticket.reviews,
        reason=content.reason,
    )
    ticket.stage = Stage.FORECAST_SHARED
    data: dict[str, JsonValue] = {
        "begins_by": ticket.forecast.begins_by.isoformat(),
        "proposed": proposed.isoformat(),
        "revision": ticket.forecast.revision,
        "priorities": _priorities(ticket),
        "basis": content.message,
        "reason": content.reason,
    }
    return [NewEvent(EventType.FORECAST_SHARED, data)]


def start_engineering(
    ticket: TicketState, request: ActionRequest[StartEngineering], _at: datetime
) -> list[NewEvent]:
    """Work has begun."""
    ticket.stage = Stage.ENGINEERING_WORK
    return [NewEvent(EventType.ENGINEERING_STARTED, {"message": request.content.note})]


def schedule_release(
    ticket: TicketState, request: ActionRequest[ScheduleRelease], _at: datetime
) -> list[NewEvent]:
    """The fix goes out in a scheduled release."""
    content = request.content
    ticket.stage = Stage.SCHEDULED_RELEASE
    data: dict[str, JsonValue] = {
        "release": content.release,
        "goes_out_on": content.goes_out_on.isoformat() if content.goes_out_on else None,
        "message": content.note,
    }
    return [NewEvent(EventType.RELEASE_SCHEDULED, data)]


def check_review(
    ticket: TicketState, request: ActionRequest[RecordReview], _at: datetime
) -> Refusal | None:
    """The policy has this review, the actor has its role, and the priority is the policy's."""
    clause = clause_of(ticket, Action.RECORD_REVIEW)
    forecast, viewpoint = ticket.terms.process.forecast, request.content.viewpoint
    role = request.actor.role
    if forecast is None or viewpoint not in forecast.viewpoints:
        return InvalidContent("no_such_review", clause, viewpoint=viewpoint)
    own = Viewpoint.PRODUCT if role is Role.PRODUCT else Viewpoint.ENGINEERING
    if viewpoint is not own:
        return WrongRole("not_your_review", clause, role=role, viewpoint=own)
    if request.content.priority not in forecast.priorities:
        choices = ticket.terms.listed("review", forecast.priorities)
        return InvalidContent("wrong_priority", clause, choices=choices)
    return None


def check_forecast(
    ticket: TicketState, request: ActionRequest[ShareForecast], at: datetime
) -> Refusal | None:
    """A date that the agent chooses has a reason and lies within `FARTHEST_FORECAST` from today."""
    content, clause = request.content, clause_of(ticket, Action.SHARE_FORECAST)
    if content.begins_by is not None and not content.reason:
        return InvalidContent("date_unexplained", clause)
    today = ticket.terms.local_date(at)
    last = today + FARTHEST_FORECAST
    if content.begins_by and not today <= content.begins_by <= last:
        return InvalidContent(
            "date_out_of_reach", clause, day=content.begins_by, first=today, last=last
        )
    return None


def _priorities(ticket: TicketState) -> dict[str, JsonValue]:
    return {str(viewpoint): priority for viewpoint, priority in ticket.reviews.items()}


ROWS = {
    Action.HAND_OVER: ActionRule(
        HandOver,
        by=(Role.AGENT, Role.SYSTEM),
        within=(Stage.AWAITING_HANDOFF,),
        to=(Stage.ENGINEERING_REVIEW,),
        effect=hand_over,
        example={"note": "The steps to reproduce are in the findings."},
    ),
    Action.RECORD_REVIEW: ActionRule(
        RecordReview,
        by=(Role.ENGINEERING, Role.PRODUCT),
        within=REVIEWED,
        guard=check_review,
        effect=record_review,
        example={"viewpoint": "engineering", "priority": "high"},
    ),
    Action.SHARE_FORECAST: ActionRule(
        ShareForecast,
        by=(Role.AGENT,),
        within=REVIEWED,
        to=(Stage.FORECAST_SHARED,),
        conditions=(Condition(lambda t: t.is_reviewed, "not_reviewed"),),
        guard=check_forecast,
        effect=share_forecast,
    ),
    Action.START_ENGINEERING: ActionRule(
        StartEngineering,
        by=(Role.ENGINEERING,),
        within=(Stage.FORECAST_SHARED,),
        to=(Stage.ENGINEERING_WORK,),
        effect=start_engineering,
        example={"note": "Begun today."},
    ),
    Action.SCHEDULE_RELEASE: ActionRule(
        ScheduleRelease,
        by=(Role.ENGINEERING, Role.AGENT),
        within=(Stage.IN_PROGRESS, Stage.ENGINEERING_WORK, Stage.SCHEDULED_RELEASE),
        to=(Stage.SCHEDULED_RELEASE,),
        effect=schedule_release,
        example={"release": "2027.3", "goes_out_on": "2027-02-02"},
    ),
}
