"""Follow-ups of pages: a pager acknowledges and resolves an alert when the ticket does.

Only pages that a pager accepted have follow-ups; a page sent by e-mail leaves no open alert. A page
that is accepted after an agent has taken up the ticket is followed up at once.
"""

from collections.abc import Iterator, Sequence

from activities.notices import PAGE_ACKNOWLEDGED, PAGE_RESOLVED, PAGED
from policies.vocabulary import Carrier, EventType
from workflows.ticket.clocks.past_events import ENDINGS
from workflows.ticket.model.events import Event
from workflows.ticket.state.notice_record import NoticeRecord
from workflows.ticket.state.ticket_state import TicketState

REACTIONS = frozenset({EventType.ACKNOWLEDGED, EventType.ASSIGNED, EventType.RESPONDED})
"""Events that acknowledge an alert: an agent works on the ticket."""


def follow_ups(state: TicketState) -> Iterator[NoticeRecord]:
    """The follow-up that each page needs now. The same one has the same key every time."""
    for page in state.notices:
        if page.template != PAGED or page.carrier is not Carrier.PAGER:
            continue
        since = state.events[page.event :]
        if not state.is_active and (ending := _first(since, ENDINGS)):
            yield _follow_up(PAGE_RESOLVED, page, ending)
        elif reaction := _first(since, REACTIONS):
            yield _follow_up(PAGE_ACKNOWLEDGED, page, reaction)


def page_of(follow_up: NoticeRecord, state: TicketState) -> NoticeRecord:
    """The page of a follow-up."""
    _, _, key = follow_up.key.partition("/")
    return next(page for page in state.notices if page.key == key)


def _follow_up(template: str, page: NoticeRecord, event: Event) -> NoticeRecord:
    return NoticeRecord(
        key=f"{template}/{page.key}",
        template=template,
        audience=page.audience,
        to=page.to,
        event=event.seq,
    )


def _first(events: Sequence[Event], types: frozenset[EventType]) -> Event | None:
    return next((event for event in events if event.type in types), None)
