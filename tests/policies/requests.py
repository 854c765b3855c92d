"""Requests under the shipped policies, and their terms and explanations."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from policies.loading.loader import read_contract
from policies.loading.policy_catalog import PolicyCatalog
from policies.reports.explain import ClockExplanation, explain
from policies.schema.contract import Contract
from policies.schema.request import Requester, TicketFacts
from policies.terms.model.ticket_terms import Terms
from policies.terms.settlement import settle

CONTRACTS = Path(__file__).parents[2] / "examples" / "contracts"
CATALOG = PolicyCatalog.shipped()
MIDDAY = datetime(2027, 3, 3, 12, 0, tzinfo=UTC)


def contract(account: str) -> Contract:
    """One of the example contracts."""
    path = CONTRACTS / f"{account}.yaml"
    return read_contract(path.read_text(encoding="utf-8"), path.name)


def terms(
    account: str, at: datetime = MIDDAY, email: str = "mia@somewhere.example", **request: Any
) -> Terms:
    """The terms of a request of this account, received at this time."""
    found = contract(account)
    policy = CATALOG.latest(found.policy)
    stated = {"requester": Requester(name="Mia", email=email), "channel": "email"} | request
    return settle(policy, found, TicketFacts(**stated), at)


def local(text: str, zone: str) -> datetime:
    """A local time in a zone, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def explained(policy: str, clock: str, at: datetime, **request: Any) -> ClockExplanation:
    """The explanation of a clock of a shipped policy."""
    return explain(CATALOG.latest(policy), clock, at, **request)
