"""Recipients: whom a policy and a contract name, by audience, as notices reach them."""

from collections.abc import Mapping
from typing import Protocol

from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.terms.ticket_terms import Recipient


class Somebody(Protocol):
    """A person or a team with an address, who may say where and in which language they read."""

    @property
    def name(self) -> str:
        """What they are called."""

    @property
    def email(self) -> str:
        """Where they are reached."""

    @property
    def zone(self) -> str | None:
        """Their own zone."""

    @property
    def locale(self) -> str | None:
        """Their own locale."""


def recipient(who: Somebody, zone: str, locale: str) -> Recipient:
    """Somebody as a recipient, in this zone and locale unless they have their own."""
    return Recipient(
        name=who.name, email=who.email, zone=who.zone or zone, locale=who.locale or locale
    )


def recipients(
    policy: SupportPolicy, contract: Contract, zone: str, locale: str
) -> dict[str, Recipient]:
    """Everybody the policy and the contract name; the contract prevails."""
    everyone: Mapping[str, Somebody] = {**policy.contacts, **contract.contacts}
    return {audience: recipient(who, zone, locale) for audience, who in everyone.items()}
