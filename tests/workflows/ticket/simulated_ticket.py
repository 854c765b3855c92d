"""Lives without a server: the crowd of the chaos benchmark acts on the core that the workflow runs.

What comes of it is what the benchmark's reference takes, so that one random life of weeks costs
milliseconds. See tests/chaos/run_chaos.py for the same on a whole desk under fire.
"""

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from api.http.problems import REFUSED
from api.tickets.models import EventDocument, OpenTicket, TicketDocument
from api.tickets.opening import opening
from policies.loading.loader import load_contract
from policies.loading.policy_catalog import Catalogue
from policies.schema.contract import Contract
from policies.schema.request import TicketFacts
from policies.terms.admission import RequestRefused
from policies.terms.overrides import agreed
from policies.terms.settlement import settle
from policies.terms.settlement_request import Settlement
from policies.vocabulary import NoticeStatus, Role, Stage
from tests.chaos.checker.comparison import Hearing, request_of
from tests.chaos.checker.differences import Difference, Found
from tests.chaos.model.document import read
from tests.chaos.workload.choices import Choice, Looking, choose, some_mood
from tests.chaos.workload.requests import request
from tests.chaos.workload.ticket_life import Attempt, Life, how_long
from tests.harness import ACTORS, SERVICE
from tests.workflows.ticket.invariants import ALL
from workflows.shared.action_request import ActionInput, ActionRequest
from workflows.shared.refusals import Refusal
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.state import TicketState
from workflows.ticket.process import views
from workflows.ticket.process.duties import catch_up
from workflows.ticket.process.ticket import Ticket

ROOT = Path(__file__).parents[3]
CATALOGUE = Catalogue.shipped()
CONTRACTS = sorted(
    path
    for directory in ("examples/contracts", "tests/chaos/contracts")
    for path in (ROOT / directory).glob("*.yaml")
)
REFUSED_ADDRESS = "@refused.example"
FIRST_DAYS = (date(2026, 2, 25), date(2026, 3, 26), date(2026, 10, 22), date(2026, 12, 21))
"""Weeks in which clocks change, years end, or nothing happens."""


class Rehearsed:
    """One life, lived on the core alone."""

    def __init__(self, seed: str, path: Path, chance: random.Random | None = None) -> None:
        self._chance = chance or random.Random(f"{seed}/{path.stem}")
        self._contract = _contract(path)
        policy = read(ROOT / "policies" / "catalog" / f"{self._contract.policy}.yaml")
        self.life = Life(f"{path.stem}/{seed}", read(path), policy)
        day = datetime.combine(self._chance.choice(FIRST_DAYS), datetime.min.time(), UTC)
        self.now = day + timedelta(
            days=self._chance.choice([0, 0, 0, 1, 2, 3]), seconds=self._chance.uniform(0, 86_399)
        )
        self._asked_at = self.now
        self.ticket: Ticket | None = None
        self._mood = some_mood(self._chance)
        self.steps = 0

    def live(self) -> list[Difference]:
        """Everything that happens, and where the reference does not agree: also where only one of
        the two takes the request.
        """
        self.act_out()
        objections = request_of(self.life, self._asked_at).objections()
        if self.ticket is None:
            return [] if objections else [self._difference("opening", "taken", "refused")]
        if objections:
            return [self._difference("opening", objections, "taken")]
        return Hearing(self.life, self.found()).hear()

    def act_out(self) -> None:
        """Everything that happens."""
        self.open()
        if self.ticket is not None:
            self.go_on(self._chance.randint(5, 25))

    def open(self) -> None:
        """Hands in the request, which may be refused."""
        self.life.body = request(self._chance, self.life.contract, self.life.policy)
        self.life.body = {**self.life.body, "role": "service"}
        self._asked_at = self.now
        with suppress(RequestRefused):
            self.ticket = self._open()

    def come_to(self, steps: int) -> bool:
        """Opens it, where that has not been done, and goes on; whether it is still open then."""
        if self.ticket is None:
            self.open()
        if self.ticket is None:
            return False
        self.go_on(steps)
        return self.ticket.state.stage is not Stage.CLOSED

    def go_on(self, steps: int) -> None:
        """So many things more, after each of which every invariant holds."""
        for _ in range(steps):
            assert self.ticket is not None
            self._step(self.ticket)
            self.check()

    def check(self) -> None:
        """Every invariant holds."""
        assert self.ticket is not None
        for holds in ALL:
            holds(self.ticket.state, self.now)

    def write_down_and_read_again(self) -> None:
        """As where a workflow continues as new."""
        assert self.ticket is not None
        self.ticket = Ticket(TicketState.model_validate_json(self.ticket.state.model_dump_json()))

    def end(self) -> None:
        """An agent closes it, where it is not closed; then whatever it owes by itself is done."""
        assert self.ticket is not None
        if self.ticket.state.stage is not Stage.CLOSED:
            self.steps += 1
            said = {"closed_as": "withdrawn", "reason": "The end."}
            self._act(self.ticket, Choice("close", "agent", said))
        until = self.ticket.state.contest_until
        self.now = max(self.now, until) if until else self.now
        catch_up(self.ticket, self.now)

    def merge_into(self, other: "Rehearsed") -> bool:
        """An agent closes it in favour of another one, which learns of it; False if refused."""
        assert self.ticket is not None
        assert other.ticket is not None
        self.steps += 1
        said = {"into": other.life.number, "reason": "It is the same."}
        self._act(self.ticket, Choice("merge", "agent", said))
        if self.life.attempts[-1].status != 200:
            return False
        catch_up(other.ticket, other.now)
        other.ticket.merge_in(self.ticket.merge_news(), other.now)
        self.ticket.merge_told(None, self.now)
        return True

    def _open(self) -> Ticket:
        asked = {name: value for name, value in self.life.body.items() if name != "role"}
        opened = opening(
            OpenTicket.model_validate(asked),
            by=SERVICE,
            key=self.life.name,
            policy=_agreed(self._contract),
            contract=self._contract.model_copy(update={"overrides": {}}),
            received_at=self.now,
        )
        self.life.number = opened.number
        return Ticket.open(opened)

    def _step(self, ticket: Ticket) -> None:
        self.steps += 1
        if self._chance.random() < 0.5:
            due = views.next_due(ticket.state)
            self.now += how_long(self._chance, due.isoformat() if due else None, self.now)
        catch_up(ticket, self.now)
        if self._chance.random() < 0.9:
            self._deliver(ticket)
        if self._chance.random() < 0.7:
            self._judge(ticket)
        looking = Looking(
            self.life.number,
            ticket.state.stage,
            self._contract.policy,
            self.life.policy,
            self.now.date(),
            self._mood,
        )
        self._act(ticket, choose(self._chance, looking))

    def _act(self, ticket: Ticket, choice: Choice) -> None:
        key = f"{self.life.name}/{self.steps}"
        actor = ACTORS.get(Role(choice.role), SERVICE)
        content = ACTIONS[choice.action].input(**choice.said)  # type: ignore[index]
        act = ActionRequest[ActionInput](id=key, actor=actor, content=content)
        status, problem = 200, None
        before = ticket.state.copy_of()
        try:
            ticket.check(choice.action, act, self.now)  # type: ignore[arg-type]
            ticket.act(choice.action, act, self.now)  # type: ignore[arg-type]
            catch_up(ticket, self.now)
        except Refusal as refused:
            assert ticket.state == before
            kind = REFUSED[type(refused).__name__]
            status, problem = int(kind.status), kind.slug
        self.life.attempts.append(Attempt(choice, key, status, problem, self.now, self.now))

    def _deliver(self, ticket: Ticket) -> None:
        for record in list(ticket.outbox.owed()):
            if record.to.email.endswith(REFUSED_ADDRESS):
                ticket.undeliverable(record.key, "550 no such mailbox", self.now)
            else:
                ticket.outbox.sent(record.key, f"<{record.key}>")

    def _judge(self, ticket: Ticket) -> None:
        asked = ticket.state.opening.request
        if not ticket.state.owes_settlement or asked is None:
            return
        known = TicketFacts.model_validate(
            asked.model_copy(update={"facts": ticket.state.facts}).known
        )
        terms = settle(_agreed(self._contract), self._plain, known, asked.received_at)
        ticket.settle(Settlement(terms=terms), self.now)

    @property
    def _plain(self) -> Contract:
        return self._contract.model_copy(update={"overrides": {}})

    def found(self) -> Found:
        """What the core has of the ticket, once everything is settled and delivered."""
        ticket = self.ticket
        assert ticket is not None
        catch_up(ticket, self.now)
        self._judge_and_deliver_all(ticket)
        view = TicketDocument.showing(views.view(ticket.state)).model_dump(
            mode="json", exclude_none=True
        )
        events = [
            EventDocument.model_validate(event).model_dump(mode="json", exclude_none=True)
            for event in ticket.state.events
        ]
        return Found(view, events, None, self.now)

    def _judge_and_deliver_all(self, ticket: Ticket) -> None:
        self._judge(ticket)
        while any(n.status is NoticeStatus.OWED for n in ticket.state.notices):
            self._deliver(ticket)

    def _difference(self, field: str, expected: object, found: object) -> Difference:
        return Difference(self.life.name, field, expected, found)


_contract = cache(load_contract)


def _agreed(contract: Contract) -> Any:
    return agreed(CATALOGUE.latest(contract.policy), contract.overrides).policy


def lives(seed: str) -> Iterator[Rehearsed]:
    """One life for each contract there is."""
    return (Rehearsed(seed, path) for path in CONTRACTS)
