"""A closed ticket is read from its result: without a worker, and so without a replay."""

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.testing import WorkflowEnvironment

from policies.vocabulary import Action, Role
from tests.harness import AGENT, REQUESTER, Life, desk_worker, opening
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.client.ticket_errors import ActionRefused
from workflows.client.tickets import TicketClient
from workflows.shared.action_request import ActionInput, ActionRequest
from workflows.ticket.actions.closing import Close
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.views import EventView, TicketView
from workflows.ticket.process import views
from workflows.ticket.state import closed_record
from workflows.ticket.workflow import TicketWorkflow

AT = datetime(2027, 3, 3, 15, tzinfo=UTC)
UNTIL = AT + timedelta(days=1)
ROLES = (Role.AGENT, Role.REQUESTER)


@pytest.mark.fault(74)
async def test_without_a_worker_a_closed_ticket_reads_as_its_workflow_would_show_it(
    server: WorkflowEnvironment,
) -> None:
    close = ActionRequest[Close](
        id="close-1", actor=AGENT, content=Close(closed_as="withdrawn", reason="By phone.")
    )
    async with desk_worker(server):
        life = await Life.begin(server, opening(AT))
        await life.act(Action.RESPOND, message="We look.", outcomes=["escalation"])
        closed = await life.tickets.act(life.number, Action.CLOSE, close)
        await life.handle.result()
        shown = {
            role: (
                await life.handle.query(TicketWorkflow.view, role),
                await life.handle.query(TicketWorkflow.timeline, role),
                await life.handle.query(TicketWorkflow.record, UNTIL),
            )
            for role in ROLES
        }
    reader = TicketClient(server.client)
    for role in ROLES:
        view: TicketView = await reader.view(life.number, role)
        events: list[EventView] = await reader.timeline(life.number, role)
        assert (view, events, await reader.record(life.number, UNTIL)) == shown[role]
    again = await reader.act(life.number, Action.CLOSE, close)
    assert again.fingerprint == closed.fingerprint
    other = ActionRequest[ActionInput](
        id="late", actor=REQUESTER, content=ACTIONS[Action.REOPEN].example
    )
    with pytest.raises(ActionRefused, match="closed"):
        await reader.act(life.number, Action.REOPEN, other)


@pytest.mark.fault(74)
def test_a_record_is_the_whole_state_and_a_fraction_of_its_size() -> None:
    state = TicketDriver().act(Action.RESPOND, message="We look.", outcomes=["escalation"]).state
    record = views.summary(state).record
    assert closed_record.unpacked(record) == state
    assert len(record) * 2 < len(state.model_dump_json())
