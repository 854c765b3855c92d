"""Whatever people do, in whatever order and at whatever time, these hold."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from policies.coverage.verdict import Decision, Verdict
from policies.terms.settlement_request import Settlement
from policies.vocabulary import Action, ClockState, ClosedAs, EventType, Role, Stage
from tests.harness import ACTORS, opening
from tests.workflows.ticket.actions.test_lifecycle import SAID
from tests.workflows.ticket.invariants import ALL
from tests.workflows.ticket.story import Story
from workflows.shared.refusals import Refusal
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.messages import Event

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
            self.story.ticket.record_merge_result("not found", self.story.now)

    @rule()
    def deliver(self) -> None:
        self.story.deliver_all()

    @precondition(lambda self: self.story.state.events)
    @rule()
    def write_down_and_read_again(self) -> None:
        self.story = self.story.carried()

    @precondition(lambda self: self.story.state.stage in (Stage.IN_PROGRESS, Stage.TRIAGE))
    @rule(minutes=st.integers(1, 60 * 24 * 3))
    def ask_and_be_answered_while_the_desk_is_closed(self, minutes: int) -> None:
        """A pause that covers only closed time moves nothing (design rule 8)."""
        story, desk = self.story, self.story.state.terms.desk_calendar
        assert desk is not None
        story.until_instant(story.now)
        later = story.now + timedelta(minutes=minutes)
        is_closed = not desk.calendar.between(story.now, later)
        if not is_closed or story.state.awaiting_information:
            return
        before = self._due()
        self._try(Action.REQUEST_INFORMATION, **SAID[Action.REQUEST_INFORMATION])
        asked = len(story.state.events)
        story.until_instant(later)
        self._try(Action.PROVIDE_INFORMATION, **SAID[Action.PROVIDE_INFORMATION])
        rung = [e for e in story.state.events[asked:] if "rung" in e.data]
        assert rung == []
        after = self._due()
        # `next_update` is met by asking, and begins anew.
        assert {n: after.get(n) for n in before if n[0] != "next_update"} == {
            n: due for n, due in before.items() if n[0] != "next_update"
        }

    @precondition(lambda self: any(c.state is ClockState.PAUSED for c in self.story.state.clocks))
    @rule(minutes=st.integers(0, 60 * 24 * 12))
    def wait_while_paused(self, minutes: int) -> None:
        """What is owed stays as it is for as long as nobody acts."""
        paused = {c.name: c for c in self.story.state.clocks if c.state is ClockState.PAUSED}
        waiting_on = self.story.state.waiting_on
        self.story.until_instant(self.story.now + timedelta(minutes=minutes))
        if self.story.state.waiting_on is waiting_on:
            again = {c.name: c for c in self.story.state.clocks if c.state is ClockState.PAUSED}
            assert again == paused

    @invariant()
    def everything_holds_that_always_does(self) -> None:
        for holds in ALL:
            holds(self.story.state, self.story.now)

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

    def teardown(self) -> None:
        """Wherever it is, a ticket can be closed, and owes nothing from then on."""
        story: Story | None = getattr(self, "story", None)
        if story is None:
            return
        story.until_instant(story.now)
        if story.state.stage is not Stage.CLOSED:
            story.act(Action.CLOSE, closed_as="withdrawn", reason="The end.")
        if story.state.is_contestable and story.state.contest_until is not None:
            story.until_instant(story.state.contest_until)
        assert story.next_duty() is None
        assert not any(clock.is_open for clock in story.state.clocks)

    def _due(self) -> dict[tuple[str, int], datetime]:
        running = (c for c in self.story.state.clocks if c.state is ClockState.RUNNING)
        return {(clock.name, clock.cycle): clock.due_at for clock in running}

    def _try(self, action: Action, role_of: str | None = None, **said: Any) -> None:
        role = ACTIONS[action].by[0]
        actor = next((a for a in ACTORS.values() if a.role == (role_of or role)), ACTORS[role])
        self.story.until_instant(self.story.now)
        before = self.story.state.model_dump_json()
        try:
            self.story.act(action, actor, **said)
        except Refusal:
            assert self.story.state.model_dump_json() == before


TestTicket = TicketMachine.TestCase
TestTicket.settings = settings(
    max_examples=100,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
