"""The ticket that a ticket was merged into, and that has a copy of its request."""

from temporalio.client import Client, WorkflowHistoryEventFilterType
from temporalio.converter import WorkflowSerializationContext

from policies.vocabulary import ClosedAs
from workflows.client.tickets import TicketClient


async def survivor_of(client: Client, number: str, workflow_id: str) -> str | None:
    """The number of the ticket that this ended one was merged into; None if it was not merged."""
    if not await _is_duplicate(client, workflow_id):
        return None
    return (await TicketClient(client).view(number)).merged_into


async def _is_duplicate(client: Client, workflow_id: str) -> bool:
    """Whether the result of the workflow says that the ticket was merged. No worker is needed."""
    handle = client.get_workflow_handle(workflow_id)
    context = WorkflowSerializationContext(client.namespace, workflow_id)
    last = WorkflowHistoryEventFilterType.CLOSE_EVENT
    async for event in handle.fetch_history_events(event_filter_type=last):
        payloads = event.workflow_execution_completed_event_attributes.result.payloads
        values = await client.data_converter.with_context(context).decode(payloads)
        summary = values[0] if values and isinstance(values[0], dict) else {}
        return summary.get("closed_as") == ClosedAs.DUPLICATE
    return False
