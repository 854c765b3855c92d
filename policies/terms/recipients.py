"""Recipients of notices: the contacts of a policy and a contract, by audience."""

from policies.schema.contract import Contact, Contract, Publication
from policies.schema.policy import SupportPolicy
from policies.schema.request import Requester
from policies.schema.tables import OTHERWISE, Dimension, Table, fact_of, row_of
from policies.terms.model.recipient import Recipient


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


def account_zone(policy: SupportPolicy, contract: Contract) -> str:
    """The zone of the contract, else that of the account's support hours."""
    if contract.zone:
        return contract.zone
    name = account_calendar(policy, contract)
    return policy.calendars[name].zone if name else "UTC"


def account_calendar(policy: SupportPolicy, contract: Contract) -> str | None:
    """The calendar of the support hours for the plan, region and facts of a contract, if any.

    A fact that the contract does not state has the row `otherwise`, as in a ticket. If the hours of
    a plan or region that it does not have are missing, those of the first one count.
    """
    return _of_account(policy, contract, policy.support_hours)


def account_desk(policy: SupportPolicy, contract: Contract) -> str | None:
    """The contact of tickets without an assignee of which only the account is known, likewise."""
    return _of_account(policy, contract, policy.unassigned)


def _of_account(
    policy: SupportPolicy, contract: Contract, choice: Table[str] | str | None
) -> str | None:
    if isinstance(choice, Table):
        narrowed = choice.narrow(_values(policy, contract, choice))
        choice = choice if narrowed is None else narrowed
    return next(iter(choice.cells.values())) if isinstance(choice, Table) else choice


def _values(policy: SupportPolicy, contract: Contract, choice: Table[str]) -> dict[str, str]:
    """The rows of the account in tables; kind, priority and channel are those by default."""
    stated = {Dimension.PLAN: contract.plan, Dimension.REGION: contract.region}
    rows = {str(d): stated.get(d) or policy.defaults.get(d) for d in Dimension}
    for dimension in choice.by:
        if name := fact_of(dimension):
            rows[dimension] = row_of(contract.facts.get(name)) or OTHERWISE
    return {dimension: row for dimension, row in rows.items() if row is not None}
