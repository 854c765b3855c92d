"""Requests under the shipped policies, for tests: who asks, and what they are promised."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from policies.loading.loader import read_contract
from policies.loading.policy_catalog import PolicyCatalog
from policies.reports.explain import ClockExplanation, explain
from policies.schema.contract import Contract
from policies.schema.request import Requester, TicketFacts
from policies.terms.settlement import settle
from policies.terms.ticket_terms import Terms

CONTRACTS = Path(__file__).parents[2] / "examples" / "contracts"
CATALOG = PolicyCatalog.shipped()
MIDDAY = datetime(2027, 3, 3, 12, 0, tzinfo=UTC)


def contract(account: str) -> Contract:
    """One of the contracts that come as examples."""
    path = CONTRACTS / f"{account}.yaml"
    return read_contract(path.read_text(encoding="utf-8"), path.name)


def terms(
    account: str, at: datetime = MIDDAY, email: str = "mia@somewhere.example", **request: Any
) -> Terms:
    """What a request of this account, received then, is promised."""
    agreed = contract(account)
    policy = CATALOG.latest(agreed.policy)
    known = {"requester": Requester(name="Mia", email=email), "channel": "email"} | request
    return settle(policy, agreed, TicketFacts(**known), at)


def local(text: str, zone: str) -> datetime:
    """An instant by the clock on a wall in that zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def explained(policy: str, clock: str, at: datetime, **request: Any) -> ClockExplanation:
    """Why a clock of a shipped policy is due when it is."""
    return explain(CATALOG.latest(policy), clock, at, **request)
