"""An update with a malformed argument is refused with the reason, whichever the update."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowUpdateFailedError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.workflow import _Definition

from policies.vocabulary import Action
from tests.workflows.ticket.runtime.starts import PlainClient
from workflows.account.model.action_inputs import AccountAction
from workflows.release import THIS_CODE
from workflows.shared.action_request import ActionRequest
from workflows.ticket.actions.information import AddNote
from workflows.ticket.workflow import ACCEPT_DUPLICATE

ACTIONS_OF: dict[str | None, set[str]] = {
    "Ticket": set(Action),
    "Account": set(AccountAction),
}
ADA = {"id": "ada", "role": "agent"}
NOTE: dict[str, Any] = {"id": "n-1", "actor": ADA, "content": {"note": "Ours."}}
TWICE = RawValue(
    Payload(
        metadata={"encoding": b"json/plain"},
        data=json.dumps(NOTE).replace('"note"', '"note": "Theirs.", "note"').encode(),
    )
)
ENDLESS = NOTE | {"content": {"outcomes": [1] * 400_000, "into": [[1] * 60_000]}}
UNREADABLE = RawValue(Payload(metadata={"encoding": b"binary/unknown"}, data=b"\x00"))
NOT_JSON: dict[str, list[Any]] = {
    "no argument": [],
    "null": [None],
    "two arguments": [NOTE, NOTE],
    "two unreadable arguments": [UNREADABLE, UNREADABLE],
    "an unknown encoding": [UNREADABLE],
}
REFUSED: dict[str, list[Any]] = {
    "a text": ["Ours."],
    "an empty object": [{}],
    "a key twice": [TWICE],
    "very many values": [ENDLESS],
}


@pytest.mark.fault("80b")
@pytest.mark.usefixtures("mailer", "contracts")
async def test_a_malformed_argument_is_an_invalid_request_and_changes_nothing(
    desk: WorkflowEnvironment,
) -> None:
    ticket = await (await PlainClient.connect(desk)).open()
    refused: dict[tuple[str, str], ApplicationError] = {}
    for update in (Action.ADD_NOTE, Action.MERGE, ACCEPT_DUPLICATE):
        for kind, arguments in (NOT_JSON | REFUSED).items():
            with pytest.raises(WorkflowUpdateFailedError) as failed:
                await ticket.execute_update(update, args=arguments)
            assert isinstance(failed.value.cause, ApplicationError)
            refused[update, kind] = failed.value.cause
    assert {error.type for error in refused.values()} == {"InvalidRequest"}
    said = {kind: error.message for (update, kind), error in refused.items()}
    assert said["null"] == "input: is not one JSON object (encoding json/plain)"
    assert said["a key twice"] == "input: has the key 'note' twice in one object"
    assert said["very many values"] == "input: has more than 50,000 values"
    assert [event["type"] for event in await ticket.query("timeline")] == ["opened"]


@pytest.mark.fault("80b")
@pytest.mark.parametrize("kind", THIS_CODE.workflows)
def test_there_are_no_signals_whose_sender_would_get_no_answer(kind: type) -> None:
    definition = _Definition.must_from_class(kind)
    assert definition.signals == {}
    assert set(definition.updates) >= ACTIONS_OF.get(definition.name, set())


@pytest.mark.usefixtures("mailer", "contracts")
async def test_the_opening_can_be_asked_for_with_no_argument_or_null_and_nothing_else(
    desk: WorkflowEnvironment,
) -> None:
    ticket = await (await PlainClient.connect(desk)).open()
    assert await ticket.execute_update("open", args=[None]) == await ticket.execute_update("open")
    for arguments in ([None, None], ["Ours."], [UNREADABLE]):
        with pytest.raises(WorkflowUpdateFailedError) as failed:
            await ticket.execute_update("open", args=arguments)
        assert isinstance(failed.value.cause, ApplicationError)
        assert failed.value.cause.type == "InvalidRequest"


@pytest.mark.parametrize(
    ("received_at", "stands_at"),
    [
        ("9999-12-31T23:59:59-12:00", "2027-01-06T19:00:00+00:00"),
        ("0001-01-01T00:00:00+12:00", "2027-01-06T18:00:00+00:00"),
        ("2027-01-06T20:30:00+02:00", "2027-01-06T18:30:00+00:00"),
    ],
    ids=["after the end of the calendar", "before its beginning", "between"],
)
def test_an_action_takes_effect_between_the_event_before_it_and_now_whenever_it_was_received(
    received_at: str, stands_at: str
) -> None:
    request = ActionRequest[AddNote].model_validate(NOTE | {"received_at": received_at})
    before, now = (datetime(2027, 1, 6, hour, tzinfo=UTC) for hour in (18, 19))
    assert request.stands_at(before, now).isoformat() == stands_at
