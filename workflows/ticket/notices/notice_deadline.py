"""Due times in notices, as they are when the notice is enqueued."""

from datetime import datetime

from pydantic import JsonValue

from policies.terms.model.clock import ClockTerms
from policies.terms.model.ticket_terms import Terms
from policies.vocabulary import ClockState, EventType, Guarantee
from workflows.ticket.model.events import Event
from workflows.ticket.state.ticket_state import TicketState

FIRST_RESPONSE = "first_response"


def announced_deadline(state: TicketState, event: Event) -> dict[str, JsonValue]:
    """The promise of the announced clock that this event starts, with its due time, and that of the
    acknowledgement before it. A first response that escalates announces that of the escalation.
    """
    event = _escalation_with(state, event) or event
    announced = [clock for clock in state.terms.clocks if clock.announced]
    started = [clock for clock in announced if set(clock.starts).intersection(event.counts_as)]
    promises: dict[str, JsonValue] = {}
    for terms in started:
        promise = _promise(state, terms, event)
        if terms.is_acknowledgement:
            promises |= {f"acknowledgement_{name}": text for name, text in promise.items()}
        else:
            promises |= promise
            if EventType.OPENED in event.counts_as:
                promises |= _other_than_a_response(state.terms, terms)
    # An acknowledgement without a time goes without saying.
    promises.pop("acknowledgement_guarantee", None)
    return promises


def _other_than_a_response(terms: Terms, clock: ClockTerms) -> dict[str, JsonValue]:
    """The label of an announced clock, such as a delivery. Templates call it a first response if
    there is none.
    """
    label = clock_label(terms, clock.name)
    return {} if label == FIRST_RESPONSE else {"announced_clock": label}


def _promise(state: TicketState, terms: ClockTerms, event: Event) -> dict[str, JsonValue]:
    """The target and due time of a clock that this event starts, or its guarantee. A clock that is
    over when terms are settled late promises nothing any more.
    """
    for cycle in state.clocks:
        if cycle.name == terms.name and cycle.started_at == event.at:
            if not cycle.is_open:
                return {}
            is_paused = cycle.state is ClockState.PAUSED
            promise: dict[str, JsonValue] = {"promise": str(cycle.promise.within)}
            return promise if is_paused else promise | {"due_at": cycle.due_at.isoformat()}
    guarantee = state.promise(terms).says
    return {"guarantee": guarantee} if guarantee else {}


def _escalation_with(state: TicketState, response: Event) -> Event | None:
    if response.type is not EventType.RESPONDED:
        return None
    # A notice is enqueued before any other action: what follows the response belongs to it.
    later = state.events[response.seq :]
    return next((event for event in later if event.type is EventType.ESCALATED), None)


def promises_now(state: TicketState, at: datetime) -> list[JsonValue]:
    """The promises to the requester as they are now. A clock that counts has its due time, one that
    the priority has left without a time has its guarantee, and a paused one has neither.
    """
    promised = (clock for clock in state.terms.clocks if clock.promised)
    return [item for clock in promised if (item := _promise_now(state, clock, at))]


def page_urgency(state: TicketState) -> dict[str, JsonValue]:
    """The urgency of a page: the promised clock that is due next, and the priority."""
    promised = {clock.name for clock in state.terms.clocks if clock.promised}
    running = [clock for clock in state.clocks if clock.is_open and clock.name in promised]
    next_due = min(running, key=lambda clock: clock.due_at, default=None)
    urgency: dict[str, JsonValue] = {}
    if next_due is not None:
        urgency["clock"] = clock_label(state.terms, next_due.name)
        urgency["due_at"] = next_due.due_at.isoformat()
    if state.priority is not None:
        urgency["priority"] = state.terms.label("priority", state.priority)
    return urgency


def _promise_now(state: TicketState, terms: ClockTerms, at: datetime) -> dict[str, JsonValue]:
    cycle = next((clock for clock in reversed(state.clocks) if clock.name == terms.name), None)
    if cycle is None or not (cycle.is_open or cycle.is_suspended):
        return {}
    promise = state.promise(terms)
    guarantee = promise.says or str(promise.guarantee or Guarantee.NONE)
    counts = not cycle.is_suspended and (cycle.has_agreed_date or not cycle.is_paused)
    return {
        "name": clock_label(state.terms, terms.name),
        "due_at": cycle.due_at.isoformat() if counts else None,
        "is_over": counts and cycle.due_at <= at,
        "guarantee": guarantee if cycle.is_suspended else None,
    }


def clock_label(terms: Terms, name: str) -> str:
    """The policy's label of a clock. Without one, templates look up the name."""
    return terms.labels.get("clock", {}).get(name, name)
