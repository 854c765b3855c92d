"""Making a proof of a ticket: what a role sees of it as items, the rest as hashes, signed.

What is made is verified before it is signed. A clock that the reader cannot recompute, because
something is hidden that it depends on, is named in the proof.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

from pydantic import JsonValue, SecretStr

from policies.terms.model.ticket_terms import Terms
from policies.vocabulary import EventType, Role
from proof.canonical import canonical
from proof.claims import clock_claim
from proof.commitments import Salts, first_link, next_link
from proof.comparison import Identity, is_of_credits
from proof.document import CLAIM, CREDIT, FORMAT, Body, ProofDocument
from proof.event_items import EventItem, changes, exact
from proof.instants import instant
from proof.signing import ProofKey
from proof.terms_items import terms_items
from proof.verification import Report, identities, recompute
from workflows.account.model.ticket_credits import TicketCredits
from workflows.shared.visibility.sight import sees_internal
from workflows.ticket.model.visibility import promised_clocks, shown_event
from workflows.ticket.state.record import TicketRecord
from workflows.ticket.state.ticket_state import TicketState

logger = logging.getLogger(__name__)
_NO_ROOT = "0" * 64


class ProofMaker:
    """Makes proofs, with the key of the desk."""

    def __init__(self, key: ProofKey) -> None:
        self._key = key

    @property
    def public_key(self) -> str:
        """The key by which anybody verifies."""
        return self._key.public.text

    def make(
        self,
        record: TicketRecord,
        role: Role,
        credits: Sequence[TicketCredits] = (),
        *,
        sees_credits: bool = False,
    ) -> bytes:
        """The proof of a ticket for readers of a role."""
        body = self._body(record, role, credits, sees_credits)
        failing = _failing(body)
        if failing and not sees_internal(role):
            # Staff sees all: what follows for them depends on something hidden.
            whole = _failing(self._body(record, Role.OPERATOR, credits, True))
        else:
            whole = failing
        body["not_recomputed"] = [
            {"clock": clock, "cycle": cycle, "because": self._because(record, whole, clock, cycle)}
            for clock, cycle in sorted(failing)
        ]
        for clock, cycle in sorted(failing & whole if _has_all_terms(record.state) else ()):
            if not is_of_credits((clock, cycle)):
                number = record.state.opening.number
                logger.warning("ticket=%s: %s %d cannot be recomputed", number, clock, cycle)
        root = Body.model_validate(body).root
        signed = {
            "key": self.public_key,
            "root_hash": root,
            "signature": self._key.sign(root),
        }
        return canonical({**body, **signed})

    def _because(
        self, record: TicketRecord, failing: frozenset[Identity], clock: str, cycle: int
    ) -> str:
        if is_of_credits((clock, cycle)):
            return "account"
        if (clock, cycle) not in failing:
            return "hidden"
        return "unexplained" if _has_all_terms(record.state) else "terms"

    def _body(
        self,
        record: TicketRecord,
        role: Role,
        credits: Sequence[TicketCredits],
        sees_credits: bool,
    ) -> dict[str, JsonValue]:
        state, sees_all = record.state, sees_internal(role)
        number, promised = state.opening.number, promised_clocks(state.terms)
        salts = Salts(self._key.salt_secret, number)
        at = _as_of(record, role)
        as_of = instant(at)
        clocks = [
            (
                f"{clock.name}/{clock.cycle}",
                clock_claim(state, clock, at),
                sees_all or clock.name in promised,
            )
            for clock in state.clocks
        ]
        earned = [
            (
                f"{claim.clock}/{claim.cycle}",
                exact(claim.model_dump(mode="json")),
                sees_credits and (sees_all or claim.clock in promised),
            )
            for claim in credits
        ]
        return {
            "format": FORMAT,
            "number": number,
            "as_of": as_of,
            "reader": "staff" if sees_all else "requester",
            "terms": [*_terms(state, salts, sees_all)],
            "events": [*_events(state, salts, role)],
            "clocks": salts.listed(CLAIM, "", clocks, as_of),
            "credits": salts.listed(CREDIT, "", earned, as_of),
            "not_recomputed": [],
        }


def maker_with(secret: SecretStr | None) -> ProofMaker | None:
    """Makes proofs with this key; None without one."""
    return ProofMaker(ProofKey(secret.get_secret_value())) if secret is not None else None


def _as_of(record: TicketRecord, role: Role) -> datetime:
    """The time for which a proof is. A ticket that is over has the same proof from its last event
    on: the last one that the reader sees, because the time of another is hidden.
    """
    state = record.state
    if not record.is_over or sees_internal(role):
        return record.as_of
    seen = (event for event in state.events if shown_event(event, state.terms, role))
    return max(event.at for event in seen)


def _terms(state: TicketState, salts: Salts, sees_all: bool) -> Iterator[JsonValue]:
    for number, terms in enumerate(_all_terms(state)):
        stated = _stated_facts(state, terms) if number == 0 else {}
        yield terms_items(terms, salts, str(number), sees_all, stated)


def _all_terms(state: TicketState) -> list[Terms]:
    """The terms at first, and those of each change of the revision."""
    return [*state.earlier_terms, state.terms]


def _has_all_terms(state: TicketState) -> bool:
    return len(state.earlier_terms) == len([*state.events_of(EventType.REVISION_CHANGED)])


def _stated_facts(state: TicketState, terms: Terms) -> dict[str, JsonValue]:
    """The facts of the request on which promises depend."""
    request = state.opening.request
    stated = request.stated_facts if request is not None else {}
    return {name: exact(stated[name]) for name in terms.promised_by if name in stated}


def _events(state: TicketState, salts: Salts, role: Role) -> Iterator[JsonValue]:
    link = first_link(FORMAT, state.opening.number)
    for event, change in zip(state.events, changes(state.events), strict=True):
        item = EventItem(event, change, salts)
        link = next_link(link, item.commitment)
        yield {"item": item.shown_to(role, state.terms), "link": link}


def _failing(body: dict[str, JsonValue]) -> frozenset[Identity]:
    """The cycles that are shown and do not follow; all of them if the events do not."""
    unsigned = {"key": "", "root_hash": _NO_ROOT, "signature": ""}
    document = ProofDocument.model_validate({**body, **unsigned})
    findings = recompute(document, Report())
    about = frozenset(finding.about for finding in findings if finding.about is not None)
    has_failed = any(finding.about is None for finding in findings)
    return identities(document) if has_failed else about
