"""Makes the export of one person: finds its tickets, then reads them a few at a time, so that
memory holds a few of them, whatever their number.

A part that cannot be read is named and does not stop the rest.
"""

import logging
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from activities.ports import AccountDirectory, ContractUnavailable, UnknownAccount
from api.identity.keys.bound_credentials import BoundCredential, BoundCredentials, CredentialKind
from api.identity.keys.key_store import KeyStoreUnusable
from api.personal_data.accounts import of_account, of_contract
from api.personal_data.document import (
    FORMAT,
    VERSION,
    ContractEntry,
    Ends,
    ExportedAccount,
    ExportedCredential,
    Head,
    Held,
    Missing,
    Part,
    Place,
    Tail,
    Why,
)
from api.personal_data.read_ahead import read_ahead
from api.personal_data.ticket_reader import ReadTicket, read_ticket, reason_for
from api.personal_data.withheld import WITHHELD
from workflows.client.accounts import AccountClient
from workflows.client.calls import DeskUnavailable
from workflows.client.found_ticket import FoundTicket
from workflows.client.requester_tickets import tickets_of
from workflows.client.tickets import TicketClient
from workflows.temporal.connection import RPC_TIMEOUT

logger = logging.getLogger(__name__)


@dataclass
class Export:
    """An export that was begun. `read_tickets` reads it, once; then `tail` is its end, and
    `exported` the number of tickets that could be read.
    """

    head: Head
    tickets: tuple[FoundTicket, ...]
    retention: timedelta | None
    exporter: "Exporter"
    missing: list[Missing] = field(default_factory=list)
    exported: int = 0
    tail: Tail | None = None

    async def read_tickets(self) -> AsyncIterator[ReadTicket]:
        """Every ticket that can be read, newest first. Afterwards there is a tail."""
        async for found, result in read_ahead(self.tickets, self._read):
            if isinstance(result, ReadTicket):
                self.exported += 1
                yield result
            else:
                self.missing.append(Missing(part=Part.TICKET, name=found.number, why=result))
        self.tail = await self.exporter.tail(self)

    @property
    def is_complete(self) -> bool:
        """Whether it has everything that can be read."""
        return self.tail is not None and self.tail.complete

    async def _read(self, found: FoundTicket) -> ReadTicket | Why:
        return await read_ticket(self.exporter.tickets, found, self.retention)


class Exporter:
    """Exports what one desk holds about a person."""

    def __init__(
        self,
        client: Client,
        contracts: AccountDirectory,
        policies: Collection[str],
        credentials: BoundCredentials,
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self.tickets = TicketClient(client)
        self._accounts = AccountClient(client)
        self._contracts = contracts
        self._policies = policies
        self._credentials = credentials
        self._now = now

    async def begin(self, address: str, accounts: Collection[str] | None = None) -> Export:
        """Finds the tickets of a person, in these accounts or in all. Raises DeskUnavailable."""
        try:
            listed = [each async for each in tickets_of(self._client, address)]
            retention = await self._retention()
        except RPCError as error:
            raise DeskUnavailable("tickets cannot be listed at the moment") from error
        listed.sort(key=lambda each: each.start_time, reverse=True)
        found = (FoundTicket.of(execution) for execution in listed)
        head = Head(
            format=FORMAT,
            version=VERSION,
            made_at=self._now(),
            address=address,
            limited_to=None if accounts is None else tuple(sorted(accounts)),
        )
        own = tuple(each for each in found if accounts is None or each.account in accounts)
        return Export(head, own, retention, self)

    async def tail(self, export: Export) -> Tail:
        """What accounts, contracts and credentials hold, and the kinds that are not handed out."""
        missing = export.missing
        credentials = await self._bound(export.head, missing)
        entries = await self._entries(export.head, missing)
        accounts = await self._exported_accounts(export, credentials, missing)
        for account, contract in entries.items():
            recorded = accounts.get(account, ExportedAccount(account=account))
            accounts[account] = recorded.model_copy(update={"contract": contract})
        return Tail(
            accounts=tuple(accounts[name] for name in sorted(accounts)),
            credentials=tuple(map(_credential, credentials)),
            withheld=WITHHELD,
            missing=tuple(missing),
            complete=not any(each.is_failure for each in missing),
        )

    async def _bound(self, head: Head, missing: list[Missing]) -> tuple[BoundCredential, ...]:
        try:
            bound = await self._credentials.of(head.address)
        except KeyStoreUnusable as error:
            logger.warning("the API keys cannot be read: %s", error)
            missing.append(Missing(part=Part.CREDENTIALS, name="", why=Why.UNREADABLE))
            return ()
        return tuple(bound) if head.limited_to is None else _within(bound, head.limited_to)

    async def _entries(
        self, head: Head, missing: list[Missing]
    ) -> dict[str, tuple[ContractEntry, ...]]:
        """The places of contracts that have the address, by account."""
        entries: dict[str, tuple[ContractEntry, ...]] = {}
        try:
            accounts = head.limited_to
            if accounts is None:
                accounts = await self._contracts.accounts(self._policies)
        except ContractUnavailable:
            missing.append(Missing(part=Part.CONTRACT, name="", why=Why.UNAVAILABLE))
            return entries
        for account in accounts:
            try:
                contract = await self._contracts.find(account)
            except UnknownAccount:
                continue
            except ContractUnavailable:
                missing.append(Missing(part=Part.CONTRACT, name=account, why=Why.UNAVAILABLE))
                continue
            if own := of_contract(contract, head.address):
                entries[account] = own
        return entries

    async def _exported_accounts(
        self,
        export: Export,
        credentials: tuple[BoundCredential, ...],
        missing: list[Missing],
    ) -> dict[str, ExportedAccount]:
        head, numbers = export.head, frozenset(each.number for each in export.tickets)
        at = self._now()

        async def read(account: str) -> ExportedAccount | Why | None:
            try:
                view = await self._accounts.recorded(account, at)
            except Exception as error:  # as for a ticket
                return reason_for(f"account {account}", error)
            return None if view is None else of_account(view, head.address, numbers, credentials)

        exported: dict[str, ExportedAccount] = {}
        async for account, result in read_ahead(await self._searched(head, missing), read):
            if isinstance(result, Why):
                missing.append(Missing(part=Part.ACCOUNT, name=account, why=result))
            elif result is not None and not result.is_empty:
                exported[account] = result
        return exported

    async def _searched(self, head: Head, missing: list[Missing]) -> list[str]:
        """The accounts with a record. A credit outlives its ticket, so all are read."""
        try:
            recorded = {account async for account in self._accounts.all_recorded()}
        except DeskUnavailable:
            missing.append(Missing(part=Part.ACCOUNT, name="", why=Why.UNAVAILABLE))
            return []
        return sorted(recorded if head.limited_to is None else recorded & set(head.limited_to))

    async def _retention(self) -> timedelta | None:
        """How long the namespace keeps a closed ticket; None if it may not be read."""
        request = DescribeNamespaceRequest(namespace=self._client.namespace)
        try:
            described = await self._client.workflow_service.describe_namespace(
                request, timeout=RPC_TIMEOUT
            )
        except RPCError:
            return None
        return described.config.workflow_execution_retention_ttl.ToTimedelta() or None


def _within(
    bound: Iterable[BoundCredential], accounts: Collection[str]
) -> tuple[BoundCredential, ...]:
    """The credentials for some of these accounts, without their other accounts."""
    limited = (
        replace(each, accounts=(each.accounts or frozenset()) & set(accounts)) for each in bound
    )
    return tuple(each for each in limited if each.accounts)


def _credential(bound: BoundCredential) -> ExportedCredential:
    is_key = bound.kind is CredentialKind.API_KEY
    held = Held(where=Place.KEY_FILE if is_key else Place.TOKEN_SETTINGS, ends=Ends.REMOVAL)
    accounts = None if bound.accounts is None else tuple(sorted(bound.accounts))
    return ExportedCredential.model_validate(vars(bound) | {"accounts": accounts, "held": held})
