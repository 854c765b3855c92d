"""Forgetting: removes one person from the state of an account.

Amounts, times, ticket numbers and ids of entries stay, because service credits and claims rest on
them. Addresses are found anywhere in a text. Names are found where a field names a person, and in
texts if they have several words; a single word would also be found where it means something else.
The terms stay as they are: they come from the contract.
"""

import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from policies.terms.model.recipient import Recipient
from policies.vocabulary import NoticeStatus, Role
from workflows.account.model.person import Person, actor_mark, address_mark, name_mark
from workflows.account.state import AccountState, NoticeRecord
from workflows.shared.action_request import Actor

ERASED = "[erased]"
NOBODY = Recipient(name=ERASED, email="erased@erased.invalid")
NO_RECIPIENT = "the recipient was erased"
NAMED = ("by", "requested_by")
"""The data of an event, and the facts of a notice, that name a person."""
MOST_WORDS = 5
"""The words of the longest name that is found in a text."""

_SPACES = r"\s<>()\[\]{}\",;:"
_ADDRESS = re.compile(rf"[^'{_SPACES}][^{_SPACES}]*@[^{_SPACES}]*[^.!?'{_SPACES}]")
_WORD = re.compile(r"[^\s<>()\[\]{}\",;:.!?]+")

T = TypeVar("T")


def forget(state: AccountState, person: Person) -> int:
    """Removes the person; returns the number of places. A pending notice to it is given up."""
    eraser = _Eraser(state.terms.account, person, [*_recipients(state)], [*_actors(state)])
    state.credits = [eraser.applied_to(c, requester=eraser.recipient) for c in state.credits]
    for id, cycle in state.late_cycles.items():
        lateness = eraser.applied_to(cycle.lateness, requester=eraser.recipient)
        state.late_cycles[id] = cycle.model_copy(update={"lateness": lateness})
    state.sessions = [
        eraser.applied_to(s, booked_by=eraser.actor, requested_by=eraser.name, topic=eraser.text)
        for s in state.sessions
    ]
    state.claims = [
        eraser.applied_to(
            c,
            filed_by=eraser.actor,
            statement=eraser.text,
            accepted_because=eraser.text,
            refused_because=eraser.text,
        )
        for c in state.claims
    ]
    state.outages = [
        eraser.applied_to(o, recorded_by=eraser.actor, description=eraser.text)
        for o in state.outages
    ]
    state.events = [eraser.applied_to(e, by=eraser.actor, data=eraser.data) for e in state.events]
    # In place, because the outbox has the same list.
    state.notices[:] = [_without(eraser, notice) for notice in state.notices]
    return eraser.count


def mentions(state: AccountState, person: Person) -> int:
    """The number of places that name the person. Nothing changes."""
    return forget(state.draft(), person)


def is_contact(state: AccountState, person: Person) -> bool:
    """Whether the contract names the person as a contact of the account."""
    account = state.terms.account
    contacts = state.terms.contacts.values()
    return any(address_mark(account, each.email) == person.address for each in contacts)


class _Eraser:
    """Replaces what names the person, and counts the places. It learns the names that stand next
    to the address or the id of the person.
    """

    def __init__(
        self, account: str, person: Person, recipients: list[Recipient], actors: list[Actor]
    ) -> None:
        self.count = 0
        self._account = account
        self._person = person
        self._names = set(person.names)
        beside = [each.name for each in recipients if self._is_address(each.email)]
        beside += [each.name for each in actors if each.name and self._is_actor(each.id)]
        self._names |= {name_mark(account, name) for name in beside}

    def applied_to(self, record: T, **fields: Callable[[object], object]) -> T:
        """The record with these fields replaced, or itself if none of them names the person."""
        before = {name: getattr(record, name) for name in fields}
        after = {
            name: None if value is None else fields[name](value) for name, value in before.items()
        }
        changed = {name: value for name, value in after.items() if value != before[name]}
        self.count += len(changed)
        return record.model_copy(update=changed) if changed else record  # type: ignore[attr-defined]

    def recipient(self, value: object) -> object:
        """Nobody, for the person."""
        return NOBODY if isinstance(value, Recipient) and self._is_address(value.email) else value

    def actor(self, value: object) -> object:
        """An actor without id and name, for the person."""
        if not isinstance(value, Actor):
            return value
        # Of the staff, somebody else can have the same name.
        has_name = value.role is Role.REQUESTER and self._is_name(value.name or "")
        is_person = has_name or self._is_actor(value.id)
        return Actor(id=ERASED, role=value.role, name=ERASED) if is_person else value

    def name(self, value: object) -> object:
        """The value of a field that names somebody."""
        text = str(value)
        is_person = self._is_name(text) or self._is_actor(text)
        return ERASED if is_person else self.text(text)

    def text(self, value: object) -> object:
        """A text without the addresses and the names of the person."""
        text = _ADDRESS.sub(self._address_or_erased, str(value))
        return self._without_names(text) if self._names else text

    def data(self, value: object) -> object:
        """The data of an event or the facts of a notice, without the person."""
        if isinstance(value, dict):
            return {
                key: self.name(each) if key in NAMED and isinstance(each, str) else self.data(each)
                for key, each in value.items()
            }
        if isinstance(value, list):
            return [self.data(each) for each in value]
        return self.text(value) if isinstance(value, str) else value

    def _address_or_erased(self, found: re.Match[str]) -> str:
        return ERASED if self._is_address(found[0]) else found[0]

    def _without_names(self, text: str) -> str:
        words = [*_WORD.finditer(text)]
        parts: list[str] = []
        end = index = 0
        while index < len(words):
            size = self._words_of_name(text, words, index)
            if size:
                parts += [text[end : words[index].start()], ERASED]
                end = words[index + size - 1].end()
            index += size or 1
        return "".join([*parts, text[end:]])

    def _words_of_name(self, text: str, words: list[re.Match[str]], index: int) -> int:
        """How many words from here on are a name; 0 if none are. Longer names come first."""
        for size in range(min(MOST_WORDS, len(words) - index), 1, -1):
            if self._is_name(text[words[index].start() : words[index + size - 1].end()]):
                return size
        return 0

    def _is_address(self, text: str) -> bool:
        return address_mark(self._account, text) == self._person.address

    def _is_name(self, text: str) -> bool:
        return name_mark(self._account, text) in self._names

    def _is_actor(self, id: str) -> bool:
        """Whether it is an id of the person, which the address is as well."""
        return actor_mark(self._account, id) in self._person.actors


def _without(eraser: _Eraser, notice: NoticeRecord) -> NoticeRecord:
    left = eraser.applied_to(notice, to=eraser.recipient, facts=eraser.data, error=eraser.text)
    if left.to is NOBODY and notice.status is NoticeStatus.OWED:
        given_up = {"status": NoticeStatus.UNDELIVERABLE, "error": NO_RECIPIENT}
        return left.model_copy(update=given_up)
    return left


def _recipients(state: AccountState) -> Iterator[Recipient]:
    yield from (notice.to for notice in state.notices)
    yield from (credit.requester for credit in state.credits if credit.requester)
    late = (cycle.lateness.requester for cycle in state.late_cycles.values())
    yield from (requester for requester in late if requester)


def _actors(state: AccountState) -> Iterator[Actor]:
    yield from (event.by for event in state.events)
    yield from (session.booked_by for session in state.sessions)
    yield from (claim.filed_by for claim in state.claims)
    yield from (outage.recorded_by for outage in state.outages)
