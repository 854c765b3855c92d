"""What an announcement of a revision says: which clauses are new, gone, or say something else."""

from collections.abc import Iterator
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from policies.i18n.locales import by_locale, spoken, words_in
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.terms.recipients import recipient
from policies.terms.ticket_terms import Recipient


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


def changes(
    old: SupportPolicy, new: SupportPolicy, locale: str | None = None
) -> tuple[ClauseChange, ...]:
    """The clauses that are new or say something else, in their order; then those that are gone.
    In words of this locale where there are any, else in those of the policy's own.
    """
    locale = locale or new.locale
    return (*_new(old, new, locale), *_gone(old, new, locale))


def announced(policy: SupportPolicy, locale: str) -> str | None:
    """What the announcement of this revision says in a locale; None when the policy has none."""
    says = policy.announcement
    return None if says is None else words_in(says, locale, policy.locale)


def addressees(contract: Contract, policy: SupportPolicy) -> tuple[Recipient, ...]:
    """Whom an account names to be written to, each address once. `*@domain` admits requests and
    is nobody's address.

    Each is written to in the locale that is agreed, else in the policy's; in the policy's also
    where the announcement has no words in the other.
    """
    zone, locale = contract.zone or "UTC", contract.locale or policy.locale
    people = [*contract.designated, *(u for p in contract.publications for u in p.users)]
    found: dict[str, Recipient] = {}
    for who in contract.contacts.values():
        found.setdefault(who.email.lower(), recipient(who, zone, locale))
    for address in people:
        if not address.startswith("*"):
            anybody = Recipient(name=contract.name, email=address, zone=zone, locale=locale)
            found.setdefault(address.lower(), anybody)
    return tuple(_spoken_to(known, policy) for known in found.values())


def _spoken_to(known: Recipient, policy: SupportPolicy) -> Recipient:
    words = by_locale(policy.announcement or "", policy.locale)
    if policy.announcement is None or spoken(known.locale, words) is not None:
        return known
    return known.model_copy(update={"locale": policy.locale})


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
