"""Verifying a proof: its signature, its chain, and whether what it claims follows from its events.

Nothing is read but the proof: the zone offsets and holidays are those that it states.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import JsonValue, ValidationError

from policies.accounts.credits import late_earned
from policies.vocabulary import EventType
from proof.claims import clock_claim
from proof.commitments import chain
from proof.comparison import Finding, Identity, credits_of, differences, named
from proof.document import FORMAT, Hidden, ProofDocument, event_commitment
from proof.reading import (
    StatedEvent,
    Unreadable,
    as_of,
    events_of,
    read_document,
    shown_values,
    terms_of,
)
from proof.replay.recording import CannotHappen, play
from proof.replay.replayed_ticket import ReplayedTicket, is_deadline
from proof.signing import InvalidKey, PublicKey
from workflows.account.model.ticket_credits import TicketCredits
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.process.lateness import lateness_of

REPLAY = "events"
"""The part of a finding that the events cannot be replayed."""


@dataclass
class Report:
    """What a verification has found. A proof holds if there are no findings."""

    number: str = ""
    as_of: str = ""
    reader: str = ""
    signer: str = ""
    is_trusted: bool = False
    events: int = 0
    hidden_events: int = 0
    recomputed: list[str] = field(default_factory=list)
    not_recomputed: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether everything in the proof follows, and a trusted key has signed it."""
        return not self.findings


def verify(data: bytes, trusted: PublicKey | None, earlier: bytes | None = None) -> Report:
    """Verifies the bytes of a proof. Without a trusted key, that is a finding.

    With an `earlier` proof of the ticket, the events of that must be the first of this one.
    """
    report = Report()
    try:
        document = read_document(data)
    except Unreadable as error:
        report.findings.append(Finding("file", f"is not a proof that can be read: {error}"))
        return report
    report.number, report.as_of = document.number, document.as_of
    report.reader, report.events = document.reader, len(document.events)
    report.hidden_events = sum(isinstance(part.item, Hidden) for part in document.events)
    report.findings += _check_signature(document, trusted, report)
    report.findings += _check_chain(document)
    if earlier is not None:
        report.findings += _check_earlier(document, earlier)
    report.findings += recompute(document, report)
    return report


def recompute(document: ProofDocument, report: Report) -> list[Finding]:
    """Replays the events, and compares what follows with what the proof claims."""
    unproven = {(each.clock, each.cycle): each.because for each in document.not_recomputed}
    report.not_recomputed = {named(clock): because for clock, because in unproven.items()}
    try:
        return _compared(document, report, unproven)
    except Exception as error:
        # The core trusts its own record, so that a made-up one can fail in it anywhere.
        # Terms can be too old to be kept. Then the proof says so of every clock.
        names_all = bool(unproven) and identities(document) <= unproven.keys()
        return [] if names_all else [Finding(REPLAY, f"cannot be replayed: {_text(error)}")]


def _compared(
    document: ProofDocument, report: Report, unproven: dict[Identity, Any]
) -> list[Finding]:
    """What the claims have that does not follow."""
    until, replayed, wrong = _replay(document)
    findings = [*wrong, *_check_clocks(document, replayed, until, report)]
    findings += _check_deadlines(document, replayed)
    findings += _check_credits(document, replayed, until, report, unproven)
    return [finding for finding in findings if finding.about not in unproven]


def identities(document: ProofDocument) -> frozenset[Identity]:
    """The cycles of clocks that a proof shows."""
    claims = (claim for claim in shown_values(document.clocks) if isinstance(claim, dict))
    return frozenset(_deadline(claim) for claim in claims)


def _replay(document: ProofDocument) -> tuple[datetime, ReplayedTicket, list[Finding]]:
    until, events = as_of(document), list(events_of(document))
    if not events or events[0].event.type is not EventType.OPENED or events[0].event.seq != 1:
        raise ValueError("the first event is not that the ticket was opened")
    if max(stated.event.at for stated in events) > until:
        raise ValueError(f"an event is later than {document.as_of}, for which the proof is")
    parts = [terms_of(part) for part in document.terms]
    kinds = [stated.event.type for stated in events]
    if kinds.count(EventType.REVISION_CHANGED) != len(parts) - 1:
        raise ValueError("the terms are not as many as the changes of the revision")
    ticket = ReplayedTicket(
        events[0].event,
        document.number,
        [terms for terms, _ in parts],
        parts[0][1],
        settles_late=EventType.TERMS_SETTLED in kinds,
    )
    wrong = play(ticket, ((s.change, s.event) for s in _checked(events)), until)
    return until, ticket, [_wrong_due_time(event.seq, event.data, due) for event, due in wrong]


def _checked(events: list[StatedEvent]) -> Iterator[StatedEvent]:
    last = 0
    for stated in events:
        if stated.change < last:
            raise CannotHappen(stated.event, "its change is before that of the event before it")
        last = stated.change
        yield stated


def _wrong_due_time(seq: int, data: dict[str, JsonValue], due: datetime) -> Finding:
    identity = str(data["clock"]), int(str(data["cycle"]))
    return Finding(
        f"event {seq}",
        "its due_at does not follow",
        claimed=data["due_at"],
        follows=due.isoformat(),
        about=identity,
    )


def _check_signature(
    document: ProofDocument, trusted: PublicKey | None, report: Report
) -> Iterator[Finding]:
    try:
        signer = PublicKey(document.key)
    except InvalidKey as error:
        yield Finding("key", f"is not a public key: it {error}")
        return
    report.signer = signer.text
    try:
        root = document.root
    except ValueError as error:
        yield Finding("file", f"has no root: {_text(error)}")
        return
    if root != document.root_hash:
        yield Finding("root", "is not the hash of the proof", document.root_hash, root)
    if not signer.verifies(document.signature, root):
        yield Finding("signature", "is not that of the key for this proof")
    elif trusted is None:
        yield Finding(
            "key", "nobody vouches for it: give the public key of the desk, which it publishes"
        )
    report.is_trusted = trusted == signer
    if trusted is not None and not report.is_trusted:
        yield Finding("key", "is not the trusted one", document.key, trusted.text)


def _check_chain(document: ProofDocument) -> Iterator[Finding]:
    try:
        commitments = [event_commitment(part.item) for part in document.events]
    except ValueError as error:
        yield Finding("chain", f"cannot be computed: {_text(error)}")
        return
    links = chain(FORMAT, document.number, commitments)
    for number, (part, link) in enumerate(zip(document.events, links, strict=True), start=1):
        if part.link != link:
            yield Finding("chain", f"breaks at event {number}", part.link, link)
            return


def _check_earlier(document: ProofDocument, data: bytes) -> Iterator[Finding]:
    try:
        earlier = read_document(data)
    except Unreadable as error:
        yield Finding("earlier proof", f"is not a proof that can be read: {error}")
        return
    number, link = len(earlier.events), earlier.events[-1].link
    if earlier.number != document.number:
        yield Finding("earlier proof", "is of another ticket", document.number, earlier.number)
    elif number > len(document.events):
        yield Finding(
            "earlier proof", "has more events than this one", len(document.events), number
        )
    elif document.events[number - 1].link != link:
        message = f"has other events among its {number}: the record was changed"
        yield Finding("earlier proof", message, document.events[number - 1].link, link)


def _check_clocks(
    document: ProofDocument, ticket: ReplayedTicket, until: datetime, report: Report
) -> Iterator[Finding]:
    state = ticket.state
    follow = {(c.name, c.cycle): clock_claim(state, c, until) for c in ticket.clocks.cycles}
    claims: dict[Identity, dict[str, JsonValue]] = {}
    for claim in shown_values(document.clocks):
        if not isinstance(claim, dict) or type(claim.get("cycle")) is not int:
            yield Finding("clocks", "has a claim that is about no cycle of a clock")
            continue
        identity = _deadline(claim)
        if identity in claims:
            yield Finding(named(identity), "is stated twice", claim, claims[identity])
        claims[identity] = claim
    for identity, claim in claims.items():
        found = list(differences(identity, claim, follow.get(identity, {})))
        if identity not in follow:
            found = [Finding(named(identity), "does not run at all", claim, about=identity)]
        if not found and named(identity) not in report.not_recomputed:
            report.recomputed.append(named(identity))
        yield from found
    for identity in follow.keys() - claims.keys():
        follows: JsonValue = follow[identity]
        yield Finding(named(identity), "is not stated", None, follows, identity)


def _check_deadlines(document: ProofDocument, ticket: ReplayedTicket) -> Iterator[Finding]:
    """The breaches, and the reminders that ended, each with its time and its due time."""
    stated = {
        _deadline(each.event.data): (each.event.seq, each.event.at, each.event.data.get("due_at"))
        for each in events_of(document)
        if is_deadline(each.event)
    }
    follow = {
        _deadline(event.data): (event.at, event.data.get("due_at")) for event in ticket.deadlines
    }
    hides = any(isinstance(part.item, Hidden) for part in document.events)
    for identity, (seq, at, due_at) in stated.items():
        found = follow.get(identity)
        if found is None:
            yield Finding(f"event {seq}", f"{named(identity)} is not due", about=identity)
        elif found != (at, due_at):
            one, other = _times(at, due_at), _times(*found)
            message = f"the deadline of {named(identity)} does not follow"
            yield Finding(f"event {seq}", message, one, other, identity)
    for identity in follow.keys() - stated.keys():
        reminds = ticket.state.terms.clock(identity[0]).reminds
        if not (hides and reminds):
            message = "passes its deadline, and no event says so"
            at, due_at = follow[identity]
            yield Finding(named(identity), message, None, _times(at, due_at), identity)


def _check_credits(
    document: ProofDocument,
    ticket: ReplayedTicket,
    until: datetime,
    report: Report,
    unproven: dict[Identity, Any],
) -> Iterator[Finding]:
    cycles = {(clock.name, clock.cycle): clock for clock in ticket.clocks.cycles}
    stated: set[tuple[str, int, str]] = set()
    for value in shown_values(document.credits):
        try:
            claim = TicketCredits.model_validate(value)
        except ValidationError:
            yield Finding("credits", "has a claim that cannot be read")
            continue
        clock, identity = (claim.clock, claim.cycle), credits_of((claim.clock, claim.cycle))
        if (*identity, str(claim.rule)) in stated:
            yield Finding(named(identity), "are stated twice")
        stated.add((*identity, str(claim.rule)))
        if clock in unproven or identity in unproven:
            report.not_recomputed[named(identity)] = unproven.get(identity) or unproven[clock]
        elif claim.rule.period is not None:
            report.not_recomputed[named(identity)] = "other tickets"
        elif found := _wrong_credits(claim, ticket, cycles.get(clock), until):
            yield from found
        else:
            report.recomputed.append(named(identity))


def _wrong_credits(
    claim: TicketCredits, ticket: ReplayedTicket, clock: Clock | None, until: datetime
) -> list[Finding]:
    """What does not follow from the lateness of the cycle that replaying it has."""
    identity = credits_of((claim.clock, claim.cycle))
    part = named(identity)
    if clock is None or clock.breached_at is None:
        return [Finding(part, "the clock is not late", claim.earned, 0, identity)]
    if not claim.rule.concerns(claim.clock, clock.priority):
        return [Finding(part, "its rule is for another clock or priority", about=identity)]
    late = lateness_of(ticket.state, clock, until)
    number, worth = late_earned(late, claim.rule, claim.fees)
    if (number, worth) != (claim.earned, claim.worth):
        one: JsonValue = claim.model_dump(mode="json", include={"earned", "worth"})
        other: JsonValue = {"earned": number, "worth": _dumped(worth)}
        return [Finding(part, "do not follow from its lateness", one, other, identity)]
    return list(_wrong_entries(claim, number or 0))


def _wrong_entries(claim: TicketCredits, number: int) -> Iterator[Finding]:
    """The entries of the account: together the credits that are earned, each worth what its number
    is, or less under a cap.
    """
    identity = credits_of((claim.clock, claim.cycle))
    total = sum(entry.credits for entry in claim.entries)
    if total != number:
        message = "the entries of the account are not what is earned"
        yield Finding(named(identity), message, total, number, identity)
    for entry in claim.entries:
        own = claim.rule.one.times(entry.credits).priced(claim.fees).rounded()
        stated = entry.before_cap or entry.granted
        is_worth = (stated.unit, stated.number) == (own.unit, own.number)
        if not is_worth or not 0 <= entry.granted.number <= own.number:
            message = f"entry {entry.id} is not worth its credits"
            granted = _dumped(entry.granted)
            yield Finding(named(identity), message, granted, _dumped(own), identity)


def _deadline(data: dict[str, JsonValue]) -> Identity:
    cycle = data.get("cycle")
    return str(data.get("clock")), cycle if isinstance(cycle, int) else 0


def _times(at: datetime, due_at: JsonValue) -> JsonValue:
    return {"at": at.isoformat(), "due_at": due_at}


def _dumped(worth: Any) -> JsonValue:
    return worth.model_dump(mode="json") if worth is not None else None


def _text(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))[:120]}: {first['msg'][:200]}"
    return str(error)[:200] or type(error).__name__
