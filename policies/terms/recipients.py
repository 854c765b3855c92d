"""Recipients of notices: the contacts of a policy and a contract, by audience."""

from policies.schema.contract import Contact, Contract, Publication
from policies.schema.policy import SupportPolicy
from policies.schema.request import Requester
from policies.terms.ticket_terms import Recipient


def recipient(person: Contact | Requester, zone: str, locale: str) -> Recipient:
    """A recipient, in this zone and locale unless the person has another."""
    return Recipient(
        name=person.name,
        email=person.email,
        zone=person.zone or zone,
        locale=person.locale or locale,
    )


ACCOUNT_MANAGER = "account_manager"
"""The audience of the account manager."""


def recipients(
    policy: SupportPolicy,
    contract: Contract,
    zone: str,
    locale: str,
    publication: Publication | None = None,
) -> dict[str, Recipient]:
    """The contacts of policy, contract and publication, of which the later takes precedence."""
    contacts = {**policy.contacts, **contract.contacts}
    if publication is not None and publication.account_manager is not None:
        contacts[ACCOUNT_MANAGER] = publication.account_manager
    return {audience: recipient(person, zone, locale) for audience, person in contacts.items()}
