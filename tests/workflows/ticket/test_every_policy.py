"""Under every policy and contract, whatever people do, what always holds does."""

import random
from pathlib import Path

from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from policies.vocabulary import Stage
from tests.workflows.ticket.simulated_ticket import CONTRACTS, Rehearsed
from workflows.ticket.model.messages import Event
from workflows.ticket.model.state import TicketState
from workflows.ticket.process.duties import duties

CHANCES = st.randoms(use_true_random=False)


class AnyTicketMachine(RuleBasedStateMachine):
    """A ticket of some customer, and the crowd of tests/chaos/run_chaos.py."""

    life: Rehearsed

    @initialize(path=st.sampled_from(CONTRACTS), chance=CHANCES)
    def open(self, path: Path, chance: random.Random) -> None:
        self.life = Rehearsed("any", path, chance)
        self.seen: list[Event] = []
        self.life.open()
        assume(self.life.ticket is not None)

    @property
    def state(self) -> TicketState:
        assert self.life.ticket is not None
        return self.life.ticket.state

    @rule()
    def time_passes_and_somebody_acts(self) -> None:
        self.life.go_on(1)

    @rule()
    def write_down_and_read_again(self) -> None:
        before = self.state
        self.life.write_down_and_read_again()
        assert self.state == before

    @invariant()
    def everything_holds_that_always_does(self) -> None:
        self.life.check()

    @invariant()
    def what_happened_stays_and_is_numbered(self) -> None:
        events = list(self.state.events)
        assert events[: len(self.seen)] == self.seen
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        self.seen = events

    def teardown(self) -> None:
        """Wherever it is, a ticket can be closed, and owes nothing from then on."""
        if not hasattr(self, "life") or self.life.ticket is None:
            return
        self.life.end()
        assert self.state.stage is Stage.CLOSED
        assert not duties(self.life.ticket)
        assert not any(clock.is_open for clock in self.state.clocks)


TestAnyTicket = AnyTicketMachine.TestCase
TestAnyTicket.settings = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
