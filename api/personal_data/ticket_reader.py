"""Reads the tickets of a person as their requester may see them."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from api.personal_data.document import Ends, ExportedTicket, Held, Place, Why
from api.tickets.models import TicketDocument, Timeline
from encryption.errors import DataKeyDestroyed
from policies.vocabulary import Role
from workflows.client.calls import DeskUnavailable
from workflows.client.found_ticket import FoundTicket
from workflows.client.ticket_errors import TicketUnknown
from workflows.client.tickets import TicketClient
from workflows.ticket.model.views import TicketView

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ReadTicket:
    """A ticket as it is exported, with the language and zone of its requester."""

    exported: ExportedTicket
    locale: str
    zone: str


async def read_ticket(
    tickets: TicketClient, found: FoundTicket, retention: timedelta | None
) -> ReadTicket | Why:
    """A ticket as its requester may see it, or why it cannot be read."""
    try:
        view = await tickets.view(found.number, Role.REQUESTER)
        events = await tickets.timeline(found.number, Role.REQUESTER)
    except Exception as error:  # whatever is wrong with one ticket must not hide the others
        return reason_for(f"ticket {found.number}", error)
    ticket = TicketDocument.from_view(view).model_copy(update={"allowed_actions": ()})
    timeline = Timeline.from_events(found.number, events).events
    held = _held(found, retention)
    exported = ExportedTicket(held=held, ticket=ticket, timeline=timeline)
    return ReadTicket(exported, *_reader_of(view))


def reason_for(name: str, error: Exception) -> Why:
    """Why a ticket or an account cannot be read. A failure is logged by its type: its text could
    quote personal data.
    """
    match error:
        case DataKeyDestroyed():
            return Why.ERASED
        case TicketUnknown():
            return Why.DELETED
    logger.warning("%s is not in the export: %s", name, type(error).__name__)
    return Why.UNAVAILABLE if isinstance(error, DeskUnavailable) else Why.UNREADABLE


def _held(found: FoundTicket, retention: timedelta | None) -> Held:
    where, ends = Place.TICKET_HISTORY, Ends.RETENTION
    if retention is None:
        return Held(where=where, ends=ends)
    until = None if found.closed_at is None else found.closed_at + retention
    return Held(where=where, ends=ends, days=retention.days, until=until)


def _reader_of(view: TicketView) -> tuple[str, str]:
    """The language and zone of the requester."""
    if view.contact is None:
        return view.locale, view.zone
    return view.contact.locale or view.locale, view.contact.zone or view.zone
