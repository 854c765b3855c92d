"""A start that cannot be a ticket fails at once, and says all that is wrong with it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType as HistoryEvent
from temporalio.common import RawValue
from temporalio.testing import WorkflowEnvironment

from tests.api.caller import Caller, make_app
from tests.harness import opening
from tests.workflows.ticket.runtime.starts import (
    REQUEST,
    PlainClient,
    fields,
    free_number,
    refusal_of,
)
from workflows.ticket.model.ticket_number import number_of_key
from workflows.ticket.state.start import Start

pytestmark = pytest.mark.usefixtures("mailer", "contracts")


def raw(data: bytes, encoding: bytes = b"json/plain") -> RawValue:
    """A payload as it is, whatever a client would make of it."""
    return RawValue(Payload(metadata={"encoding": encoding}, data=data))


NOT_JSON = {"input": "is not one JSON object (encoding json/plain)"}
REQUIRED = dict.fromkeys(
    ("account", "requester", "subject", "description", "channel"), "field required"
)
MALFORMED: dict[str, tuple[list[Any], dict[str, str]]] = {
    "no argument": ([], NOT_JSON),
    "two arguments": ([REQUEST, REQUEST], NOT_JSON),
    "null": ([None], NOT_JSON),
    "bytes": ([b"\x00\xff"], NOT_JSON),
    "an unknown encoding": ([raw(b"{}", b"application/x-unknown")], NOT_JSON),
    "a list": ([[REQUEST]], {"input": "is not a JSON object"}),
    "a text": (["harbour-media"], {"input": "is not a JSON object"}),
    "half an object": (
        [raw(b'{"account": ')],
        {"input": "invalid JSON: EOF while parsing a value at line 1 column 12"},
    ),
    "an empty object": ([{}], REQUIRED),
    "a misspelled field": (
        [REQUEST | {"prority": "high"}],
        {
            "prority": 'is unknown; did you mean "priority"? allowed: account, requester, subject, '
            "description, channel, kind, priority, publication, facts, opened_by, key"
        },
    ),
    "several wrong values": (
        [
            REQUEST
            | {
                "subject": "two\nlines",
                "requester": {"name": "Mia", "email": "mia", "zone": "Mars/Phobos"},
                "opened_by": {"id": "enzo", "role": "engineering", "nmae": "Enzo"},
                "key": "two words",
            }
        ],
        {
            "subject": "is not a single line; remove line breaks and control characters",
            "requester.email": '"mia" is not an e-mail address; write for example mia@example.com',
            "requester.zone": "unknown time zone 'Mars/Phobos'; give an IANA name such as "
            "Europe/Stockholm",
            "opened_by.role": "input should be 'requester', 'service', 'agent' or 'operator'",
            "opened_by.nmae": 'is unknown; did you mean "name"? allowed: id, role, name',
            "key": r"string should match pattern '^[\x21-\x7e]{1,128}$'",
        },
    ),
    "a request that HTTP would find too large": (
        [REQUEST | {"facts": {"cause": "x" * 262_144}}],
        {"input": "is larger than 256 KiB"},
    ),
    "a key twice": (
        [raw(b'{"subject": "a", "subject": "b"}')],
        {"input": "has the key 'subject' twice in one object"},
    ),
    "very many wrong values in a start by this project": (
        [{"opening": {"terms": {"clocks": [1] * 20_000}}}],
        {"input": "has 20,013 errors"},
    ),
    "half of a start by this project": (
        [{"opening": {"number": "1"}, "carried": None}],
        {
            "opening.number": "string should match pattern '^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$'",
            **{
                f"opening.{name}": "field required"
                for name in ("received_at", "opened_by", "subject", "description", "terms")
            },
        },
    ),
}


@pytest.mark.fault(83)
@pytest.mark.parametrize(("arguments", "objections"), MALFORMED.values(), ids=MALFORMED)
async def test_a_malformed_start_fails_at_once_with_every_reason(
    desk: WorkflowEnvironment, arguments: list[Any], objections: dict[str, str]
) -> None:
    plain = await PlainClient.connect(desk)
    handle = await plain.start(*arguments)
    error = await refusal_of(handle)
    assert (error.type, error.non_retryable) == ("InvalidRequest", True)
    assert fields(error) == objections
    assert all(reason in error.message for reason in objections.values())
    kinds = [event.event_type for event in (await handle.fetch_history()).events]
    assert HistoryEvent.EVENT_TYPE_WORKFLOW_TASK_FAILED not in kinds
    assert len(kinds) == 5


@pytest.mark.fault(83)
async def test_arguments_that_cannot_be_decoded_fail_the_start_although_one_is_right(
    desk: WorkflowEnvironment,
) -> None:
    plain = await PlainClient.connect(desk)
    error = await plain.refusal(REQUEST, raw(b"", b"application/x-unknown"))
    assert error.type == "InvalidRequest"
    assert error.message == "2 payloads instead of one, which cannot be decoded"


@pytest.mark.fault(85)
@pytest.mark.parametrize(
    "id", ["ticket/my-own-1", "ticket/abcd-efgh-jkmn", "0000-0000-0000", "a/b"]
)
async def test_a_workflow_id_without_a_ticket_number_is_refused_and_not_listed(
    desk: WorkflowEnvironment, id: str
) -> None:
    plain = await PlainClient.connect(desk)
    error = await plain.refusal(REQUEST | {"subject": f"By {id}"}, id=id)
    assert fields(error)["workflow_id"].endswith("for example ticket/7K2M-0QXW-9HTE")
    page = await Caller(make_app(desk.client), "agent-token").get("/tickets")
    assert f"By {id}" not in page.text


async def test_the_number_of_a_start_with_a_key_is_the_number_that_http_derives(
    desk: WorkflowEnvironment,
) -> None:
    plain, start = await PlainClient.connect(desk), REQUEST | {"key": "k-1"}
    right = f"ticket/{number_of_key('temporal-client', REQUEST['account'], 'k-1')}"
    error = await plain.refusal(start)
    assert fields(error) == {"key": f"belongs to the workflow id {right}; use it, or omit the key"}
    handle = await plain.start(start, id=right)
    assert (await handle.execute_update("open"))["number"] == right.removeprefix("ticket/")


@pytest.mark.parametrize("option", ["execution_timeout", "run_timeout"])
async def test_a_start_that_would_end_the_ticket_by_itself_is_refused(
    desk: WorkflowEnvironment, option: str
) -> None:
    plain = await PlainClient.connect(desk)
    error = await plain.refusal(REQUEST, **{option: timedelta(days=1)})
    assert "it would end while it is open" in fields(error)["options"]


async def test_a_start_by_this_project_under_another_number_is_refused(
    desk: WorkflowEnvironment,
) -> None:
    plain = await PlainClient.connect(desk)
    own = Start(opening=opening(datetime.now(UTC))).model_dump(mode="json")
    error = await plain.refusal(own, id=f"ticket/{free_number()}")
    assert fields(error) == {"opening.number": "is not that of the workflow"}


@pytest.mark.fault(83)
async def test_a_malformed_start_of_an_account_fails_at_once(desk: WorkflowEnvironment) -> None:
    plain = await PlainClient.connect(desk)
    for argument, field in (({}, "terms"), ([], "input"), ({"terms": {}}, "terms.policy")):
        handle = await plain.client.start_workflow(
            "Account", argument, id=f"account/{free_number()}", task_queue="desk"
        )
        error = await refusal_of(handle)
        assert error.type == "InvalidRequest"
        assert field in fields(error)
