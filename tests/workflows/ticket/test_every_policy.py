"""Every invariant holds through random actions under every policy and contract."""

import random
from pathlib import Path

from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from policies.vocabulary import Stage
from tests.workflows.ticket.simulated_ticket import CONTRACTS, CoreWorkload
from workflows.ticket.model.events import Event
from workflows.ticket.process.duties import duties
from workflows.ticket.state.ticket_state import TicketState

RANDOMS = st.randoms(use_true_random=False)


class AnyTicketMachine(RuleBasedStateMachine):
    """A ticket under any contract, with the workload of the chaos test."""

    workload: CoreWorkload

    @initialize(path=st.sampled_from(CONTRACTS), rng=RANDOMS)
    def open(self, path: Path, rng: random.Random) -> None:
        self.workload = CoreWorkload("any", path, rng)
        self.seen: list[Event] = []
        self.workload.open()
        assume(self.workload.ticket is not None)

    @property
    def state(self) -> TicketState:
        assert self.workload.ticket is not None
        return self.workload.ticket.state

    @rule()
    def take_a_step(self) -> None:
        self.workload.take_steps(1)

    @rule()
    def continue_as_new(self) -> None:
        before = self.state
        self.workload.continue_as_new()
        assert self.state == before

    @invariant()
    def every_invariant_holds(self) -> None:
        self.workload.check()

    @invariant()
    def events_are_numbered_and_never_change(self) -> None:
        events = list(self.state.events)
        assert events[: len(self.seen)] == self.seen
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        self.seen = events

    def teardown(self) -> None:
        """A ticket can be closed in every state, and owes nothing afterwards."""
        if not hasattr(self, "workload") or self.workload.ticket is None:
            return
        self.workload.end()
        assert self.state.stage is Stage.CLOSED
        assert not duties(self.workload.ticket)
        assert not any(clock.is_open for clock in self.state.clocks)


TestAnyTicket = AnyTicketMachine.TestCase
TestAnyTicket.settings = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
