"""What accounts and contracts hold about a person."""

from collections.abc import Collection, Iterator
from datetime import UTC, timedelta

from api.accounts.models import ClaimDocument, CreditDocument
from api.accounts.reader import AccountReader
from api.identity.keys.bound_credentials import BoundCredential
from api.personal_data.document import (
    ContractEntry,
    Ends,
    ExportedAccount,
    ExportedClaim,
    ExportedCredit,
    ExportedNotice,
    Held,
    Place,
)
from policies.business_time.months import midnight
from policies.email_addresses import comparable
from policies.schema.contract import Contact, Contract
from policies.vocabulary import Role
from workflows.account.model.views import AccountView, ClaimView, CreditView
from workflows.account.retention import SETTLED_FOR

_READER = AccountReader(Role.REQUESTER)


def of_account(
    view: AccountView,
    address: str,
    tickets: Collection[str],
    credentials: Collection[BoundCredential],
) -> ExportedAccount:
    """What the record of an account holds about a person, as its requesters may see it: credits of
    its tickets, claims by its credentials, notices to its address.
    """
    wanted = comparable(address)
    return ExportedAccount(
        account=view.terms.account,
        name=view.terms.account_name,
        credits=tuple(
            _credit(view, credit)
            for credit in view.credits
            if credit.basis.get("ticket_number") in tickets or _is_of(credit, wanted)
        ),
        claims=tuple(
            _claim(claim)
            for claim in view.claims
            if any(_filed(claim, view, each) for each in credentials)
        ),
        notices=tuple(
            ExportedNotice.model_validate(notice)
            for notice in view.notices
            if comparable(notice.to) == wanted
        ),
    )


def of_contract(contract: Contract, address: str) -> tuple[ContractEntry, ...]:
    """The places of a contract that have this address. A pattern for a whole domain has none."""
    wanted = comparable(address)
    return tuple(entry for entry in _entries(contract) if comparable(entry.email) == wanted)


def _entries(contract: Contract) -> Iterator[ContractEntry]:
    for name, contact in contract.contacts.items():
        yield _contact(f"contacts.{name}", contact)
    for publication in contract.publications:
        if publication.account_manager is not None:
            place = f"publications.{publication.name}.account_manager"
            yield _contact(place, publication.account_manager)
        for user in publication.users:
            yield ContractEntry(as_=f"publications.{publication.name}.users", email=user)
    for designated in contract.designated:
        yield ContractEntry(as_="designated", email=designated)


def _contact(place: str, contact: Contact) -> ContractEntry:
    return ContractEntry(as_=place, **contact.model_dump())


def _is_of(credit: CreditView, wanted: str) -> bool:
    return credit.requester is not None and comparable(credit.requester.email) == wanted


def _filed(claim: ClaimView, view: AccountView, by: BoundCredential) -> bool:
    is_there = by.accounts is None or view.terms.account in by.accounts
    return is_there and (claim.filed_by.id, claim.filed_by.role) == (by.actor, by.role)


def _credit(view: AccountView, credit: CreditView) -> ExportedCredit:
    shown = _READER.sees(CreditDocument.model_validate(credit))
    last = (credit.claim_until or credit.breached_on) + SETTLED_FOR
    end = midnight(last + timedelta(days=1), view.terms.local_zone).astimezone(UTC)
    held = Held(where=Place.ACCOUNT_HISTORY, ends=Ends.CLAIM_PERIOD, until=end)
    return ExportedCredit(**dict(shown), held=held)


def _claim(claim: ClaimView) -> ExportedClaim:
    return ExportedClaim(**dict(_READER.sees(ClaimDocument.model_validate(claim))))
