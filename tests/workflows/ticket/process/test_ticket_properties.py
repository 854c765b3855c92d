"""Invariants of a ticket under random actions at random times."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from policies.coverage.verdict import Decision, Verdict
from policies.terms.settlement_request import Settlement
from policies.vocabulary import Action, ClockState, ClosedAs, EventType, Role, Stage
from tests.harness import ACTORS, opening
from tests.workflows.ticket.actions.test_lifecycle import INPUTS
from tests.workflows.ticket.invariants import ALL
from tests.workflows.ticket.pending_merge import PendingMerge
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.shared.refusals import Refusal
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.events import Event

REFUSAL = Verdict(
    decision=Decision.NOT_COVERED,
    closed_as=ClosedAs.NOT_COVERED,
    clauses=("limitation",),
    says="Not ours.",
)
RESPONSES = st.lists(
    st.sampled_from(["resolution", "information_request", "escalation"]),
    min_size=1,
    max_size=3,
    unique=True,
)


class TicketMachine(RuleBasedStateMachine):
    """A ticket with random actions."""

    driver: TicketDriver

    @initialize(hours=st.integers(0, 24 * 21))
    def open(self, hours: int) -> None:
        start = TicketDriver()
        self.driver = TicketDriver(
            opened=start.state.opening.model_copy(
                update={"received_at": start.now + timedelta(hours=hours)}
            )
        )
        self.seen: list[Event] = []

    @rule(minutes=st.integers(0, 60 * 24 * 12))
    def wait(self, minutes: int) -> None:
        self.driver.until_instant(self.driver.now + timedelta(minutes=minutes))

    @rule(outcomes=RESPONSES)
    def respond(self, outcomes: list[str]) -> None:
        questions = ["Why?"] if "information_request" in outcomes else []
        self._try(Action.RESPOND, message="Hello.", outcomes=outcomes, questions=questions)

    @rule(action=st.sampled_from([a for a in Action if a is not Action.RESPOND]))
    def act(self, action: Action) -> None:
        self._try(action, **INPUTS[action])

    @rule()
    def review_for_the_product(self) -> None:
        inputs = {"viewpoint": "product", "priority": "low"}
        self._try(Action.RECORD_REVIEW, role_of="product", **inputs)

    @rule()
    def be_merged_into(self) -> None:
        with suppress(Refusal):
            PendingMerge(TicketDriver(opened=opening(self.driver.now)), self.driver).complete()

    @precondition(lambda self: self.driver.state.is_active and not self.driver.state.override)
    @rule()
    def be_refused_by_a_verdict(self) -> None:
        self.driver.until_instant(self.driver.now)
        terms = self.driver.state.terms.model_copy(update={"verdict": REFUSAL})
        self.driver.ticket.settle(Settlement(terms=terms), self.driver.now)

    @precondition(lambda self: self.driver.state.is_contestable)
    @rule()
    def take_it_on_after_all(self) -> None:
        self._try(Action.OVERRIDE_VERDICT, **INPUTS[Action.OVERRIDE_VERDICT])

    @rule()
    def be_on_its_way_into_another_ticket(self) -> None:
        with suppress(Refusal):
            self.pending = PendingMerge(self.driver, TicketDriver(opened=opening(self.driver.now)))
            self.pending.begin()

    @precondition(lambda self: self.driver.state.merging_into is not None)
    @rule()
    def be_refused_by_the_other_ticket(self) -> None:
        self.driver.ticket.end_merge()

    @rule()
    def deliver(self) -> None:
        self.driver.deliver_all()

    @precondition(lambda self: self.driver.state.events)
    @rule()
    def write_down_and_read_again(self) -> None:
        self.driver = self.driver.carried()

    @precondition(lambda self: self.driver.state.stage in (Stage.IN_PROGRESS, Stage.TRIAGE))
    @rule(minutes=st.integers(1, 60 * 24 * 3))
    def ask_and_be_answered_while_the_desk_is_closed(self, minutes: int) -> None:
        """A pause over closed time only moves no due time (business time rule 8)."""
        driver, desk = self.driver, self.driver.state.terms.desk_calendar
        assert desk is not None
        driver.until_instant(driver.now)
        later = driver.now + timedelta(minutes=minutes)
        is_closed = not desk.calendar.between(driver.now, later)
        if not is_closed or driver.state.awaiting_information:
            return
        before = self._due()
        self._try(Action.REQUEST_INFORMATION, **INPUTS[Action.REQUEST_INFORMATION])
        count = len(driver.state.events)
        driver.until_instant(later)
        self._try(Action.PROVIDE_INFORMATION, **INPUTS[Action.PROVIDE_INFORMATION])
        fired = [e for e in driver.state.events[count:] if "rung" in e.data]
        assert fired == []
        after = self._due()
        # An information request meets `next_update`, which starts again.
        assert {n: after.get(n) for n in before if n[0] != "next_update"} == {
            n: due for n, due in before.items() if n[0] != "next_update"
        }

    @precondition(lambda self: any(c.state is ClockState.PAUSED for c in self.driver.state.clocks))
    @rule(minutes=st.integers(0, 60 * 24 * 12))
    def wait_while_paused(self, minutes: int) -> None:
        """Without actions, a paused clock keeps its time left."""
        paused = {c.name: c for c in self.driver.state.clocks if c.state is ClockState.PAUSED}
        waiting_on = self.driver.state.waiting_on
        self.driver.until_instant(self.driver.now + timedelta(minutes=minutes))
        if self.driver.state.waiting_on is waiting_on:
            again = {c.name: c for c in self.driver.state.clocks if c.state is ClockState.PAUSED}
            assert again == paused

    @invariant()
    def everything_holds_that_always_does(self) -> None:
        for holds in ALL:
            holds(self.driver.state, self.driver.now)

    @invariant()
    def what_happened_stays_and_is_numbered(self) -> None:
        events = self.driver.events()
        assert events[: len(self.seen)] == self.seen
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        self.seen = events

    @invariant()
    def only_a_verdict_is_contested_and_only_for_a_while(self) -> None:
        state = self.driver.state
        if state.is_contestable:
            assert state.stage is Stage.CLOSED
            assert state.closed_as is REFUSAL.closed_as
            assert state.contest_until is not None
            assert state.contest_until > self.driver.now
            assert allowed_actions(state, Role.AGENT) == (Action.OVERRIDE_VERDICT,)

    @invariant()
    def an_override_opens_the_ticket_and_starts_its_clocks_from_there(self) -> None:
        for event in self.driver.events(EventType.VERDICT_OVERRIDDEN):
            began = [c for c in self.driver.state.clocks if c.name == "first_response"]
            assert began[-1].started_at >= event.at

    def teardown(self) -> None:
        """Every ticket can be closed, and then has no duties."""
        driver: TicketDriver | None = getattr(self, "driver", None)
        if driver is None:
            return
        driver.until_instant(driver.now)
        driver.ticket.end_merge()
        driver.until_instant(driver.now)
        if driver.state.stage is not Stage.CLOSED:
            driver.act(Action.CLOSE, closed_as="withdrawn", reason="The end.")
        if driver.state.is_contestable and driver.state.contest_until is not None:
            driver.until_instant(driver.state.contest_until)
        assert driver.next_duty() is None
        assert not any(clock.is_open for clock in driver.state.clocks)

    def _due(self) -> dict[tuple[str, int], datetime]:
        running = (c for c in self.driver.state.clocks if c.state is ClockState.RUNNING)
        return {(clock.name, clock.cycle): clock.due_at for clock in running}

    def _try(self, action: Action, role_of: str | None = None, **inputs: Any) -> None:
        role = ACTIONS[action].by[0]
        actor = next((a for a in ACTORS.values() if a.role == (role_of or role)), ACTORS[role])
        self.driver.until_instant(self.driver.now)
        before = self.driver.state.model_dump_json()
        try:
            self.driver.act(action, actor, **inputs)
        except Refusal:
            assert self.driver.state.model_dump_json() == before


TestTicket = TicketMachine.TestCase
TestTicket.settings = settings(
    max_examples=35,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
