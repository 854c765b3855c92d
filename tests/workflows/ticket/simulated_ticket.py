"""The workload of the chaos test on the core of a ticket, without a server.

The result has the form that the checker compares with the reference model. A random ticket of
several weeks takes milliseconds. tests/chaos/run_chaos.py runs the same workload on a whole desk.
"""

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from api.http.problem_types import TICKET_PROBLEMS
from api.identity.caller import Caller
from api.tickets.models import EventDocument, TicketDocument
from api.tickets.opening import opening
from api.tickets.opening_body import OpenTicket
from policies.loading.loader import load_contract
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.contract import Contract
from policies.schema.request import TicketFacts
from policies.terms.admission import RequestRefused
from policies.terms.overrides import apply_overrides
from policies.terms.settlement import settle
from policies.terms.settlement_request import Settlement
from policies.vocabulary import Action, EventType, NoticeStatus, Role, Stage
from tests.chaos.checker.comparison import Comparison, request_of
from tests.chaos.checker.differences import Difference, Observed
from tests.chaos.model.document import read
from tests.chaos.workload.bodies import TicketContext
from tests.chaos.workload.choices import Choice, choose, some_favourites
from tests.chaos.workload.requests import request
from tests.chaos.workload.ticket_workload import Attempt, TicketWorkload, some_time
from tests.harness import ACTORS, SERVICE
from tests.workflows.ticket.invariants import ALL
from workflows.shared.action_request import ActionInput, ActionRequest
from workflows.shared.refusals import Refusal
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.process import views
from workflows.ticket.process.duties import catch_up
from workflows.ticket.process.ticket import Ticket
from workflows.ticket.state.ticket_state import TicketState

ROOT = Path(__file__).parents[3]
DIRECTORIES = (ROOT / "policies" / "catalog", ROOT / "examples" / "policies")
POLICIES = {path.stem: path for directory in DIRECTORIES for path in directory.glob("*.yaml")}
CATALOG = PolicyCatalog([*PolicyCatalog.shipped(), *PolicyCatalog.load(DIRECTORIES[1])])
CONTRACTS = sorted(
    path
    for directory in ("examples/contracts", "tests/chaos/contracts")
    for path in (ROOT / directory).rglob("*.yaml")
)
_MOMENTS = (datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=n) for n in count())
"""Successive moments, for all tickets."""
REFUSED_ADDRESS = "@refused.example"
FIRST_DAYS = (date(2026, 2, 25), date(2026, 3, 26), date(2026, 10, 22), date(2026, 12, 21))
"""Weeks with a change of clock time, with a new year, and without either."""


class CoreWorkload:
    """The workload of one ticket on the core alone."""

    def __init__(self, seed: str, path: Path, rng: random.Random | None = None) -> None:
        self._rng = rng or random.Random(f"{seed}/{path.stem}")
        self._contract = contract_of(path)
        policy = read(POLICIES[self._contract.policy])
        self.workload = TicketWorkload(f"{path.stem}/{seed}", read(path), policy)
        day = datetime.combine(self._rng.choice(FIRST_DAYS), datetime.min.time(), UTC)
        self.now = day + timedelta(
            days=self._rng.choice([0, 0, 0, 1, 2, 3]), seconds=self._rng.uniform(0, 86_399)
        )
        self._received_at = self.now
        self.ticket: Ticket | None = None
        self.comparison: Comparison | None = None
        self._favourites = some_favourites(self._rng)
        self.steps = 0

    def starts_at(self, at: datetime) -> None:
        """Sets the time of the opening."""
        self.now = self._received_at = at

    def run_and_compare(self) -> list[Difference]:
        """Runs all steps; returns the differences from the model, also on accepting the request."""
        self.run()
        objections = request_of(self.workload, self._received_at).objections()
        if self.ticket is None:
            return [] if objections else [self._difference("opening", "accepted", "refused")]
        if objections:
            return [self._difference("opening", objections, "accepted")]
        self.comparison = Comparison(self.workload, self.observed())
        return self.comparison.run()

    def run(self) -> None:
        """Opens the ticket and takes a random number of steps."""
        self.open()
        if self.ticket is not None:
            self.take_steps(self._rng.randint(5, 25))

    def open(self) -> None:
        """Sends the request, which can be refused."""
        self.workload.body = request(self._rng, self.workload.contract, self.workload.policy)
        self.workload.body = {**self.workload.body, "role": "service"}
        self._received_at = self.now
        with suppress(RequestRefused):
            self.ticket = self._open()

    def flood(self, times: int) -> None:
        """The requester writes this often at once, and an hour passes."""
        assert self.ticket is not None
        for _ in range(times):
            self.steps += 1
            body = {"message": "Again."}
            self._act(self.ticket, Choice("provide_information", "requester", body))
        self.now += timedelta(hours=1)
        catch_up(self.ticket, self.now)

    def is_open_after(self, steps: int) -> bool:
        """Opens the ticket if it is new and takes steps; whether it is open afterwards."""
        if self.ticket is None:
            self.open()
        if self.ticket is None:
            return False
        self.take_steps(steps)
        return self.ticket.state.stage is not Stage.CLOSED

    @property
    def was_closed(self) -> bool:
        """Whether the ticket was closed at some time; it can be open again."""
        assert self.ticket is not None
        return any(self.ticket.state.events_of(EventType.CLOSED))

    def take_steps(self, steps: int) -> None:
        """Takes steps and checks every invariant after each."""
        for _ in range(steps):
            assert self.ticket is not None
            self._step(self.ticket)
            self.check()

    def check(self) -> None:
        """Checks every invariant."""
        assert self.ticket is not None
        for holds in ALL:
            holds(self.ticket.state, self.now)

    def continue_as_new(self) -> None:
        """Serializes and restores the state, as continue-as-new does."""
        assert self.ticket is not None
        self.ticket = Ticket(TicketState.model_validate_json(self.ticket.state.model_dump_json()))

    def end(self) -> None:
        """Closes the ticket if it is open and performs its remaining duties."""
        assert self.ticket is not None
        if self.ticket.state.stage is not Stage.CLOSED:
            self.steps += 1
            body = {"closed_as": "withdrawn", "reason": "The end."}
            self._act(self.ticket, Choice("close", "agent", body))
        until = self.ticket.state.contest_until
        self.now = max(self.now, until) if until else self.now
        catch_up(self.ticket, self.now)

    def merge_into(self, other: "CoreWorkload") -> bool:
        """Merges the ticket into another one; False if either refuses."""
        return self.begin_merge(other) and self.ask(other)

    def begin_merge(self, other: "CoreWorkload") -> bool:
        """Requests to merge the ticket into another one; False if the ticket itself refuses."""
        assert self.ticket is not None
        self.steps += 1
        self._merge, self._began = self._request(_into(other)), next(_MOMENTS)
        catch_up(self.ticket, self.now)
        try:
            self.ticket.check(Action.MERGE, self._merge, self.now)
        except Refusal as refused:
            self._attempted(_into(other), refused, self._began)
            return False
        self.ticket.begin_merge(other.workload.number)
        return True

    def ask(self, other: "CoreWorkload") -> bool:
        """The other ticket decides, and the merge is complete or refused."""
        assert self.ticket is not None
        assert other.ticket is not None
        catch_up(other.ticket, other.now)
        catch_up(self.ticket, self.now)
        news, refusal = self.ticket.merge_news(self._merge), None
        try:
            other.ticket.check_duplicate(news)
            other.ticket.merge_in(news, other.now)
        except Refusal as refused:
            refusal = refused
        self.end_merge(other, refusal)
        return refusal is None

    def end_merge(self, other: "CoreWorkload", refusal: Refusal | None) -> None:
        """The ticket gets the answer of the other one."""
        assert self.ticket is not None
        if refusal is None:
            self.ticket.act(Action.MERGE, self._merge, self.now)
        self.ticket.end_merge()
        catch_up(self.ticket, self.now)
        self._attempted(_into(other), refusal, self._began)

    def _open(self) -> Ticket:
        body = {name: value for name, value in self.workload.body.items() if name != "role"}
        request = OpenTicket.model_validate(body)
        policy = _effective_policy(self._contract)
        opened = opening(
            request,
            by=Caller(SERVICE),
            key=self.workload.name,
            terms=settle(policy, self._plain, request.ticket_facts, self.now),
            received_at=self.now,
        )
        self.workload.number = opened.number
        return Ticket.open(opened)

    def _step(self, ticket: Ticket) -> None:
        self.steps += 1
        if self._rng.random() < 0.5:
            due = views.next_due(ticket.state)
            self.now += some_time(self._rng, due.isoformat() if due else None, self.now)
        catch_up(ticket, self.now)
        if self._rng.random() < 0.9:
            self._deliver(ticket)
        if self._rng.random() < 0.7:
            self._settle(ticket)
        context = TicketContext(
            self.workload.number,
            ticket.state.stage,
            self._contract.policy,
            self.workload.rules,
            self.now,
            self._favourites,
        )
        self._act(ticket, choose(self._rng, context))

    def _act(self, ticket: Ticket, choice: Choice) -> None:
        act, refusal = self._request(choice), None
        before = ticket.state.draft()
        try:
            ticket.check(choice.action, act, self.now)  # type: ignore[arg-type]
            ticket.act(choice.action, act, self.now)  # type: ignore[arg-type]
            catch_up(ticket, self.now)
        except Refusal as refused:
            assert ticket.state == before
            refusal = refused
        self._attempted(choice, refusal)

    def _request(self, choice: Choice) -> ActionRequest[Any]:
        actor = ACTORS.get(Role(choice.role), SERVICE)
        content = ACTIONS[choice.action].input(**choice.body)  # type: ignore[index]
        return ActionRequest[ActionInput](id=self._key, actor=actor, content=content)

    @property
    def _key(self) -> str:
        return f"{self.workload.name}/{self.steps}"

    def _attempted(
        self, choice: Choice, refusal: Refusal | None, began: datetime | None = None
    ) -> None:
        key, status, problem = self._key, 200, None
        if refusal is not None:
            kind = TICKET_PROBLEMS[type(refusal).__name__]
            status, problem = int(kind.status), kind.slug
        sent, answered = began or next(_MOMENTS), next(_MOMENTS)
        self.workload.attempts.append(
            Attempt(choice, key, status, problem, self.now, self.now, sent, answered)
        )

    def _deliver(self, ticket: Ticket) -> None:
        for record in list(ticket.outbox.pending()):
            if record.to.email.endswith(REFUSED_ADDRESS):
                ticket.undeliverable(record.key, "550 no such mailbox", self.now)
            else:
                ticket.outbox.sent(record.key, f"<{record.key}>")

    def _settle(self, ticket: Ticket) -> None:
        request = ticket.state.opening.request
        if not ticket.state.owes_settlement or request is None:
            return
        facts = TicketFacts.model_validate(
            request.model_copy(update={"facts": ticket.state.facts}).with_facts
        )
        terms = settle(_effective_policy(self._contract), self._plain, facts, request.received_at)
        ticket.settle(Settlement(terms=terms), self.now)

    @property
    def _plain(self) -> Contract:
        return self._contract.model_copy(update={"overrides": {}})

    def observed(self) -> Observed:
        """The ticket after its terms are settled and all notices delivered."""
        ticket = self.ticket
        assert ticket is not None
        catch_up(ticket, self.now)
        self._settle_and_deliver(ticket)
        view = TicketDocument.from_view(views.view(ticket.state)).model_dump(
            mode="json", exclude_none=True
        )
        events = [
            EventDocument.model_validate(event).model_dump(mode="json", exclude_none=True)
            for event in ticket.state.events
        ]
        return Observed(view, events, None, self.now)

    def _settle_and_deliver(self, ticket: Ticket) -> None:
        self._settle(ticket)
        while any(n.status is NoticeStatus.OWED for n in ticket.state.notices):
            self._deliver(ticket)

    def _difference(self, field: str, expected: object, found: object) -> Difference:
        return Difference(self.workload.name, field, expected, found)


def _into(other: CoreWorkload) -> Choice:
    body = {"into": other.workload.number, "reason": "It is the same."}
    return Choice("merge", "agent", body)


contract_of = cache(load_contract)


def _effective_policy(contract: Contract) -> Any:
    return apply_overrides(CATALOG.latest(contract.policy), contract.overrides).policy


def workloads(seed: str) -> Iterator[CoreWorkload]:
    """One workload for each contract."""
    return (CoreWorkload(seed, path) for path in CONTRACTS)
