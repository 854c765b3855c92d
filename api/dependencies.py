"""The dependencies of the routes, as given to `create_app`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeAlias

from fastapi import Depends, Request
from temporalio.client import Client

from activities.ports import AccountDirectory
from api.http.rate_limit import RateLimiter
from api.identity.agents import AgentDirectory
from api.identity.keys.bound_credentials import BoundCredentials
from api.listing.listing import Listing
from api.readiness import Readiness
from policies.accounts.account_terms import AccountTerms
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from proof.making import ProofMaker
from workflows.client.accounts import AccountClient
from workflows.client.tickets import TicketClient

AccountTermsOf: TypeAlias = Callable[[SupportPolicy, Contract, int], AccountTerms]
"""Derives the terms of an account from its policy and contract, from a year on."""


@dataclass(frozen=True)
class Dependencies:
    """Everything that a route can use."""

    tickets: TicketClient
    accounts: AccountClient
    account_terms_of: AccountTermsOf
    listing: Listing
    catalog: PolicyCatalog
    contracts: AccountDirectory
    credentials: BoundCredentials
    client: Client
    now: Callable[[], datetime]
    rate_limiter: RateLimiter
    readiness: Readiness
    stamps_actions: bool
    agents: AgentDirectory
    proofs: ProofMaker | None = None

    def received_at(self) -> datetime | None:
        """The receipt of an action, now; None if actions stand by the clock of Temporal."""
        return self.now() if self.stamps_actions else None


async def _desk(request: Request) -> Dependencies:
    desk: Dependencies = request.app.state.desk
    return desk


DependsOnDesk: TypeAlias = Annotated[Dependencies, Depends(_desk)]
"""The dependencies, as a parameter of a route."""
