"""What a proof of a ticket is made from: its record, and what its account has for its lateness."""

from datetime import datetime

from workflows.account.model.ticket_credits import TicketCredits
from workflows.client.accounts import AccountClient
from workflows.client.tickets import TicketClient
from workflows.ticket.process.duties import UNDER_WAY
from workflows.ticket.state.record import TicketRecord


async def proof_source(
    tickets: TicketClient, accounts: AccountClient, number: str, now: datetime
) -> tuple[TicketRecord, list[TicketCredits]]:
    """The record of a ticket, and its credits at the same time. A ticket whose lateness earns
    nothing has none. Raises TicketUnknown, or DeskUnavailable.
    """
    record = await tickets.record(number, now - UNDER_WAY)
    state = record.state
    is_late = any(c.breached_at and c.name in state.terms.credited for c in state.clocks)
    if not is_late:
        return record, []
    return record, await accounts.credits_of_ticket(state.terms.account, number, record.as_of)
