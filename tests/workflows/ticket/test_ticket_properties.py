"""Whatever people do, in whatever order and at whatever time, these hold."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from policies.settlement_request import Settlement
from policies.verdicts import Decision, Verdict
from policies.vocabulary import (
    Action,
    ClockState,
    ClosedAs,
    EventType,
    Role,
    Stage,
    WaitingOn,
)
from tests.harness import ACTORS, opening
from tests.workflows.ticket.story import Story
from tests.workflows.ticket.test_lifecycle import SAID
from workflows.ticket.lifecycle import TRANSITIONS, allowed_actions
from workflows.ticket.messages import Event
from workflows.ticket.refusals import Refusal

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
    """A ticket that is acted on at random, and the promises that are never broken by it."""

    story: Story

    @initialize(hours=st.integers(0, 24 * 21))
    def open(self, hours: int) -> None:
        start = Story()
        self.story = Story(
            opened=start.state.opening.model_copy(
                update={"received_at": start.now + timedelta(hours=hours)}
            )
        )
        self.seen: list[Event] = []

    @rule(minutes=st.integers(0, 60 * 24 * 12))
    def wait(self, minutes: int) -> None:
        self.story.until_instant(self.story.now + timedelta(minutes=minutes))

    @rule(outcomes=RESPONSES)
    def respond(self, outcomes: list[str]) -> None:
        questions = ["Why?"] if "information_request" in outcomes else []
        self._try(Action.RESPOND, message="Hello.", outcomes=outcomes, questions=questions)

    @rule(action=st.sampled_from([a for a in Action if a is not Action.RESPOND]))
    def act(self, action: Action) -> None:
        self._try(action, **SAID[action])

    @rule()
    def review_for_the_product(self) -> None:
        said = {"viewpoint": "product", "priority": "low"}
        self._try(Action.RECORD_REVIEW, role_of="product", **said)

    @rule()
    def be_merged_into(self) -> None:
        duplicate = Story(opened=opening(self.story.now))
        duplicate.act(Action.MERGE, into=self.story.state.opening.number)
        self.story.until_instant(self.story.now)
        self.story.ticket.merge_in(duplicate.ticket.merge_news(), self.story.now)

    @precondition(lambda self: self.story.state.is_active and not self.story.state.override)
    @rule()
    def be_refused_by_a_verdict(self) -> None:
        self.story.until_instant(self.story.now)
        terms = self.story.state.terms.model_copy(update={"verdict": REFUSAL})
        self.story.ticket.settle(Settlement(terms=terms), self.story.now)

    @precondition(lambda self: self.story.state.is_contestable)
    @rule()
    def take_it_on_after_all(self) -> None:
        self._try(Action.OVERRIDE_VERDICT, **SAID[Action.OVERRIDE_VERDICT])

    @rule()
    def learn_what_became_of_the_merge(self) -> None:
        if self.story.state.owes_merge:
            self.story.ticket.merge_told("not found", self.story.now)

    @rule()
    def deliver(self) -> None:
        self.story.deliver_all()

    @precondition(lambda self: self.story.state.events)
    @rule()
    def write_down_and_read_again(self) -> None:
        self.story = self.story.carried()

    @invariant()
    def no_clock_is_met_and_breached(self) -> None:
        for clock in self.story.state.clocks:
            if clock.state is ClockState.MET:
                assert clock.breached_at is None
                assert clock.completed_at is not None
                assert clock.completed_at <= clock.due_at
            if clock.state is ClockState.BREACHED:
                assert clock.breached_at == clock.due_at

    @invariant()
    def no_rung_fires_twice(self) -> None:
        rungs = [
            (e.data["clock"], e.data["cycle"], e.data["rung"])
            for e in self.story.events()
            if "rung" in e.data
        ]
        assert len(rungs) == len(set(rungs))
        keys = [notice.key for notice in self.story.notices()]
        assert len(keys) == len(set(keys))

    @invariant()
    def every_overdue_clock_has_breached(self) -> None:
        for clock in self.story.state.clocks:
            assert clock.state is not ClockState.RUNNING or clock.due_at > self.story.now

    @invariant()
    def nothing_breaches_retroactively(self) -> None:
        for clock in self.story.state.clocks:
            assert clock.breached_at is None or clock.breached_at >= clock.started_at

    @invariant()
    def only_one_cycle_of_a_clock_is_open(self) -> None:
        open_clocks = [c.name for c in self.story.state.clocks if c.is_open]
        assert len(open_clocks) == len(set(open_clocks))

    @invariant()
    def whom_it_waits_on_fits_the_stage(self) -> None:
        state = self.story.state
        ended = state.stage in (Stage.RESOLVED, Stage.CLOSED)
        assert (state.waiting_on is WaitingOn.NOBODY) == ended
        assert not (ended and any(c.state in ("running", "paused") for c in state.clocks))
        assert (state.closed_as is not None) == (state.stage is Stage.CLOSED)

    @invariant()
    def what_happened_stays_and_is_numbered(self) -> None:
        events = self.story.events()
        assert events[: len(self.seen)] == self.seen
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        self.seen = events

    @invariant()
    def only_a_verdict_is_contested_and_only_for_a_while(self) -> None:
        state = self.story.state
        if state.is_contestable:
            assert state.stage is Stage.CLOSED
            assert state.closed_as is REFUSAL.closed_as
            assert state.contest_until is not None
            assert state.contest_until > self.story.now
            assert allowed_actions(state, Role.AGENT) == (Action.OVERRIDE_VERDICT,)

    @invariant()
    def an_override_opens_the_ticket_and_starts_its_clocks_from_there(self) -> None:
        for event in self.story.events(EventType.VERDICT_OVERRIDDEN):
            began = [c for c in self.story.state.clocks if c.name == "first_response"]
            assert began[-1].started_at >= event.at

    @invariant()
    def nobody_is_told_the_same_twice(self) -> None:
        told = [(n.template, n.event, n.to.email, n.key) for n in self.story.notices()]
        assert len({(t, e, to) for t, e, to, _ in told}) == len(told)

    @invariant()
    def what_is_allowed_is_in_the_table(self) -> None:
        for role in ACTORS:
            for action in allowed_actions(self.story.state, role):
                assert self.story.state.stage in TRANSITIONS[action].within

    @invariant()
    def only_people_respond(self) -> None:
        for event in self.story.events(EventType.RESPONDED):
            assert event.by.role == "agent"
            assert event.action_id is not None

    def _try(self, action: Action, role_of: str | None = None, **said: Any) -> None:
        role = TRANSITIONS[action].by[0]
        actor = next((a for a in ACTORS.values() if a.role == (role_of or role)), ACTORS[role])
        self.story.until_instant(self.story.now)
        before = self.story.state.model_dump_json()
        try:
            self.story.act(action, actor, **said)
        except Refusal:
            assert self.story.state.model_dump_json() == before


TestTicket = TicketMachine.TestCase
TestTicket.settings = settings(
    max_examples=150,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
