"""Public and internal: which parts of a ticket a requester may read. Support reads all of them.

Every view of a ticket asks `is_visible`. A backend acts for requesters and reads what they read.
"""

from policies.vocabulary import INTERNAL_EVENTS, EventType, Role
from workflows.ticket.actions.rule import REQUESTER
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.model.messages import Event, MessageView
from workflows.ticket.process import duties
from workflows.ticket.process.duties import Duty
from workflows.ticket.state.notice_record import NoticeRecord
from workflows.ticket.state.ticket_state import TicketState

_ABOUT_THE_WORK = frozenset({EventType.FINDING_RECORDED, EventType.NOTICE_UNDELIVERABLE})
"""Events about the work of the support team. Unlike internal events, a policy can notify others of
them.
"""
_OF_OTHERS = frozenset({EventType.MERGED_IN})
"""Messages that another requester wrote, in a ticket that was merged into this one."""


def is_staff(role: Role) -> bool:
    """Whether the role belongs to the support team or its company."""
    return role not in REQUESTER


def is_visible(
    part: Event | MessageView | Clock | NoticeRecord | Duty, state: TicketState, role: Role
) -> bool:
    """Whether a reader of this role may see a part of the ticket."""
    return is_staff(role) or _is_public(part, state)


def _is_public(part: Event | MessageView | Clock | NoticeRecord | Duty, state: TicketState) -> bool:
    if isinstance(part, Event):
        return part.type not in INTERNAL_EVENTS | _ABOUT_THE_WORK and _has_public_clock(part, state)
    if isinstance(part, MessageView):
        return part.event not in _OF_OTHERS
    if isinstance(part, Clock):
        return _is_promised(part.name, state)
    if isinstance(part, NoticeRecord):
        return part.audience == duties.REQUESTER
    return part.is_public


def _has_public_clock(event: Event, state: TicketState) -> bool:
    """Whether an event is not about a clock, or about one that is promised."""
    clock = event.data.get("clock")
    return clock is None or _is_promised(str(clock), state)


def _is_promised(name: str, state: TicketState) -> bool:
    return any(clock.name == name and clock.promised for clock in state.terms.clocks)
