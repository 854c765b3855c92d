"""The time of one action on a ticket, by a Temporal client."""

from datetime import UTC, datetime
from itertools import count
from time import perf_counter

from temporalio.client import Client

from benchmarks.support.concurrency import Numbers
from commands.simulation import contently_demo
from policies.vocabulary import Action
from workflows.client.tickets import TicketClient
from workflows.shared.action_request import ActionRequest
from workflows.ticket.actions.information import AddNote

_NUMBERS = Numbers()


class TimedUpdates:
    """Adds notes to one ticket, which sends nothing."""

    def __init__(self, client: Client) -> None:
        self._tickets = TicketClient(client)
        number = _NUMBERS.next()
        opening = contently_demo.prepare(datetime.now(UTC)).opening
        self._opening = opening.model_copy(update={"number": number, "fingerprint": number})
        self._ids = count(1)

    async def open(self) -> None:
        """Opens it."""
        await self._tickets.open(self._opening)

    async def one(self) -> float:
        """The milliseconds of one more note."""
        request = ActionRequest[AddNote](
            id=f"note-{next(self._ids)}",
            actor=contently_demo.ADA,
            content=AddNote(note="A note."),
        )
        began = perf_counter()
        await self._tickets.act(self._opening.number, Action.ADD_NOTE, request)
        return (perf_counter() - began) * 1000
