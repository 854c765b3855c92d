"""The conversation of a ticket: what the requester and the support team wrote to each other.

It is read from the events, so that the state of a ticket holds every text once.
"""

from collections.abc import Iterator

from pydantic import JsonValue

from policies.terms.model.ticket_terms import Terms
from policies.vocabulary import EventType, Role, Side
from workflows.shared.action_request import ActorView
from workflows.shared.visibility.sight import Sight, sees_internal
from workflows.shared.visibility.ticket_events import TICKET_EVENTS
from workflows.ticket.model.events import Event
from workflows.ticket.model.views import ChoiceView, MessageView, NoteView, QuestionView
from workflows.ticket.model.visibility import is_told, public_data
from workflows.ticket.state.ticket_state import TicketState

_TEXTS: dict[EventType, tuple[str, ...]] = {
    EventType.OPENED: ("description",),
    EventType.MERGED_IN: ("description",),
    EventType.FORECAST_SHARED: ("reason", "basis"),
    **dict.fromkeys((EventType.CLOSED, EventType.WITHDRAWN, EventType.MERGED), ("reason",)),
    **dict.fromkeys(
        (
            EventType.RESPONDED,
            EventType.INFORMATION_REQUESTED,
            EventType.INFORMATION_PROVIDED,
            EventType.UPDATE_POSTED,
            EventType.WORKAROUND_PROVIDED,
            EventType.WORKAROUND_WITHDRAWN,
            EventType.ESTIMATE_GIVEN,
            EventType.MILESTONE_RECORDED,
            EventType.ESCALATED,
            EventType.LEVEL_RAISED,
            EventType.RECLASSIFIED,
            EventType.ENGINEERING_STARTED,
            EventType.RELEASE_SCHEDULED,
            EventType.RESOLVED,
            EventType.REOPENED,
        ),
        ("message",),
    ),
}
"""The texts for the other side in the data of an event: those of the e-mails about it."""
_ENDS_QUESTIONS = frozenset(
    {
        EventType.INFORMATION_PROVIDED,
        EventType.VERDICT_OVERRIDDEN,
        EventType.TRIAGE_CONCLUDED,
        EventType.RESOLVED,
    }
)
"""Events after which the ticket no longer waits for an answer. A closed ticket waits for nobody;
only an override opens it again.
"""
_OF_THE_REQUESTER = frozenset(
    {EventType.OPENED, EventType.MERGED_IN, EventType.INFORMATION_PROVIDED}
)
"""Events that bring what a requester said, also where an agent wrote it down."""


def conversation(
    state: TicketState, role: Role, action_id: str | None = None
) -> Iterator[MessageView]:
    """The messages of both sides, oldest first, as far as the role may read them; with an id, those
    of this action.

    An action with several events, such as a response that escalates, has one message.
    """
    last: MessageView | None = None
    for event in state.events:
        if action_id is not None and event.action_id != action_id:
            continue
        message = _message(event) if _is_exchanged(event, state.terms) else None
        if message is None or (last is not None and _repeats(message, last)):
            continue
        last = message
        if sees_internal(role) or _is_public(event, state.terms):
            yield message


def notes(state: TicketState, role: Role) -> tuple[NoteView, ...]:
    """The internal notes, oldest first; none for a requester."""
    if not sees_internal(role):
        return ()
    return tuple(
        NoteView(
            seq=event.seq,
            at=event.at,
            by=_author(event),
            text=str(event.data["note"]),
            action_id=event.action_id,
        )
        for event in state.events_of(EventType.NOTE_ADDED)
    )


def open_questions(state: TicketState) -> tuple[QuestionView, ...]:
    """The questions that wait for the requester: all since the last answer. A verdict leaves those
    of agents.
    """
    if not state.awaiting_information or not state.is_active:
        return ()
    found: list[QuestionView] = []
    for event in state.events:
        if event.type in _ENDS_QUESTIONS:
            found.clear()
        elif event.type is EventType.VERDICT_REACHED:
            found = [question for question in found if question.fact is None]
        elif event.type is EventType.INFORMATION_REQUESTED:
            found += _questions(event, state.terms)
    return tuple(found)


def _is_exchanged(event: Event, terms: Terms) -> bool:
    """Whether the text of an event came from the requester, or reached them."""
    sights = TICKET_EVENTS[event.type].data
    reaches_some = any(sights.get(name) is Sight.IF_TOLD for name in _TEXTS.get(event.type, ()))
    return not reaches_some or is_told(event, terms)


def _is_public(event: Event, terms: Terms) -> bool:
    """Whether the text of an event is for requesters."""
    data = public_data(event, terms)
    return any(name in data for name in (*_TEXTS.get(event.type, ()), "questions"))


def _author(event: Event) -> ActorView:
    """The author of a message, without the credential, which is in the timeline."""
    return ActorView.of(event.by).model_copy(update={"credential": None})


def _message(event: Event) -> MessageView | None:
    """The message of an event, if it has one."""
    fields = _TEXTS.get(event.type)
    if fields is None:
        return None
    data = event.data
    text = "\n\n".join(str(data[field]) for field in fields if data.get(field))
    questions = _texts(data.get("questions"))
    if not text and not questions:
        return None
    is_theirs = event.type in _OF_THE_REQUESTER or not sees_internal(event.by.role)
    return MessageView(
        seq=event.seq,
        event=event.type,
        at=event.at,
        by=_author(event),
        side=Side.REQUESTER if is_theirs else Side.SUPPORT,
        text=text or None,
        questions=None if questions == (text,) else questions or None,
        number=str(data["number"]) if event.type is EventType.MERGED_IN else None,
        action_id=event.action_id,
    )


def _repeats(message: MessageView, last: MessageView) -> bool:
    """Whether another event of the same action has brought the text."""
    is_same_action = message.action_id is not None and message.action_id == last.action_id
    return is_same_action and message.text == last.text


def _questions(event: Event, terms: Terms) -> Iterator[QuestionView]:
    """The questions of an event; those about facts have the facts in the same order."""
    names = _texts(event.data.get("facts"))
    for number, question in enumerate(_texts(event.data.get("questions"))):
        name = names[number] if number < len(names) else None
        fact = (terms.facts or {}).get(name) if name else None
        yield QuestionView(
            question=question,
            asked_at=event.at,
            fact=name,
            type=fact.type if fact else None,
            choices=(_choices(terms, name) or None) if name else None,
        )


def _choices(terms: Terms, name: str) -> tuple[ChoiceView, ...]:
    fact = (terms.facts or {}).get(name)
    values = fact.choices if fact else ()
    labels = terms.choices.get(name, ())
    texts = labels if len(labels) == len(values) else values
    return tuple(ChoiceView(value=v, label=t) for v, t in zip(values, texts, strict=True))


def _texts(value: JsonValue | None) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()
