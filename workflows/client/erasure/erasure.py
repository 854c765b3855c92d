"""Erases a person: credentials first, then open tickets, accounts, and ended tickets.

Each step can be repeated, and finds what an interrupted erasure left. Accounts come before tickets,
because the tickets tell which accounts and names there are. Credentials are revoked at the
beginning and lose their address at the end, because they tell the ids of the person.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic
from uuid import uuid4

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from workflows.account.model.person import Person
from workflows.client.accounts import recorded_accounts
from workflows.client.calls import DeskUnavailable
from workflows.client.erasure.accounts import Accounts, RunGoesOn
from workflows.client.erasure.closing import Closing, StillOpen
from workflows.client.erasure.concurrency import for_each
from workflows.client.erasure.merged_tickets import survivor_of
from workflows.client.erasure.ports import (
    Configured,
    Credential,
    Credentials,
    DataKeys,
    NoCredentials,
    nothing_configured,
)
from workflows.client.erasure.refused_requests import refused_requests_of
from workflows.client.erasure.report import ErasureReport, Item, OpenTicket, Outcome
from workflows.client.erasure.runs import delete_runs
from workflows.client.erasure.staying import ALWAYS, contact_of, merged_into, unread
from workflows.client.found_ticket import FoundTicket
from workflows.client.opening_data import opening_of
from workflows.client.requester_tickets import tickets_of

WAIT = 180.0
"""Seconds that the notices of a closed ticket have, and that Temporal has to delete. It deletes in
the background, after the next checkpoint of its queues: by default, that takes about a minute.
"""
PAUSE = 0.2
SAMPLE = 5
"""Tickets of which one must be readable."""
MOST_UNANSWERED = 10
"""Requests without an answer after which further accounts are not asked: there is no worker."""
NO_ANSWER = (
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.CANCELLED,
    RPCStatusCode.UNAVAILABLE,
)
NO_WORKER = "no answer in time: is a worker running?"
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Order:
    """Whom to erase. `actors` are further ids of the person, `accounts` are renewed in any case.

    With `close_open`, open tickets are closed first. `wait` is in seconds.
    """

    address: str
    close_open: bool = False
    actors: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    wait: float = WAIT
    id: str = field(default_factory=lambda: uuid4().hex)


class Erasure:
    """One erasure. `report` grows while it runs."""

    def __init__(
        self,
        client: Client,
        order: Order,
        keys: DataKeys | None = None,
        credentials: Credentials | None = None,
        configured: Configured = nothing_configured,
    ) -> None:
        self.report = ErasureReport(id=order.id, encrypted=keys is not None)
        self._client = client
        self._order = order
        self._keys = keys
        self._credentials = credentials or NoCredentials()
        self._configured = configured
        self._accounts = Accounts(client, order.wait)
        self._names: set[str] = set()
        self._actors = set(order.actors)
        self._with_tickets = set(order.accounts)
        self._closing = Closing(client, order.wait)
        self._survivors: dict[str, str] = {}
        self._known: set[str] = set()
        """The tickets that there were at the beginning."""
        self._kept: set[str] = set()
        """Those of them that are still open."""
        self._unanswered = 0

    @property
    def address(self) -> str:
        """The address of the person."""
        return self._order.address

    async def plan(self) -> ErasureReport:
        """What `run` would do. Nothing changes. Raises an error as `run` does."""
        tickets = await self._find()
        await self._check_readable(tickets)
        self.report.open = [OpenTicket.of(ticket) for ticket in tickets if ticket.is_open]
        self.report.tickets = [ticket.number for ticket in tickets]
        self.report.keys = [each.id for each in await self._find_credentials()]
        await for_each(tickets, self._read)
        await self._each_account(self._look_into)
        self.report.stays += (*ALWAYS, *self._configured(self._order.address))
        self.report.outcome = Outcome.PLANNED
        return self.report

    async def run(self) -> ErasureReport:
        """Erases. Nothing changes if there are open tickets, unless they are to be closed.

        Raises an error before anything changes if the tickets cannot be read: this process then
        lacks the keys, or has another store of them.
        """
        tickets = await self._find()
        await self._check_readable(tickets)
        self._known = {ticket.number for ticket in tickets}
        running = [ticket for ticket in tickets if ticket.is_open]
        if running and not self._order.close_open:
            self.report.open = [OpenTicket.of(ticket) for ticket in running]
            self.report.outcome = Outcome.REFUSED
            return self.report
        credentials = await self._find_credentials()
        for each in credentials:
            await self._credentials.revoke(each.id)
        await for_each(running, self._close)
        await for_each(tickets, self._read)
        await self._each_account(self._remove_from)
        await for_each(tickets, self._erase)
        await self._check_lists()
        if self.report.is_complete:
            for each in credentials:
                await self._try(f"API key {each.id}", self._credentials.scrub(each.id))
        self.report.keys = [each.id for each in credentials]
        self.report.stays += (*ALWAYS, *self._configured(self._order.address))
        self.report.finish()
        return self.report

    async def _find(self) -> list[FoundTicket]:
        address = self._order.address
        found = [FoundTicket.of(each) async for each in tickets_of(self._client, address)]
        refused = refused_requests_of(self._client, address)
        found += [FoundTicket.of(each) async for each in refused]
        self._with_tickets |= {ticket.account for ticket in found if ticket.account}
        return list({ticket.workflow_id: ticket for ticket in found}.values())

    async def _check_readable(self, tickets: list[FoundTicket]) -> None:
        """Raises an error unless one of the first tickets can be read, or is gone."""
        failure: Exception | None = None
        for ticket in tickets[:SAMPLE]:
            if await self._is_unreadable(ticket):
                return
            try:
                await opening_of(self._client, ticket.workflow_id, None)
            except Exception as error:
                if isinstance(error, RPCError) and error.status is RPCStatusCode.NOT_FOUND:
                    return
                failure = error
            else:
                return
        if failure is not None:
            raise failure

    async def _find_credentials(self) -> list[Credential]:
        found = await self._credentials.of(self._order.address)
        self._actors |= {each.actor for each in found}
        return found

    async def _close(self, ticket: FoundTicket) -> None:
        async def close() -> None:
            if await self._is_unreadable(ticket):
                await self._closing.terminate(ticket)
            else:
                await self._closing.close(ticket)
            self.report.closed.append(ticket.number)

        if not await self._try(f"ticket {ticket.number}", close()):
            self._kept.add(ticket.number)

    async def _read(self, ticket: FoundTicket) -> None:
        """Learns the names and ids of the person, and where else the request is."""

        async def read() -> None:
            if await self._is_unreadable(ticket):
                return
            opening = await opening_of(self._client, ticket.workflow_id, None)
            if opening is not None:
                self._names.add(opening.name)
                self._actors |= {opening.actor} if opening.actor else set()
            has_ended = not ticket.is_open or ticket.number in self.report.closed
            if not has_ended:
                # Temporal would wait for its last event.
                return
            survivor = await survivor_of(self._client, ticket.number, ticket.workflow_id)
            if survivor is not None:
                self._survivors[ticket.number] = survivor

        try:
            await read()
        except Exception as error:
            if isinstance(error, RPCError) and error.status is RPCStatusCode.NOT_FOUND:
                # An interrupted erasure has read and deleted it, and lists are behind.
                return
            # The ticket itself can be erased all the same.
            logger.warning("ticket %s was not read: %s", ticket.number, type(error).__name__)
            self.report.stays.append(unread(ticket.number))

    async def _erase(self, ticket: FoundTicket) -> None:
        async def erase() -> None:
            if self._keys is not None:
                # First, so that nothing can be read from now on, in backups either.
                await self._keys.destroy(ticket.workflow_id)
            await delete_runs(self._client, ticket.workflow_id)
            self.report.tickets.append(ticket.number)

        if ticket.number not in self._kept:
            await self._try(f"ticket {ticket.number}", erase())

    async def _each_account(self, work: Callable[[str], Awaitable[None]]) -> None:
        recorded = {account async for account in recorded_accounts(self._client)}
        await for_each(sorted(recorded | self._with_tickets), work)

    async def _look_into(self, account: str) -> None:
        async def look() -> None:
            found = await self._accounts.mentions(account, self._person_in(account))
            if found is not None and (found.mentions or account in self._with_tickets):
                self.report.accounts.append(account)
            if found is not None and found.is_contact:
                self.report.stays.append(contact_of(account))

        await self._try_account(account, look)

    async def _remove_from(self, account: str) -> None:
        async def remove() -> None:
            person, is_named = self._person_in(account), account in self._with_tickets
            removal = await self._accounts.remove(account, person, has_tickets=is_named)
            self.report.account_runs += removal.runs
            if removal.is_removed:
                self.report.accounts.append(account)
            if removal.is_contact:
                self.report.stays.append(contact_of(account))

        await self._try_account(account, remove)

    async def _try_account(self, account: str, work: Callable[[], Awaitable[None]]) -> None:
        what = f"account {account}"
        if self._unanswered >= MOST_UNANSWERED:
            self.report.waiting.append(Item(what=what, why=NO_WORKER))
        elif await self._try(what, work()):
            self._unanswered = 0

    async def _check_lists(self) -> None:
        """Waits until lists no longer have the tickets, and reports those that are new."""
        gone = set(self.report.tickets)
        until = monotonic() + self._order.wait
        while True:
            found = tickets_of(self._client, self._order.address)
            listed = [FoundTicket.of(each).number async for each in found]
            if not gone.intersection(listed):
                break
            if monotonic() > until:
                why = "Temporal is to delete it, and still lists it"
                late = sorted(gone.intersection(listed))
                self.report.waiting += [Item(what=f"ticket {each}", why=why) for each in late]
                break
            await asyncio.sleep(PAUSE)
        known = gone | self._known
        self.report.opened_meanwhile = [number for number in listed if number not in known]
        for number, survivor in sorted(self._survivors.items()):
            if survivor not in gone:
                self.report.stays.append(merged_into(number, survivor))

    def _person_in(self, account: str) -> Person:
        return Person.marked(account, self._order.address, self._names, self._actors)

    async def _is_unreadable(self, ticket: FoundTicket) -> bool:
        return self._keys is not None and await self._keys.is_destroyed(ticket.workflow_id)

    async def _try(self, what: str, work: Awaitable[None]) -> bool:
        """Whether the work is done. Otherwise the report says why not, and others go on."""
        try:
            await work
        except (StillOpen, RunGoesOn, DeskUnavailable) as reason:
            self.report.waiting.append(Item(what=what, why=str(reason)))
        except RPCError as error:
            is_late = error.status in NO_ANSWER
            self._unanswered += is_late
            items = self.report.waiting if is_late else self.report.failed
            items.append(Item(what=what, why=NO_WORKER if is_late else str(error)))
        except Exception as error:
            # Without its text, which could name the person.
            logger.warning("%s was not erased: %s", what, type(error).__name__)
            self.report.failed.append(Item(what=what, why=str(error) or type(error).__name__))
        else:
            return True
        return False
