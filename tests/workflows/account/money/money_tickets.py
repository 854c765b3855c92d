"""Tickets under policies with remedies in money."""

from policies.loading.loader import read_policy
from policies.schema.contract import Contract
from policies.schema.request import Requester, TicketFacts
from policies.terms.settlement import settle
from tests.harness import SERVICE, next_number
from tests.workflows.account.money.money_policies import at
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.ticket.model.opening import Opening


def ticket_under(text: str, received: str, priority: str) -> TicketDriver:
    policy = read_policy(text)
    requester = Requester(name="Rita", email="rita@harbour.example")
    plan = next(iter(policy.plans), None)
    contract = Contract(account="harbour", name="Harbour", policy=policy.policy, plan=plan)
    facts = TicketFacts(requester=requester, priority=priority, channel="email")
    number, received_at = next_number(), at(received)
    return TicketDriver(
        opened=Opening(
            number=number,
            received_at=received_at,
            opened_by=SERVICE,
            subject="It is slow",
            description="It is slow.",
            terms=settle(policy, contract, facts, received_at),
            fingerprint=number,
        )
    )
