"""Temporal can lose sight of an update: "not found", although its workflow runs and may take it.

A cluster does so while the shard of a workflow moves to another history service. Here an
interceptor answers for the server, before or after the update has reached it.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from temporalio.client import Client, Interceptor, OutboundInterceptor
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

from policies.vocabulary import Action, ClosedAs, EventType
from tests.harness import AGENT, new_york, opening
from workflows.client.calls import DeskUnavailable
from workflows.client.ticket_errors import ActionRefused
from workflows.client.tickets import TicketClient
from workflows.shared.action_request import ActionRequest
from workflows.temporal.connection import DATA_CONVERTER
from workflows.ticket.actions.closing import Close
from workflows.ticket.actions.information import AddNote

RECEIVED = new_york("2027-01-06 14:00")
NOTE = ActionRequest[AddNote](id="note-1", actor=AGENT, content=AddNote(note="Seen."))
CLOSING = ActionRequest[Close](
    id="close-1", actor=AGENT, content=Close(closed_as=ClosedAs.WITHDRAWN, reason="Sent twice.")
)


@dataclass
class LosingSight(Interceptor):
    """The answer to every update is that it is not found."""

    reaches_the_server: bool

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        return _Losing(next, self.reaches_the_server)


class _Losing(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, reaches_the_server: bool) -> None:
        super().__init__(next)
        self._reaches_the_server = reaches_the_server

    async def start_workflow_update(self, input: Any) -> Any:
        if self._reaches_the_server:
            await super().start_workflow_update(input)
        raise RPCError('update "x" not found', RPCStatusCode.NOT_FOUND, b"")

    async def start_update_with_start_workflow(self, input: Any) -> Any:
        if self._reaches_the_server:
            await super().start_update_with_start_workflow(input)
        raise RPCError('update "open" not found', RPCStatusCode.NOT_FOUND, b"")


def losing(desk: WorkflowEnvironment, *, reaches_the_server: bool) -> TicketClient:
    client = Client(
        desk.client.service_client,
        namespace=desk.client.namespace,
        data_converter=DATA_CONVERTER,
        interceptors=[LosingSight(reaches_the_server)],
    )
    return TicketClient(client)


@pytest.fixture
def tickets(desk: WorkflowEnvironment) -> TicketClient:
    return TicketClient(desk.client)


async def opened(tickets: TicketClient) -> str:
    given = opening(RECEIVED)
    await tickets.open(given)
    return given.number


async def notes(tickets: TicketClient, number: str) -> int:
    events = await tickets.timeline(number)
    return sum(event.type is EventType.NOTE_ADDED for event in events)


async def test_an_open_ticket_does_not_refuse_an_action_of_which_it_knows_nothing(
    desk: WorkflowEnvironment, tickets: TicketClient
) -> None:
    number = await opened(tickets)
    with pytest.raises(DeskUnavailable):
        await losing(desk, reaches_the_server=False).act(number, Action.ADD_NOTE, NOTE)
    await tickets.act(number, Action.ADD_NOTE, NOTE)
    assert await notes(tickets, number) == 1


async def test_an_action_that_was_taken_is_answered_although_its_update_is_not_found(
    desk: WorkflowEnvironment, tickets: TicketClient
) -> None:
    number = await opened(tickets)
    reply = await losing(desk, reaches_the_server=True).act(number, Action.ADD_NOTE, NOTE)
    assert reply.fingerprint == NOTE.fingerprint
    assert await notes(tickets, number) == 1


async def test_a_ticket_that_has_ended_still_refuses(
    desk: WorkflowEnvironment, tickets: TicketClient
) -> None:
    number = await opened(tickets)
    await tickets.act(number, Action.CLOSE, CLOSING)
    await desk.client.get_workflow_handle(f"ticket/{number}").result()
    with pytest.raises(ActionRefused, match="closed"):
        await tickets.act(number, Action.ADD_NOTE, NOTE)


@pytest.mark.parametrize("reaches_the_server", [False, True])
async def test_an_opening_whose_update_is_not_found_can_be_repeated(
    desk: WorkflowEnvironment, tickets: TicketClient, reaches_the_server: bool
) -> None:
    given = opening(RECEIVED)
    with pytest.raises(DeskUnavailable):
        await losing(desk, reaches_the_server=reaches_the_server).open(given)
    assert (await tickets.open(given)).number == given.number
