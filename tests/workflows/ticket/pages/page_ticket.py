"""Tickets under small policies that encode parts of published support pages, for worked examples.

Each page is written in the test that uses it. All times are those of the examples.
"""

from datetime import datetime
from functools import cache
from typing import Any

from policies.loading.loader import read_policy
from policies.schema.contract import Contract
from policies.schema.request import Requester, TicketFacts
from policies.terms.model.ticket_terms import Terms
from policies.terms.settlement import settle
from policies.vocabulary import Action
from tests.harness import AGENT, SERVICE, next_number
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.shared.action_request import Actor
from workflows.ticket.model.opening import Opening

RITA = Requester(name="Rita", email="rita@quay.example")


class PageTicket:
    """A ticket under the policy in a text, driven by times with an offset, as pages give them."""

    def __init__(self, page: str, received: str, **request: Any) -> None:
        self.driver = TicketDriver(opened=page_opening(page, received, **request))

    def at(self, time: str) -> "PageTicket":
        """Lets time pass; duties are performed on the way."""
        self.driver.until_instant(datetime.fromisoformat(time))
        return self

    def act(
        self, action: Action, actor: Actor = AGENT, *, at: str = "", **inputs: Any
    ) -> "PageTicket":
        """Takes an action, before the duties that are due at this very time."""
        if at:
            self.driver.now = datetime.fromisoformat(at)
        self.driver.act(action, actor, **inputs)
        return self

    def due(self, clock: str) -> datetime:
        """The due time of the current cycle of a clock."""
        return self.driver.clock(clock).due_at

    def sent(self, template: str) -> list[tuple[str, datetime]]:
        """The audience of each notice of a template, and the time of its event."""
        events = self.driver.state.events
        return [(n.audience, events[n.event - 1].at) for n in self.driver.notices(template)]


def page_opening(page: str, received: str, **request: Any) -> Opening:
    """The opening of a ticket under the policy in a text."""
    received_at = datetime.fromisoformat(received)
    return Opening(
        number=next_number(),
        received_at=received_at,
        opened_by=SERVICE,
        subject="It is down",
        description="Since this morning.",
        terms=_terms(page, received_at, tuple(request.items())),
    )


def instant(text: str) -> datetime:
    """A time of an example."""
    return datetime.fromisoformat(text)


@cache
def _terms(page: str, received_at: datetime, request: tuple[tuple[str, Any], ...]) -> Terms:
    policy = read_policy(page, "page.yaml")
    given = dict(request)
    account = {name: given.pop(name) for name in ("plan", "region", "locale") if name in given}
    contract = Contract(account="quay", name="Quay", policy=policy.policy, **account)
    facts = TicketFacts(requester=RITA, **{"channel": "email", **given})
    return settle(policy, contract, facts, received_at)
