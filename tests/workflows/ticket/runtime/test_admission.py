"""A request that a Temporal client starts as a workflow: its terms, its refusal, and what waits."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType as HistoryEvent
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import WorkflowHistory, WorkflowUpdateFailedError
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_memory import InMemoryContracts
from bootstrap.replays.history_replay import replay
from tests.api.caller import Caller, make_app, problem
from tests.polling import eventually
from tests.workflows.ticket.runtime.starts import (
    REQUEST,
    Handle,
    PlainClient,
    fields,
    free_number,
    refusal_of,
)
from workflows.release import THIS_CODE
from workflows.temporal.connection import ASSIGNEE, PLAN, STAGE
from workflows.ticket.model.ticket_number import number_of_key

pytestmark = pytest.mark.usefixtures("mailer", "contracts")
REFUSED: dict[str, Any] = {"priority": "p9", "channel": "fax", "facts": {"moon": "full"}}
RESPOND = {
    "id": "r-1",
    "actor": {"id": "ada", "role": "agent"},
    "content": {"message": "We look into it.", "outcomes": ["escalation"]},
}


async def test_a_plain_request_becomes_a_ticket_with_settled_terms_and_its_own_attributes(
    desk: WorkflowEnvironment,
) -> None:
    handle = await (await PlainClient.connect(desk)).open()
    ticket = await handle.query("ticket")
    assert (ticket["policy"], ticket["priority"]) == ("contently", "normal")
    assert [clock["name"] for clock in ticket["clocks"]] == ["first_response"]
    described = await handle.describe()
    assert described.start_time.isoformat() == ticket["received_at"].replace("Z", "+00:00")
    memo = await described.memo()
    assert memo["headline"] == "contently: The editor stays blank (Harbour Media)"
    agent = Caller(make_app(desk.client), "agent-token")
    number = handle.id.removeprefix("ticket/")
    await eventually(lambda: agent.find(number, account="harbour-media"), bool)


async def test_an_opening_over_temporal_costs_three_events_more_than_over_http(
    desk: WorkflowEnvironment,
) -> None:
    handle = await (await PlainClient.connect(desk)).open()
    kinds = [event.event_type for event in (await handle.fetch_history()).events]
    for extra in (
        HistoryEvent.EVENT_TYPE_MARKER_RECORDED,
        HistoryEvent.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED,
        HistoryEvent.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    ):
        assert kinds.count(extra) == 1


async def test_values_that_a_client_set_itself_are_replaced(desk: WorkflowEnvironment) -> None:
    plain = await PlainClient.connect(desk)
    values = ((STAGE, "closed"), (PLAN, "gold"), (ASSIGNEE, "me"))
    mine = TypedSearchAttributes([SearchAttributePair(key, value) for key, value in values])
    handle = await plain.start(REQUEST, search_attributes=mine, memo={"headline": "mine"})
    await handle.execute_update("open")
    found = await eventually(
        handle.describe, lambda d: d.typed_search_attributes.get(STAGE) == "received"
    )
    assert found.typed_search_attributes.get(PLAN) is None
    assert found.typed_search_attributes.get(ASSIGNEE) is None
    assert (await found.memo())["headline"].startswith("contently: ")


async def test_a_request_that_http_would_refuse_fails_with_every_objection(
    desk: WorkflowEnvironment,
) -> None:
    error = await (await PlainClient.connect(desk)).refusal(REQUEST | REFUSED)
    over_http = await Caller(make_app(desk.client), "service-token").open(**REFUSED)
    document = problem(over_http, 422, "request-refused")
    assert (error.type, error.non_retryable) == ("RequestRefused", True)
    expected = {each["field"]: each["message"] for each in document["errors"]}
    assert fields(error) == expected
    assert expected.keys() == {"priority", "channel", "facts.moon"}


async def test_an_unknown_account_is_refused(desk: WorkflowEnvironment) -> None:
    error = await (await PlainClient.connect(desk)).refusal(REQUEST | {"account": "nobody"})
    assert error.type == "UnknownAccount"
    assert fields(error) == {"account": "there is no account 'nobody'"}


async def test_start_and_answer_are_one_round_trip_also_for_a_refusal(
    desk: WorkflowEnvironment,
) -> None:
    plain = await PlainClient.connect(desk)

    _, answer = await plain.start_with("open")
    assert answer["allowed_actions"] == ["provide_information", "withdraw"]
    for changes, kind in ((REFUSED, "RequestRefused"), ({"subject": ""}, "InvalidRequest")):
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await plain.start_with("open", **changes)
        assert isinstance(refused.value.cause, ApplicationError)
        assert refused.value.cause.type == kind
        assert fields(refused.value.cause)


async def test_a_refused_start_is_no_ticket(desk: WorkflowEnvironment) -> None:
    plain, caller = await PlainClient.connect(desk), Caller(make_app(desk.client), "agent-token")
    handle = await plain.start(REQUEST | REFUSED)
    await refusal_of(handle)
    number = handle.id.removeprefix("ticket/")
    assert await handle.query("ticket") is None
    assert await handle.query("timeline") == []
    for path in ("", "/timeline", "/revisions"):
        problem(await caller.get(f"/tickets/{number}{path}"), 404, "ticket-unknown")
    problem(await caller.act(number, "acknowledge"), 404, "ticket-unknown")
    assert await caller.find(number) is None


async def test_the_key_of_a_refused_start_belongs_to_it_also_over_http(
    desk: WorkflowEnvironment,
) -> None:
    plain, caller = await PlainClient.connect(desk), Caller(make_app(desk.client), "service-token")
    start = REQUEST | REFUSED | {"key": "refused-1", "opened_by": {"id": "widget"}}
    number = number_of_key("widget", REQUEST["account"], "refused-1")
    await plain.refusal(start, id=f"ticket/{number}")
    problem(await caller.open("refused-1"), 422, "idempotency-key-reused")


async def test_an_unreadable_contract_does_not_delay_the_opening(
    desk: WorkflowEnvironment, contracts: InMemoryContracts
) -> None:
    contracts.is_unavailable = True
    handle = await (await PlainClient.connect(desk)).open()
    assert (await handle.query("ticket"))["clocks"] == []
    contracts.is_unavailable = False
    ticket = await eventually(lambda: handle.query("ticket"), lambda found: found["clocks"])
    assert ticket["clocks"][0]["started_at"] == ticket["received_at"]


async def test_an_action_that_is_sent_before_the_ticket_is_open_waits_for_it(
    desk: WorkflowEnvironment,
) -> None:
    handle, answer = await (await PlainClient.connect(desk)).start_with("respond", RESPOND)
    assert answer["stage"] == "triage"
    events = await handle.query("timeline")
    assert [event["type"] for event in events] == ["opened", "responded", "escalated"]
    report = await replay(THIS_CODE, histories(handle))
    assert (report.replayed, report.failed) == (1, [])


async def test_an_action_that_waited_for_the_opening_can_be_impossible(
    desk: WorkflowEnvironment,
) -> None:
    merge = RESPOND | {"content": {"into": free_number(), "reason": "The same."}}
    forecast = RESPOND | {"content": {"begins_by": "2099-01-01"}}
    plain = await PlainClient.connect(desk)
    for update, argument, kind in (
        ("share_forecast", forecast, "WrongStage"),
        ("merge", merge, "InvalidContent"),
    ):
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await plain.start_with(update, argument)
        assert isinstance(refused.value.cause, ApplicationError)
        assert refused.value.cause.type == kind


async def histories(handle: Handle) -> AsyncIterator[WorkflowHistory]:
    yield await handle.fetch_history()


async def test_an_action_on_a_start_that_is_refused_gets_the_refusal(
    desk: WorkflowEnvironment,
) -> None:
    plain = await PlainClient.connect(desk)
    for changes, kind in ((REFUSED, "RequestRefused"), ({"subject": ""}, "InvalidRequest")):
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await plain.start_with("respond", RESPOND, **changes)
        assert isinstance(refused.value.cause, ApplicationError)
        assert refused.value.cause.type == kind


async def test_an_action_that_is_no_valid_request_gets_every_reason(
    desk: WorkflowEnvironment,
) -> None:
    handle = await (await PlainClient.connect(desk)).open()
    wrong = RESPOND | {"id": "", "content": {"message": "", "outcomes": ["moon"]}}
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await handle.execute_update("respond", wrong)
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "InvalidRequest"
    assert fields(refused.value.cause).keys() == {"id", "content.message", "content.outcomes.0"}


async def test_a_reset_keeps_the_receipt_and_repeats_the_actions(desk: WorkflowEnvironment) -> None:
    plain = await PlainClient.connect(desk)
    handle, _ = await plain.start_with("respond", RESPOND)
    before, events = await handle.query("ticket"), await handle.query("timeline")
    described = await handle.describe()
    first_task = 3
    await plain.client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=plain.client.namespace,
            workflow_execution=WorkflowExecution(
                workflow_id=handle.id, run_id=described.run_id or ""
            ),
            workflow_task_finish_event_id=first_task,
            request_id="reset",
        )
    )
    latest = plain.client.get_workflow_handle(handle.id)
    await eventually(latest.describe, lambda found: found.run_id != described.run_id)
    again = await eventually(lambda: latest.query("timeline"), lambda found: len(found) == 3)
    after = await latest.query("ticket")
    assert [event["type"] for event in again] == [event["type"] for event in events]
    for name in ("received_at", "policy", "priority"):
        assert after[name] == before[name]
    assert after["clocks"][0]["due_at"] == before["clocks"][0]["due_at"]
