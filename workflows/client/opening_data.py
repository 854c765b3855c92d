"""The person who asked for a ticket, from the first event of its history: no worker is needed, and
the ticket can have ended or been refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from temporalio.client import Client
from temporalio.converter import WorkflowSerializationContext

from policies.vocabulary import Role


@dataclass(frozen=True)
class OpeningData:
    """The requester of a ticket, and the id of the actor that opened it if that is the same
    person.
    """

    address: str = ""
    name: str = ""
    actor: str | None = None


async def opening_of(client: Client, workflow_id: str, run_id: str | None) -> OpeningData | None:
    """The requester; None if the input of the workflow is not that of a ticket.

    Raises RPCError if there is no such run, and the error of the data converter if the input cannot
    be decoded.
    """
    handle = client.get_workflow_handle(workflow_id, run_id=run_id)
    async for event in handle.fetch_history_events(page_size=1):
        payloads = event.workflow_execution_started_event_attributes.input.payloads
        context = WorkflowSerializationContext(client.namespace, workflow_id)
        values = await client.data_converter.with_context(context).decode(payloads)
        return _requester(values[0]) if values and isinstance(values[0], dict) else None
    return None


def _requester(start: Mapping[str, Any]) -> OpeningData | None:
    """The requester in the input of a run: of an opening, of a carried state, or of a request."""
    opening = start.get("opening") or _mapping(start.get("carried")).get("opening")
    if opening is None:
        requester, opener = _mapping(start.get("requester")), _mapping(start.get("opened_by"))
    else:
        contacts = _mapping(_mapping(_mapping(opening).get("terms")).get("contacts"))
        requester = _mapping(contacts.get("requester"))
        opener = _mapping(_mapping(opening).get("opened_by"))
    if not requester:
        return None
    name = str(requester.get("name", ""))
    is_same = opener.get("role") == Role.REQUESTER and opener.get("name") == name
    actor = str(opener["id"]) if is_same and "id" in opener else None
    return OpeningData(str(requester.get("email", "")), name, actor)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
