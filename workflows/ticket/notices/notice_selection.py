"""Selection: one change of a ticket is one e-mail to each person, whatever the rules say.

A person can be reached as several audiences, by several rules, and by several events of one change.
The e-mail of some events reports others too, so it is the one that is sent. Otherwise it is the one
of the last event, which says how the ticket is now. Pages are alerts, not e-mails: they are apart.
"""

from collections.abc import Iterable
from typing import NamedTuple

from activities.notices import PAGED
from policies.terms.model.recipient import Recipient
from policies.vocabulary import ClosedAs, EventType, Role
from workflows.ticket.model.events import Event

IN_RESPONSE = frozenset({EventType.RESOLVED, EventType.INFORMATION_REQUESTED, EventType.ESCALATED})
"""Events that the notice of a first response reports as well."""
WITH_QUESTIONS = frozenset({EventType.OPENED, EventType.REVISION_CHANGED})
"""Events whose notice has the questions of a coverage decision made at the same moment."""


class Candidate(NamedTuple):
    """A notice that a rule asks for."""

    event: Event
    template: str
    audience: str
    recipient: Recipient


def one_to_each_person(
    candidates: Iterable[Candidate], told_before: frozenset[str] = frozenset()
) -> list[Candidate]:
    """The notices to send, in their order, but none to the mailboxes that were `told_before`."""
    chosen: dict[tuple[str, bool], Candidate] = {}
    for candidate in candidates:
        mailbox, is_page = candidate.recipient.mailbox, candidate.template == PAGED
        if mailbox in told_before:
            continue
        before = chosen.get((mailbox, is_page))
        if before is None or _replaces(candidate.event, before.event):
            chosen[mailbox, is_page] = candidate
    return sorted(chosen.values(), key=lambda candidate: candidate.event.seq)


def closes_automatically(event: Event) -> bool:
    """Whether a resolved ticket closes by itself, which the notice of its resolution announced."""
    is_automatic = event.type is EventType.CLOSED and event.by.role is Role.SYSTEM
    is_announced = "by_clock" not in event.data
    ends = (ClosedAs.RESOLVED, ClosedAs.NO_REPLY)
    return is_automatic and is_announced and event.data["closed_as"] in ends


def _replaces(later: Event, earlier: Event) -> bool:
    """Whether the notice of a later event is the one to send."""
    if later.seq == earlier.seq:
        return False
    if earlier.type is EventType.RESPONDED:
        return later.type not in IN_RESPONSE
    is_question = later.type is EventType.INFORMATION_REQUESTED
    return not (is_question and earlier.type in WITH_QUESTIONS)
