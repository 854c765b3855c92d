"""The notices that events and rungs owe, each once (docs/policies.md, `notices` and `ladder`)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from tests.chaos.model.document import Plain
from tests.chaos.model.events import Event, Notice
from tests.chaos.model.state import TicketState

FOR_FOLLOWERS = {
    *("responded", "update_posted", "escalated", "handed_over", "forecast_shared"),
    *("workaround_provided", "workaround_withdrawn", "estimate_given", "milestone_recorded"),
    *("engineering_started", "release_scheduled", "resolved", "closed"),
}
"""Events that requesters of duplicates are notified of too. Questions go to the first requester."""
FOLLOWER = "requester/"
QUOTA = 10
QUOTA_PERIOD = timedelta(hours=1)
NEVER_HELD = {"opened", "escalated", "level_raised", "reopened", "withdrawn", "closed"}
"""Events that a requester cannot repeat without support."""
FOLLOWING_AN_ANSWER = ("information_requested", "verdict_reached", "contract_incomplete")
"""Events by the system that answers of requesters cause."""


class _Proposal(NamedTuple):
    """A notice that a rule asks for."""

    event: Event
    template: str
    audience: str
    address: str

    def is_for_same_person(self, other: "_Proposal") -> bool:
        """Whether both are e-mails, or both pages, to one mailbox, whose case does not matter."""
        pages = (self.template == "paged", other.template == "paged")
        return self.address.lower() == other.address.lower() and pages[0] == pages[1]


class Outbox:
    """Adds the notices that a ticket owes."""

    def __init__(self, ticket: TicketState) -> None:
        self._ticket = ticket

    def announce(self, events: Sequence[Event]) -> None:
        """Enqueues the notices that the policy attaches to events of one moment.

        One e-mail to each person: of the event that reports the others, else of the last one. A
        page is not an e-mail.
        """
        owed = [proposal for event in events for proposal in self._proposals(event)]
        for proposal in owed:
            others = [o for o in owed if o.is_for_same_person(proposal)]
            if proposal is _best(others) and not self._was_told(proposal):
                self._add(proposal, is_of_quota=_is_of_quota(proposal))

    def enqueue(self, event: Event, audiences: Sequence[str], template: str) -> None:
        """One notice for each audience, and one for each person."""
        mailboxes: set[str] = set()
        for proposal in self._to(event, audiences, template):
            if proposal.address.lower() not in mailboxes:
                mailboxes.add(proposal.address.lower())
                self._add(proposal)

    def digests(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """For each mailbox with held notices, a digest an hour after the first of them."""
        for mailbox, held in self._ticket.held.items():
            at = held[0].at + QUOTA_PERIOD
            yield at, lambda mailbox=mailbox, at=at: self._send_digest(mailbox, at)  # type: ignore[misc]

    def _send_digest(self, mailbox: str, at: datetime) -> None:
        last = self._ticket.held.pop(mailbox)[-1]
        digest = Notice("digest", last.audience, last.to, at, ("digest", *last.key))
        self._ticket.notices.append(digest)

    def _proposals(self, event: Event) -> Iterator[_Proposal]:
        for rule in self._rules_about(event):
            priorities = rule.get("priorities")
            is_told = self._ticket.request.tells(rule, self._ticket.facts)
            if is_told and (not priorities or self._ticket.priority in priorities):
                follow = "requester" in rule["tell"] and event.type in FOR_FOLLOWERS
                audiences = [*rule["tell"], *(self._followers if follow else ())]
                yield from self._to(event, audiences, rule.get("template") or _template(event))
        own = {
            "contract_incomplete": ["assignee"],
            "level_raised": [event.data.get("audience", ""), "requester"],
        }
        yield from self._to(event, own.get(event.type, []), event.type)
        # A refusal can be referred to a contact (cention/professional-services).
        referred = [event.data["refers_to"]] if "refers_to" in event.data else []
        if event.type == "closed":
            yield from self._to(event, referred, "referred")
        if event.takes_on:
            yield from self._to(event, ["requester", *self._followers, *referred], event.type)

    def _to(self, event: Event, audiences: Sequence[str], template: str) -> Iterator[_Proposal]:
        for audience in audiences:
            address = self._address(audience)
            if address is not None:
                yield _Proposal(event, template, audience, address)

    def _was_told(self, proposal: _Proposal) -> bool:
        """The notice of a resolution has announced that the ticket closes automatically."""
        event = proposal.event
        if (
            event.type != "closed"
            or event.role != "system"
            or "by_clock" in event.data
            or event.data["closed_as"] not in {"resolved", "no_reply"}
        ):
            return False
        audiences = [a for rule in self._rules("resolved") for a in rule["tell"]]
        addresses = [self._address(audience) for audience in (*audiences, *self._followers)]
        return proposal.address.lower() in {a.lower() for a in addresses if a is not None}

    def _add(self, proposal: _Proposal, *, is_of_quota: bool = False) -> None:
        event, template, audience, address = proposal
        key, mailbox = _identity(event, template, audience), address.lower()
        if any(notice.key == key for notice in self._ticket.notices):
            return
        is_held = is_of_quota and self._is_used_up(mailbox, event.at)
        notice = Notice(template, audience, address, event.at, key, is_of_quota, is_held)
        self._ticket.notices.append(notice)
        if is_held:
            self._ticket.held.setdefault(mailbox, []).append(notice)

    def _is_used_up(self, mailbox: str, at: datetime) -> bool:
        """Whether a mailbox waits for a digest, or had all e-mails of the quota in the hour before
        (docs/policies.md, `notices`).
        """
        lately = [n for n in self._ticket.notices if n.is_of_quota and at - n.at < QUOTA_PERIOD]
        sent = [n for n in lately if n.to.lower() == mailbox and not n.is_held]
        return mailbox in self._ticket.held or len(sent) >= QUOTA

    def _rules_about(self, event: Event) -> list[Plain]:
        """The rules about an event. A page is for work: there is none for a request that
        is refused, and one that is taken on is work like a new one.
        """
        is_work = self._ticket.is_active and not self._ticket.verdict.closed_as
        own = [rule for name in event.names for rule in self._rules(name)]
        rules = [rule for rule in own if rule.get("template") != "paged"]
        pages = [rule for kind in event.counts_as for rule in self._rules(kind)]
        return rules + [rule for rule in pages if is_work and rule.get("template") == "paged"]

    def _rules(self, event_type: str | None) -> list[Plain]:
        return [rule for rule in self._ticket.request.notices if rule["event"] == event_type]

    @property
    def _followers(self) -> list[str]:
        """The requesters of duplicates (docs/api.md, `merge`)."""
        return [f"{FOLLOWER}{number}" for number in self._ticket.followers]

    def _address(self, audience: str) -> str | None:
        if audience.startswith(FOLLOWER):
            return self._ticket.followers[audience.removeprefix(FOLLOWER)]
        if audience != "assignee":
            return self._ticket.request.contacts.get(audience)
        if self._ticket.assignee is not None:
            return str(self._ticket.assignee["email"])
        ticket, request = self._ticket, self._ticket.request
        name = request.chosen(request.rules.get("unassigned"), ticket.priority, ticket.facts)
        return request.contacts.get(name or "")


def _is_of_quota(proposal: _Proposal) -> bool:
    """Whether a requester caused an e-mail that can be held."""
    event = proposal.event
    if proposal.template == "paged" or event.type in NEVER_HELD:
        return False
    return event.role in {"requester", "service"} or (
        event.role == "system" and event.type in FOLLOWING_AN_ANSWER
    )


def _template(event: Event) -> str:
    is_automatic = event.type == "information_requested" and event.role == "system"
    return "information_needed" if is_automatic else event.type


def _best(proposals: Sequence[_Proposal]) -> _Proposal:
    """The last one, unless an earlier one has its content: a response its question, resolution and
    escalation; a receipt and a change of revision the questions about coverage.
    """
    best = proposals[0]
    for other in proposals[1:]:
        if other.event.seq != best.event.seq and not _reports(best.event, other.event):
            best = other
    return best


def _reports(event: Event, later: Event) -> bool:
    if event.type == "responded":
        return later.type in {"resolved", "information_requested", "escalated"}
    is_question = later.type == "information_requested" and later.role == "system"
    return is_question and event.type in {"opened", "revision_changed"}


def _identity(event: Event, template: str, audience: str) -> tuple[object, ...]:
    """A rung has one notice per cycle and audience, an event one per template and audience."""
    if "rung" in event.data:
        rung = (event.data["clock"], event.data["cycle"], event.data["rung"])
        return (event.type, 0, *rung, audience)
    return (template, event.seq, audience)
