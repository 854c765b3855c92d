"""Announcements of a revision: the clauses that changed, and the people to notify."""

import json
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from policies.i18n.locales import by_locale, spoken, words_in
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.terms.model.recipient import Recipient
from policies.terms.recipients import account_zone, recipient


class ChangeKind(StrEnum):
    """How a clause changed between two revisions."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class ClauseChange(BaseModel):
    """A clause that differs between two revisions."""

    model_config = ConfigDict(frozen=True)

    clause: str
    kind: ChangeKind
    says: str
    said: str | None = None


class FirstRevision(ValueError):
    """The first revision of a policy: nothing changes, so there is nothing to announce."""


class Announcement(NamedTuple):
    """A revision to announce, and the one before it."""

    old: SupportPolicy
    new: SupportPolicy

    @property
    def fingerprint(self) -> str:
        """The same for the same texts. Two processes with other files have another one."""
        texts = [
            policy.model_dump(
                mode="json", include={"title", "locale", "revision", "announcement", "clauses"}
            )
            for policy in self
        ]
        return sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()[:16]


def announcement_of(catalog: PolicyCatalog, policy: str, revision: date) -> Announcement:
    """The announcement of a revision. Raises UnknownPolicy or FirstRevision."""
    new = catalog.revision(policy, revision)
    earlier = [each for each in catalog.revisions(policy) if each.revision < revision]
    if not earlier:
        raise FirstRevision(f"{revision} is the first revision of {policy}, so nothing changes")
    return Announcement(earlier[-1], new)


def mark_of(account: str, addressee: Recipient) -> str:
    """A hash that stands for an addressee of an account where no address belongs: in identities of
    notices, and in histories.
    """
    return sha256(f"{account} {addressee.mailbox}".encode()).hexdigest()[:16]


def changes(
    old: SupportPolicy, new: SupportPolicy, locale: str | None = None
) -> tuple[ClauseChange, ...]:
    """The clauses that were added or changed, in order, then those that were removed. Texts are in
    this locale if possible, else in the policy's.
    """
    locale = locale or new.locale
    return (*_changed(old, new, locale), *_removed(old, new, locale))


def announced(policy: SupportPolicy, locale: str) -> str | None:
    """The announcement of this revision in a locale; None if the policy has none."""
    says = policy.announcement
    return None if says is None else words_in(says, locale, policy.locale)


def addressees(contract: Contract, policy: SupportPolicy) -> tuple[Recipient, ...]:
    """The people of an account to notify, each address once. `*@domain` is not an address.

    The locale of each is that of the contract or the contact, else the policy's. It is also the
    policy's if the announcement has no text in the other locale.
    """
    zone, locale = account_zone(policy, contract), contract.locale or policy.locale
    addresses = [*contract.designated, *(u for p in contract.publications for u in p.users)]
    recipients: dict[str, Recipient] = {}
    managers = [p.account_manager for p in contract.publications if p.account_manager]
    for contact in (*contract.contacts.values(), *managers):
        addressee = recipient(contact, zone, locale)
        recipients.setdefault(addressee.mailbox, addressee)
    for address in addresses:
        if not address.startswith("*"):
            user = Recipient(name=contract.name, email=address, zone=zone, locale=locale)
            recipients.setdefault(user.mailbox, user)
    return tuple(_in_available_locale(each, policy) for each in recipients.values())


def _in_available_locale(addressee: Recipient, policy: SupportPolicy) -> Recipient:
    texts = by_locale(policy.announcement or "", policy.locale)
    if policy.announcement is None or spoken(addressee.locale, texts) is not None:
        return addressee
    return addressee.model_copy(update={"locale": policy.locale})


def _changed(old: SupportPolicy, new: SupportPolicy, locale: str) -> Iterator[ClauseChange]:
    for name, clause in new.clauses.items():
        says = words_in(clause.says, locale, new.locale)
        if name not in old.clauses:
            yield ClauseChange(clause=name, kind=ChangeKind.ADDED, says=says)
            continue
        said = words_in(old.clauses[name].says, locale, old.locale)
        if said != says:
            yield ClauseChange(clause=name, kind=ChangeKind.CHANGED, says=says, said=said)


def _removed(old: SupportPolicy, new: SupportPolicy, locale: str) -> Iterator[ClauseChange]:
    for name, clause in old.clauses.items():
        if name not in new.clauses:
            says = words_in(clause.says, locale, old.locale)
            yield ClauseChange(clause=name, kind=ChangeKind.REMOVED, says=says)
