"""What is recorded in histories: as little as says the same."""

import json

from temporalio.api.common.v1 import Payload

from policies.vocabulary import ClockState
from tests.harness import new_york, opening
from workflows.temporal.connection import DATA_CONVERTER
from workflows.ticket.model.messages import ClockView, Opening
from workflows.ticket.process.ticket import Ticket

RUNNING = ClockView(
    name="triage",
    cycle=1,
    state=ClockState.RUNNING,
    clause="triage",
    promised=True,
    target="1 business day",
    started_at=new_york("2027-01-12 10:00"),
)


def recorded(value: object) -> Payload:
    return DATA_CONVERTER.payload_converter.to_payload(value)


def test_fields_that_have_their_default_are_not_recorded() -> None:
    said = json.loads(recorded(RUNNING).data)
    assert said.keys() == {"name", "cycle", "state", "clause", "promised", "target", "started_at"}


def test_nothing_that_somebody_said_is_left_out() -> None:
    said: dict[str, object] = {"assignee": None, "count": 0, "text": "", "list": []}
    assert json.loads(recorded(said).data) == said


def test_what_was_recorded_is_read_back_as_it_was() -> None:
    converter = DATA_CONVERTER.payload_converter
    opened = opening(new_york("2027-01-12 10:00"))
    state = Ticket.open(opened).state
    assert converter.from_payload(recorded(opened), Opening) == opened
    assert converter.from_payload(recorded(state), type(state)) == state


def test_what_was_recorded_with_its_defaults_is_still_read() -> None:
    whole = Payload(metadata={"encoding": b"json/plain"}, data=RUNNING.model_dump_json().encode())
    assert DATA_CONVERTER.payload_converter.from_payload(whole, ClockView) == RUNNING
