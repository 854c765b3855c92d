"""Pages that a pager holds open: each is acknowledged and resolved there when its ticket is.

Only what a pager took is followed up; a page that went by mail leaves nothing open. A page that
was taken late, when somebody was on the ticket already, is followed up as soon as it was.
"""

from collections.abc import Iterator, Sequence

from activities.notices import PAGE_ACKNOWLEDGED, PAGE_RESOLVED, PAGED
from policies.vocabulary import Carrier, EventType
from workflows.ticket.model.messages import Event
from workflows.ticket.model.state import NoticeRecord, TicketState
from workflows.ticket.model.ticket_clocks import ENDINGS

ANSWERS = frozenset({EventType.ACKNOWLEDGED, EventType.ASSIGNED, EventType.RESPONDED})
"""After any of these somebody is on the ticket, and nobody has to be woken for it."""


def follow_ups(state: TicketState) -> Iterator[NoticeRecord]:
    """What the pager is to be told of the pages it took, as the ticket stands; once owed, a
    follow-up has the same key again.
    """
    for page in state.notices:
        if page.template != PAGED or page.carrier is not Carrier.PAGER:
            continue
        since = state.events[page.event :]
        if not state.is_active and (ending := _first(since, ENDINGS)):
            yield _follow_up(PAGE_RESOLVED, page, ending)
        elif answer := _first(since, ANSWERS):
            yield _follow_up(PAGE_ACKNOWLEDGED, page, answer)


def page_of(follow_up: NoticeRecord, state: TicketState) -> NoticeRecord:
    """The page that a follow-up is about."""
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
