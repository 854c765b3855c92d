"""Digests: actions of requesters cause a limited number of e-mails, and one tells of the rest.

A program that writes as a requester would otherwise flood the support team: one e-mail for every
action. Above a quota, e-mails are held, and a digest tells of them after a while. Nothing else is
held: neither pages, nor what agents do, nor what clocks cause. A mailbox is that of one person, who
can be reached as several audiences.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import takewhile

from pydantic import JsonValue

from activities.notices import DIGEST, PAGED
from policies.vocabulary import EventType, NoticeStatus, Role
from workflows.ticket.model.events import Event
from workflows.ticket.model.visibility import author_for, data_for
from workflows.ticket.state.notice_record import NoticeRecord
from workflows.ticket.state.record_size import REQUESTERS
from workflows.ticket.state.ticket_state import TicketState

QUOTA = 10
"""E-mails that actions of requesters cause to one mailbox within a period, before any is held."""
PERIOD = timedelta(hours=1)
"""The period of the quota, and the longest time for which an e-mail is held."""
MOST_ENTRIES = 10
"""Held e-mails that a digest names, the last ones. It counts all of them."""
LONGEST_EXCERPT = 200
"""Characters of a message that a digest quotes."""
LARGEST_DIGEST = 20_000
"""Bytes of a digest, by estimate."""
CONSEQUENCES = frozenset(
    {
        EventType.INFORMATION_REQUESTED,
        EventType.VERDICT_REACHED,
        EventType.CONTRACT_INCOMPLETE,
        EventType.OBJECTIONS_FOUND,
    }
)
"""Events by the system that an answer of a requester can cause each time."""
NEVER_HELD = frozenset(
    {
        EventType.OPENED,
        EventType.ESCALATED,
        EventType.LEVEL_RAISED,
        EventType.REOPENED,
        EventType.WITHDRAWN,
        EventType.CLOSED,
    }
)
"""Events of which a ticket has few, because support acts between two of them. The desk must know of
each at once, so they are outside the quota.
"""


def is_over_quota(state: TicketState, record: NoticeRecord, since: datetime) -> bool:
    """Whether a new notice is held: its mailbox has had the quota since then, or waits for a
    digest.
    """
    mailbox = record.to.mailbox
    if not _is_caused_by_requester(state, record):
        return False
    if any(held.to.mailbox == mailbox for held in _held(state)):
        return True
    sent = [n for n in state.notices if _is_counted(state, n, since) and n.to.mailbox == mailbox]
    return len(sent) >= QUOTA


def first_held(state: TicketState) -> list[NoticeRecord]:
    """Of each mailbox that waits for a digest, the first notice that is held."""
    firsts: dict[str, NoticeRecord] = {}
    for record in _held(state):
        firsts.setdefault(record.to.mailbox, record)
    return list(firsts.values())


def digest_of(state: TicketState, mailbox: str, at: datetime) -> NoticeRecord:
    """The digest of everything that is held for a mailbox. Its key is that of the last one."""
    last = [record for record in _held(state) if record.to.mailbox == mailbox][-1]
    return NoticeRecord(
        key=f"{DIGEST}/{last.key}",
        template=DIGEST,
        audience=last.audience,
        to=last.to,
        event=last.event,
        at=at,
    )


def digest_facts(state: TicketState, digest: NoticeRecord) -> dict[str, JsonValue]:
    """How many e-mails a digest stands for, and the last ones."""
    before = takewhile(lambda notice: notice.key != digest.key, state.notices)
    told = [held for held in _held_in(list(before)) if held.to.mailbox == digest.to.mailbox]
    entries: list[JsonValue] = [_entry(state, held) for held in told[-MOST_ENTRIES:]]
    since = state.noticed_at(told[0]).isoformat()
    return {"count": len(told), "since": since, "entries": entries}


def _entry(state: TicketState, held: NoticeRecord) -> dict[str, JsonValue]:
    event = state.events[held.event - 1]
    author = author_for(held.audience, event.by, state.terms)
    data = data_for(held.audience, event, state.terms)
    text = data.get("message") or data.get("reason")
    return {
        "at": event.at.isoformat(),
        "by": None if event.by.role is Role.SYSTEM else author,
        "notice": held.template,
        "excerpt": _excerpt(str(text)) if text else None,
    }


def _excerpt(text: str) -> str:
    one_line = " ".join(text[: 2 * LONGEST_EXCERPT].split())
    is_whole = len(text) <= 2 * LONGEST_EXCERPT and len(one_line) <= LONGEST_EXCERPT
    return one_line if is_whole else f"{one_line[: LONGEST_EXCERPT - 1]}…"


def _held(state: TicketState) -> Iterator[NoticeRecord]:
    return _held_in(state.notices)


def _held_in(notices: list[NoticeRecord]) -> Iterator[NoticeRecord]:
    """The notices that are held and that no digest has told of, oldest first."""
    waiting: list[NoticeRecord] = []
    told: set[str] = set()
    for record in reversed(notices):
        if record.template == DIGEST:
            told.add(record.to.mailbox)
        elif record.status is NoticeStatus.IN_DIGEST and record.to.mailbox not in told:
            waiting.append(record)
    return reversed(waiting)


def _is_counted(state: TicketState, notice: NoticeRecord, since: datetime) -> bool:
    """Whether a notice is an e-mail of the quota: it was sent by itself, and since then."""
    is_alone = notice.template != DIGEST and notice.status is not NoticeStatus.IN_DIGEST
    is_recent = state.events[notice.event - 1].at > since
    return is_alone and is_recent and _is_caused_by_requester(state, notice)


def _is_caused_by_requester(state: TicketState, record: NoticeRecord) -> bool:
    event = state.events[record.event - 1]
    if record.template == PAGED or event.type in NEVER_HELD:
        return False
    return event.by.role in REQUESTERS or _is_consequence(event)


def _is_consequence(event: Event) -> bool:
    return event.by.role is Role.SYSTEM and event.type in CONSEQUENCES
