"""Events: the names by which clocks, notices and pauses know them."""

import pytest
from pydantic import JsonValue

from policies.vocabulary import EventType
from tests.harness import AGENT, new_york, opening
from tests.workflows.ticket.ticket_driver import WEDNESDAY
from workflows.ticket.model.events import QUESTION_WITHDRAWN, Event


@pytest.mark.parametrize(
    ("kind", "data", "names"),
    [
        (EventType.RECLASSIFIED, {"from": "low", "to": "high"}, ("priority_changed",)),
        (EventType.RECLASSIFIED, {"facts": {"place": "london"}}, ()),
        (EventType.REVISION_CHANGED, {"from": "2026-01-01", "to": "2027-01-01"}, ()),
        (EventType.NOTICE_UNDELIVERABLE, {"to": "mia@harbour.example"}, ()),
        (EventType.MILESTONE_RECORDED, {"milestone": "shipped"}, ("milestone.shipped",)),
    ],
)
def test_an_event_has_the_name_of_its_type_and_of_what_it_records(
    kind: EventType, data: dict[str, JsonValue], names: tuple[str, ...]
) -> None:
    event = Event(seq=1, type=kind, at=new_york(WEDNESDAY), by=AGENT, data=data)
    assert event.names == (kind, *names)


@pytest.mark.parametrize(
    ("kind", "data", "withdraws"),
    [
        (EventType.TRIAGE_CONCLUDED, {}, True),
        (EventType.HANDED_OVER, {}, True),
        (EventType.VERDICT_OVERRIDDEN, {}, True),
        (EventType.VERDICT_REACHED, {"withdrawn": True}, True),
        (EventType.VERDICT_REACHED, {}, False),
        (EventType.UPDATE_POSTED, {}, False),
    ],
)
def test_reminders_of_a_question_end_with_an_event_that_leaves_it_without_need(
    kind: EventType, data: dict[str, JsonValue], withdraws: bool
) -> None:
    event = Event(seq=1, type=kind, at=new_york(WEDNESDAY), by=AGENT, data=data)
    assert (QUESTION_WITHDRAWN in event.counts_as) is withdraws


def test_a_request_weighs_the_same_whatever_the_terms_of_its_ticket() -> None:
    ticket = opening(new_york(WEDNESDAY))
    longer = ticket.terms.model_copy(update={"title": "A longer title of the same policy"})
    assert ticket.model_copy(update={"terms": longer}).weight == ticket.weight
