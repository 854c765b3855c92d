"""Openings of tickets under all example contracts in turn, and the worker's directory of them."""

from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

from activities.adapters.contract_memory import InMemoryContracts
from benchmarks.support.concurrency import Numbers
from policies.loading.loader import load_contract
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.request import Requester, TicketFacts
from policies.terms.settlement import settle
from policies.vocabulary import Role
from workflows.shared.action_request import Actor
from workflows.ticket.model.opening import Opening

CONTRACTS = Path(__file__).parents[2] / "examples" / "contracts"
SERVICE = Actor(id="widget", role=Role.SERVICE)


class Openings:
    """Requests of consecutive numbers, with their terms."""

    def __init__(self) -> None:
        self.catalog = PolicyCatalog.shipped()
        contracts = [load_contract(path) for path in sorted(CONTRACTS.glob("*.yaml"))]
        self.directory = InMemoryContracts(contracts)
        self._contracts = cycle(contracts)
        self._numbers = Numbers()

    def next(self) -> Opening:
        """The opening of the next ticket, under the next contract."""
        contract = next(self._contracts)
        now, number = datetime.now(UTC), self._numbers.next()
        policy = self.catalog.in_force(contract.policy, now)
        users = [*contract.designated, *(u for p in contract.publications for u in p.users)]
        email = (users or ["mia@desk.example"])[0].replace("*", "mia")
        facts = TicketFacts(requester=Requester(name="Mia", email=email), channel="email")
        return Opening(
            number=number,
            received_at=now,
            opened_by=SERVICE,
            subject="The editor stays blank",
            description="Since this morning.",
            terms=settle(policy, contract, facts, now),
            fingerprint=number,
        )
