"""A request opens the same ticket over HTTP and over Temporal, event for event."""

from datetime import datetime
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_memory import InMemoryContracts
from policies.schema.contract import Contact
from tests.api.caller import Caller, make_app, problem
from tests.harness import HARBOUR
from tests.workflows.ticket.runtime.starts import REQUEST, Handle, PlainClient
from workflows.client.tickets import TicketClient
from workflows.ticket.model.ticket_number import number_of_key

pytestmark = pytest.mark.usefixtures("mailer", "contracts")
SERVICE = {"id": "widget", "role": "service", "name": "In-platform widget"}
"""The caller of `service-token`."""
FULL = {
    "requester": {"name": "Mia", "email": "MIA@harbour.example", "zone": "UTC", "locale": "fr-CA"},
    "subject": "  Blank  ",
    "kind": "technical",
    "priority": "high",
    "publication": "tide",
    "facts": {"cause": "platform"},
    "channel": "widget",
}
REQUESTS: dict[str, dict[str, Any]] = {
    "with defaults": {},
    "with every field": FULL,
    "that is not eligible": {"requester": {"name": "Old", "email": "old@ebb.example"}},
    "that needs no support": {"facts": {"cause": "third_party"}},
    "under an override": {"account": "quick-house"},
}
QUICK = HARBOUR.model_copy(
    update={
        "account": "quick-house",
        "contacts": {"account_manager": Contact(name="Ines", email="ines@contently.example")},
        "overrides": {"clocks.first_response.within": "1 business day"},
    }
)
ACTION = {
    "id": "r-1",
    "actor": {"id": "ada", "role": "agent", "name": "Ada Agent"},
    "content": {"message": "Looks like the cache.", "outcomes": ["escalation"]},
}


async def ticket_of(handle: Handle) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The ticket and its events, apart from its number, from credentials, which only callers of
    the API have, and from deliveries that are under way.
    """
    ticket = await handle.query("ticket")
    for notice in ticket["notices"]:
        del notice["status"], notice["carrier"], notice["error"]
    timeline = await handle.query("timeline")
    for part in (*timeline, *ticket["conversation"]):
        del part["by"]["credential"]
    return ticket | {"number": ""}, timeline


@pytest.mark.parametrize("changes", REQUESTS.values(), ids=REQUESTS)
async def test_the_same_request_becomes_the_same_ticket_by_either_door(
    desk: WorkflowEnvironment,
    contracts: InMemoryContracts,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, Any],
) -> None:
    monkeypatch.setitem(contracts.contracts, QUICK.account, QUICK)
    plain = await PlainClient.connect(desk)
    start = REQUEST | changes | {"opened_by": SERVICE}
    by_temporal = await plain.start(start)
    reply = await by_temporal.execute_update("open")
    received_at = datetime.fromisoformat(reply["received_at"])
    app = make_app(desk.client, now=lambda: received_at, contracts=contracts)
    response = await Caller(app, "service-token").open(**changes)
    number = response.json()["number"]
    by_http = plain.client.get_workflow_handle(f"ticket/{number}")
    assert await ticket_of(by_temporal) == await ticket_of(by_http)
    if reply["stage"] != "closed":
        for handle in (by_temporal, by_http):
            await handle.execute_update("respond", ACTION | {"received_at": reply["received_at"]})
    assert await ticket_of(by_temporal) == await ticket_of(by_http)


async def test_a_key_is_one_ticket_whichever_door_is_used_first(desk: WorkflowEnvironment) -> None:
    plain, caller = await PlainClient.connect(desk), Caller(make_app(desk.client), "service-token")
    start = REQUEST | {"opened_by": SERVICE, "key": "both-1"}
    number = number_of_key("widget", REQUEST["account"], "both-1")
    await (await plain.start(start, id=f"ticket/{number}")).execute_update("open")
    again = await caller.open("both-1")
    assert (again.status_code, again.json()["number"]) == (201, number)
    assert again.headers["idempotency-replayed"] == "true"
    problem(await caller.open("both-1", subject="Another"), 422, "idempotency-key-reused")
    assert len(await TicketClient(desk.client).timeline(number)) == 1
