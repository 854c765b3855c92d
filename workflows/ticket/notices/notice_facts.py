"""The values that a notice gives to its template: the data of its event, and data around it.

They are called facts as well, but are not the facts of a request, which decide coverage.
"""

from collections.abc import Iterator, Sequence

from pydantic import JsonValue

from activities.notices import DIGEST, PAGE_ACKNOWLEDGED, PAGE_RESOLVED, PAGED, REMINDER
from policies.terms.model.ticket_terms import Terms
from policies.vocabulary import EventType, Role
from workflows.shared.action_request import Actor
from workflows.ticket.model.events import Event
from workflows.ticket.model.visibility import (
    REQUESTER,
    author_for,
    data_for,
    is_of_requesters,
)
from workflows.ticket.notices.digests import digest_facts
from workflows.ticket.notices.notice_deadline import clock_label
from workflows.ticket.notices.page_follow_ups import page_of
from workflows.ticket.state.checklist import steps_done
from workflows.ticket.state.notice_record import NoticeRecord
from workflows.ticket.state.ticket_state import TicketState

URGENCY_FACTS = ("clock", "due_at", "priority")
"""The facts of a page that state its urgency."""


def notice_facts(state: TicketState, record: NoticeRecord) -> dict[str, JsonValue]:
    """The facts of one notice."""
    if record.template in (PAGE_ACKNOWLEDGED, PAGE_RESOLVED):
        return {"page": page_of(record, state).message_id}
    if record.template == DIGEST:
        return digest_facts(state, record)
    recorded = state.events[record.event - 1]
    event = _readable(recorded, record, state.terms)
    facts = _event_facts(state, record, event)
    if event.data.get("clock") in reminding_clocks(state.terms):
        facts.update(_awaited(state, event, record))
        if record.template == REMINDER:
            ends_at = facts.pop("due_at")
            is_end = state.terms.clock(str(event.data["clock"])).on_expiry is not None
            facts["closes_at"] = ends_at if is_end else None
    facts.update(_facts_by_type(state, event))
    if record.template == EventType.HANDED_OVER and not is_of_requesters(record.audience):
        facts.update(_packet(state, event))
    if record.template == PAGED:
        message = event.data.get("reason") or state.opening.description
        facts.update({name: record.deadline.get(name) for name in URGENCY_FACTS}, message=message)
    return facts


def _event_facts(state: TicketState, record: NoticeRecord, event: Event) -> dict[str, JsonValue]:
    """The data of the event in words that customers know, and who acted."""
    facts: dict[str, JsonValue] = {
        "by": author_for(record.audience, event.by, state.terms),
        "by_requester": _is_requester(state, event.by),
        "by_reader": _is_reader(state, record, event.by),
        **event.data,
        **record.deadline,
    }
    if "clause" in facts:
        facts["clause"] = state.terms.heading(str(facts["clause"]))
    if "questions" in facts:
        facts["choices"] = _choices(state.terms, event)
    for clock in ("clock", "by_clock"):
        if clock in facts:
            facts[clock] = clock_label(state.terms, str(facts[clock]))
    return facts


def _readable(event: Event, record: NoticeRecord, terms: Terms) -> Event:
    """The event with the data that the recipient of the notice can see."""
    return event.model_copy(update={"data": data_for(record.audience, event, terms)})


def _is_requester(state: TicketState, actor: Actor) -> bool:
    """Whether the requester acted: by e-mail address, name, or the id that opened the ticket."""
    opened_by, requester = state.opening.opened_by, state.terms.contacts["requester"]
    is_named = actor.id.casefold() == requester.mailbox or actor.display_name == requester.name
    return actor.role is Role.REQUESTER and (actor.id == opened_by.id or is_named)


def _is_reader(state: TicketState, record: NoticeRecord, actor: Actor) -> bool:
    """Whether the recipient of a notice is the person who acted."""
    if record.audience == REQUESTER:
        return _is_requester(state, actor)
    assignee = state.assignee
    if assignee is None or assignee.email.casefold() != record.to.mailbox:
        return False
    return assignee.id == actor.id


def _choices(terms: Terms, request: Event) -> list[JsonValue]:
    """The possible answers to each question; its facts are in the same order."""
    facts = request.data.get("facts")
    names = facts if isinstance(facts, list) else []
    return [list(terms.choices.get(str(name), ())) for name in names]


def _corrected(terms: Terms, event: Event) -> dict[str, JsonValue]:
    """The facts that an event states, each with its question and the label of its value. One that
    nobody is asked for is not named.
    """
    stated = event.data.get("facts")
    if not isinstance(stated, dict):
        return {}
    answers: list[JsonValue] = [
        {"question": terms.asks[name], "answer": terms.fact_label(name, value)}
        for name, value in stated.items()
        if name in terms.asks
    ]
    return {"facts": answers}


def _facts_by_type(state: TicketState, event: Event) -> dict[str, JsonValue]:
    match event.type:
        case EventType.HANDED_OVER:
            return {"opened_at": state.opening.received_at.isoformat()}
        case EventType.OPENED:
            return _needed(state, event)
        case EventType.REVISION_CHANGED:
            return {"clocks": _moved_promises(state.terms, event), **_needed(state, event)}
        case EventType.CLOSED:
            return _referral(state, event)
    return _labelled(state.terms, event)


def _labelled(terms: Terms, event: Event) -> dict[str, JsonValue]:
    """The facts that are names of the policy, as their labels."""
    match event.type:
        case EventType.RECLASSIFIED:
            return _labels(terms, "priority", event, "from", "to") | _corrected(terms, event)
        case EventType.FINDING_RECORDED:
            return {"step": _step_text(terms, event)} if "step" in event.data else {}
        case EventType.REVIEWED:
            return _labels(terms, "review", event, "priority")
        case EventType.REVIEW_COMPLETED | EventType.FORECAST_SHARED:
            return {"priorities": _review_labels(terms, event.data["priorities"])}
    return {}


def _needed(state: TicketState, change: Event) -> dict[str, JsonValue]:
    """The questions of a coverage decision that this change has led to, if any."""
    for event in state.events[change.seq :]:
        if (event.at, event.action_id) != (change.at, change.action_id):
            break
        if event.type is EventType.INFORMATION_REQUESTED:
            clause = event.data.get("clause")
            heading = state.terms.heading(str(clause)) if clause else None
            questions = event.data["questions"]
            return {
                "questions": questions,
                "choices": _choices(state.terms, event),
                "clause": heading,
            }
    return {}


def _packet(state: TicketState, handoff: Event) -> dict[str, JsonValue]:
    """The escalation packet: all findings and answers so far (contently/handoff-content)."""
    before = state.events[: handoff.seq]
    concluded = [event for event in before if event.type is EventType.TRIAGE_CONCLUDED]
    done = steps_done(before)
    return {
        "description": state.opening.description,
        "requested_by": state.terms.contacts["requester"].name,
        "conclusion": concluded[-1].data["conclusion"] if concluded else "",
        "findings": [
            {
                **event.data,
                "step": _step_text(state.terms, event),
                "by": event.by.display_name,
                "at": event.at.isoformat(),
            }
            for event in before
            if event.type is EventType.FINDING_RECORDED
        ],
        "information": list(_answers(before)),
        "not_run": [step.does for step in state.terms.process.checklist if step.id not in done],
    }


def _step_text(terms: Terms, finding: Event) -> str:
    """The step of a finding: the text of the checklist, or the agent's own."""
    name = str(finding.data["step"])
    return next((step.does for step in terms.process.checklist if step.id == name), name)


def _answers(events: Sequence[Event]) -> Iterator[dict[str, JsonValue]]:
    question = ""
    for event in events:
        if event.type is EventType.INFORMATION_REQUESTED:
            questions = event.data.get("questions")
            listed = questions if isinstance(questions, list) else []
            question = " ".join(map(str, listed))
        elif event.type is EventType.INFORMATION_PROVIDED:
            yield {"question": question, "answer": event.data["message"]}
            question = ""


def _moved_promises(terms: Terms, revision: Event) -> list[JsonValue]:
    """Old and new due times of promised clocks. Internal targets are left out."""
    clocks = revision.data.get("clocks")
    promised = {clock.name for clock in terms.clocks if clock.promised}
    return [
        {**clock, "name": clock_label(terms, str(clock["name"]))}
        for clock in (clocks if isinstance(clocks, list) else [])
        if isinstance(clock, dict) and clock["name"] in promised and (clock["was"] or clock["now"])
    ]


def _labels(terms: Terms, noun: str, event: Event, *names: str) -> dict[str, JsonValue]:
    """The labels of the values that an event has under these names."""
    stated = {name: event.data[name] for name in names if name in event.data}
    return {name: terms.label(noun, str(value)) for name, value in stated.items()}


def _review_labels(terms: Terms, priorities: JsonValue) -> JsonValue:
    """The labels of the priorities that each viewpoint gave."""
    assert isinstance(priorities, dict)
    return {viewpoint: terms.label("review", str(p)) for viewpoint, p in priorities.items()}


def _referral(state: TicketState, closed: Event) -> dict[str, JsonValue]:
    """The contact that a refused requester is referred to, and their request."""
    contacts = state.terms.contacts
    contact = contacts.get(str(closed.data.get("refers_to")))
    if contact is None:
        return {}
    return {
        "turn_to": {"name": contact.name, "email": contact.email},
        "requester_email": contacts["requester"].email,
        "description": state.opening.description,
    }


def reminding_clocks(terms: Terms) -> set[str]:
    """The clocks that remind the requester of an answer."""
    return {clock.name for clock in terms.clocks if clock.reminds_of_questions}


def _awaited(state: TicketState, reminder: Event, record: NoticeRecord) -> dict[str, JsonValue]:
    """What a reminder is about: the last information request or milestone that needs an answer."""
    starts = state.terms.clock(str(reminder.data["clock"])).starts
    for recorded in reversed(state.events[: reminder.seq - 1]):
        event = _readable(recorded, record, state.terms)
        asked_at = event.at.isoformat()
        if event.type is EventType.INFORMATION_REQUESTED:
            questions = event.data.get("questions", [])
            choices = _choices(state.terms, event)
            return {"questions": questions, "choices": choices, "asked_at": asked_at}
        if event.type is EventType.MILESTONE_RECORDED and not set(starts).isdisjoint(event.names):
            about = {"milestone": event.data["says"], "message": event.data.get("message")}
            return {**about, "asked_at": asked_at}
    return {}
