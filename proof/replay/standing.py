"""How each event of a ticket leaves it: its stage, who is awaited, its priority and facts.

A live ticket is changed by the effects of its actions (`workflows/ticket/actions`). Of their inputs
a proof has what the events record, so the state is taken from these.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from policies.vocabulary import ClosedAs, EventType, Stage, Viewpoint
from workflows.ticket.actions.closing import discard_progress
from workflows.ticket.model.events import Event
from workflows.ticket.model.fields import Assignee
from workflows.ticket.state.forecast import Forecast
from workflows.ticket.state.ticket_state import TicketState

_STAGES = {
    EventType.RESPONDED: Stage.IN_PROGRESS,
    EventType.ESCALATED: Stage.TRIAGE,
    EventType.TRIAGE_CONCLUDED: Stage.IN_PROGRESS,
    EventType.ENGINEERING_NEEDED: Stage.AWAITING_HANDOFF,
    EventType.HANDED_OVER: Stage.ENGINEERING_REVIEW,
    EventType.FORECAST_SHARED: Stage.FORECAST_SHARED,
    EventType.ENGINEERING_STARTED: Stage.ENGINEERING_WORK,
    EventType.RELEASE_SCHEDULED: Stage.SCHEDULED_RELEASE,
    EventType.RESOLVED: Stage.RESOLVED,
    EventType.REOPENED: Stage.IN_PROGRESS,
    EventType.CLOSED: Stage.CLOSED,
}
"""The stage after an event; after any other, it is as before."""
_ANSWERED = frozenset(
    {
        EventType.INFORMATION_PROVIDED,
        EventType.TRIAGE_CONCLUDED,
        EventType.HANDED_OVER,
        EventType.VERDICT_OVERRIDDEN,
        EventType.RESOLVED,
    }
)
"""Events after which the ticket no longer waits for its requester."""
SOMEBODY = Assignee(id="somebody", name="Somebody", email="somebody@desk.invalid")
"""The assignee of a ticket whose assignee the reader does not see."""


def apply(state: TicketState, event: Event) -> None:
    """Puts the ticket where an event leaves it."""
    state.stage = _STAGES.get(event.type, state.stage)
    if event.type is EventType.INFORMATION_REQUESTED:
        state.awaiting_information = True
    elif event.type in _ANSWERED:
        state.awaiting_information = False
    more = _MORE.get(event.type)
    if more is not None:
        more(state, event)


def _assign(state: TicketState, event: Event) -> None:
    state.assignee = SOMEBODY if event.type is EventType.ASSIGNED else None


def _take_facts(state: TicketState, event: Event) -> None:
    state.facts = {**state.facts, **event.stated_facts}


def _drop_facts(state: TicketState, event: Event) -> None:
    dropped = event.data.get("facts")
    names = dropped if isinstance(dropped, list) else []
    state.facts = {name: value for name, value in state.facts.items() if name not in names}


def _reclassify(state: TicketState, event: Event) -> None:
    if "to" in event.data:
        state.priority = str(event.data["to"])
    _take_facts(state, event)


def _review(state: TicketState, event: Event) -> None:
    viewpoint = Viewpoint(str(event.data["viewpoint"]))
    state.reviews = {**state.reviews, viewpoint: str(event.data["priority"])}


def _share_forecast(state: TicketState, event: Event) -> None:
    begins_by = date.fromisoformat(str(event.data["begins_by"]))
    state.forecast = Forecast(
        begins_by=begins_by,
        proposed=begins_by,
        revision=int(str(event.data["revision"])),
        priorities=dict(state.reviews),
    )


def _lapse_forecast(state: TicketState, _event: Event) -> None:
    if state.forecast is not None:
        state.forecast = state.forecast.model_copy(update={"lapsed": True})


def _resolve(state: TicketState, event: Event) -> None:
    state.resolved_at = event.at


def _reopen(state: TicketState, _event: Event) -> None:
    discard_progress(state)


def _close(state: TicketState, event: Event) -> None:
    state.closed_at = event.at
    state.closed_as = ClosedAs(str(event.data["closed_as"]))


def _override(state: TicketState, event: Event) -> None:
    if event.revives:
        state.stage = Stage.RECEIVED
        state.closed_as = state.closed_at = None
        discard_progress(state)


_MORE: dict[EventType, Callable[[TicketState, Event], Any]] = {
    EventType.ASSIGNED: _assign,
    EventType.UNASSIGNED: _assign,
    EventType.INFORMATION_PROVIDED: _take_facts,
    EventType.OBJECTIONS_FOUND: _drop_facts,
    EventType.RECLASSIFIED: _reclassify,
    EventType.REVIEWED: _review,
    EventType.FORECAST_SHARED: _share_forecast,
    EventType.FORECAST_LAPSED: _lapse_forecast,
    EventType.RESOLVED: _resolve,
    EventType.REOPENED: _reopen,
    EventType.CLOSED: _close,
    EventType.VERDICT_OVERRIDDEN: _override,
}
"""What some events change besides."""
