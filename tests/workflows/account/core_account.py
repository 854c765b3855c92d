"""The account of a scenario on the functional core, which the scenario's ticket reports to.

An audience counts as told if the account owes it a notice.
"""

from datetime import datetime

from commands.scenario.account_expectation import AccountExpectation
from commands.scenario.script import Script
from commands.scenario.steps import AccountActionStep, OtherTicketsStep
from commands.simulation.account_comparison import AccountSnapshot, compare_account
from commands.simulation.comparison import Comparisons
from commands.simulation.credit_names import CreditNames
from commands.simulation.other_reports import OtherReports
from policies.accounts.account_settlement import account_terms
from policies.business_time.zones import find_zone
from tests.workflows.account.account_driver import AccountDriver
from workflows.account import views
from workflows.account.model.action_inputs import AccountAction
from workflows.account.model.events import AccountEventType
from workflows.shared.refusals import Refusal
from workflows.ticket.model.opening import Opening
from workflows.ticket.state.ticket_state import TicketState


class CoreAccount:
    """Plays the account, and compares what is new since the previous step."""

    def __init__(self, script: Script, number: str, opening: Opening | None) -> None:
        self._scenario = script.scenario
        self._names = CreditNames(number)
        self._others = OtherReports(script, opening)
        _, begins_at = self._scenario.begins
        self.driver = AccountDriver(
            account_terms(script.policy, script.contract, begins_at.year), begins_at
        )
        self._last_event_seen = 0
        self._notices_seen: set[str] = set()

    def until(self, at: datetime) -> None:
        """Advances time; what ends by then, inclusive, is closed."""
        self.driver.account.catch_up(at)

    def receive(self, ticket: TicketState, at: datetime) -> None:
        """Takes the reports that a change of the ticket at `at` has left, in their order."""
        for late in ticket.late:
            self.driver.act(AccountAction.REPORT_LATENESS, at, id=late.id, lateness=late)
        for outcome in ticket.outcomes:
            self.driver.act(AccountAction.REPORT_OUTCOME, at, id=outcome.id, outcome=outcome)
        ticket.late.clear()
        ticket.outcomes.clear()

    def receive_others(self, step: OtherTicketsStep, at: datetime) -> None:
        """Takes the reports of other tickets of the account."""
        for action, content in self._others.reports(step, at):
            self.driver.act(action, at, **content)

    def act(self, step: AccountActionStep, at: datetime) -> tuple[str, str]:
        """Takes an action; returns kind and reason of its refusal, both empty without one."""
        actor, input = self._scenario.actor(step.by), step.input_in_utc(self._scenario.to_utc)
        try:
            self.driver.act(step.do, at, by=actor, **self._names.expand(input))
        except Refusal as refusal:
            locale = self.driver.account.state.terms.locale
            return type(refusal).__name__, self._names.shorten(refusal.text(locale))
        return "", ""

    def check(self, expect: AccountExpectation, at: datetime) -> Comparisons:
        """Compares the account with the expectation."""
        return compare_account(expect, self._snapshot(expect, at))

    def _snapshot(self, expect: AccountExpectation, at: datetime) -> AccountSnapshot:
        state, zone = self.driver.account.state, find_zone(self._scenario.zone)
        view = views.view(state, at)
        new_events = [event for event in view.events if event.seq > self._last_event_seen]
        notices = [n for n in view.notices if n.key not in self._notices_seen]
        self._last_event_seen = max((event.seq for event in view.events), default=0)
        self._notices_seen |= {notice.key for notice in notices}
        return AccountSnapshot(
            view=view,
            months={m: views.month(state, state.period(m), at) for m in expect.months or ()},
            new_events=tuple(AccountEventType(event.type) for event in new_events),
            notified=tuple(notices),
            short_id=self._names.shorten,
            to_utc=self._scenario.to_utc,
            local=lambda at: f"{at.astimezone(zone):%Y-%m-%d %H:%M}",
        )
