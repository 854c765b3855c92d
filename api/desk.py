"""The desk as the API knows it: what `create_app` was given, at hand in every route."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeAlias

from fastapi import Depends, Request
from temporalio.client import Client

from activities.ports import ContractDirectory
from api.auth import ActorFor
from api.listing import Listing
from api.pace import Pace
from policies.account_terms import AccountTerms
from policies.catalogue import Catalogue
from policies.contract import Contract
from policies.schema.document import SupportPolicy
from workflows.account_gateway import Accounts
from workflows.gateway import Tickets

SettleAccount: TypeAlias = Callable[[SupportPolicy, Contract], AccountTerms]
"""Settles the terms of an account."""


@dataclass(frozen=True)
class Desk:
    """Everything a route may speak to."""

    tickets: Tickets
    accounts: Accounts
    settle_account: SettleAccount
    listing: Listing
    catalogue: Catalogue
    contracts: ContractDirectory
    client: Client
    actor_for: ActorFor
    now: Callable[[], datetime]
    pace: Pace


async def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


TheDesk: TypeAlias = Annotated[Desk, Depends(_desk)]
"""The desk, as a parameter of a route."""
