"""What an announcement of a revision says: which clauses are new, gone, or say something else."""

from collections.abc import Iterator
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from policies.contract import Contract
from policies.locales import words_in
from policies.schema import SupportPolicy
from policies.terms import Recipient
from policies.wording import phrase


class ChangeKind(StrEnum):
    """What became of a clause."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class ClauseChange(BaseModel):
    """A clause of which two revisions do not say the same."""

    model_config = ConfigDict(frozen=True)

    clause: str
    kind: ChangeKind
    says: str
    said: str | None = None

    def told(self, locale: str) -> str:
        """The change in a sentence for somebody with this locale."""
        values = self.model_dump(include={"clause", "says", "said"})
        return phrase(locale, f"clause.{self.kind}", **values)


def changes(
    old: SupportPolicy, new: SupportPolicy, locale: str | None = None
) -> tuple[ClauseChange, ...]:
    """The clauses that are new or say something else, in their order; then those that are gone.
    In words of this locale where there are any, else in those of the policy's own.
    """
    locale = locale or new.locale
    return (*_new(old, new, locale), *_gone(old, new, locale))


def summary(changed: tuple[ClauseChange, ...], locale: str) -> str:
    """How many clauses change, in a sentence for somebody with this locale."""
    many = {0: "clauses.same", 1: "clauses.one"}.get(len(changed), "clauses.many")
    return phrase(locale, many, count=len(changed))


def addressees(contract: Contract, locale: str) -> tuple[Recipient, ...]:
    """Whom an account names to be written to, each address once; in this locale unless another is
    agreed. `*@domain` admits requests and is nobody's address.
    """
    zone, locale = contract.zone or "UTC", contract.locale or locale
    people = [*contract.designated, *(u for p in contract.publications for u in p.users)]
    found: dict[str, Recipient] = {}
    for who in contract.contacts.values():
        recipient = Recipient(
            name=who.name, email=who.email, zone=who.zone or zone, locale=who.locale or locale
        )
        found.setdefault(who.email.lower(), recipient)
    for address in people:
        if not address.startswith("*"):
            recipient = Recipient(name=contract.name, email=address, zone=zone, locale=locale)
            found.setdefault(address.lower(), recipient)
    return tuple(found.values())


def _new(old: SupportPolicy, new: SupportPolicy, locale: str) -> Iterator[ClauseChange]:
    for name, clause in new.clauses.items():
        says = words_in(clause.says, locale, new.locale)
        if name not in old.clauses:
            yield ClauseChange(clause=name, kind=ChangeKind.ADDED, says=says)
            continue
        said = words_in(old.clauses[name].says, locale, old.locale)
        if said != says:
            yield ClauseChange(clause=name, kind=ChangeKind.CHANGED, says=says, said=said)


def _gone(old: SupportPolicy, new: SupportPolicy, locale: str) -> Iterator[ClauseChange]:
    for name, clause in old.clauses.items():
        if name not in new.clauses:
            says = words_in(clause.says, locale, old.locale)
            yield ClauseChange(clause=name, kind=ChangeKind.REMOVED, says=says)
