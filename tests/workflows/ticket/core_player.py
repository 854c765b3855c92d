"""Plays a scenario on the functional core, without a server, in milliseconds.

What `desk simulate` shows besides, the durable process and real e-mails, is not here: an audience
counts as told if the ticket owes it a notice. Times may be in the past.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from commands.scenario.account_expectation import AccountExpectation
from commands.scenario.checks import OPENING_REFUSED
from commands.scenario.expectation import Expectation
from commands.scenario.script import Script, read_script
from commands.scenario.steps import AccountActionStep, ActionStep, OtherTicketsStep, Step
from commands.simulation.comparison import Comparison, Snapshot, compare, compare_refusal
from commands.simulation.runner import BEGINNING_PATH, OPENING_PATH, opening_of
from policies.business_time.zones import find_zone
from policies.documents.problems import Path as Place
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.request import TicketFacts
from policies.terms.admission import RequestRefused
from policies.terms.late_settlement import settle_open_ticket
from policies.vocabulary import Role
from tests.workflows.account.core_account import CoreAccount
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.shared.refusals import Refusal
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.model.opening import Opening
from workflows.ticket.process.duties import duties
from workflows.ticket.process.views import view

NUMBER = "CORE-0000-0001"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def play(path: Path, catalog: PolicyCatalog) -> list[Comparison]:
    """The comparisons of a scenario file: of its ticket, its account, or both."""
    return list(CorePlayer(read_script(path, catalog, LONG_AGO)).run())


@dataclass
class CorePlayer:
    """Plays a script. Its ticket and its account are there afterwards."""

    script: Script
    driver: TicketDriver | None = None
    account: CoreAccount | None = None
    events_seen: int = 0
    notices_seen: int = 0

    def run(self) -> Iterator[Comparison]:
        scenario = self.script.scenario
        request, opening = scenario.ticket, None
        if request is not None:
            try:
                opening = opening_of(self.script, request, NUMBER)
            except RequestRefused as refusal:
                at_opening = compare_refusal(request.expect, OPENING_REFUSED, str(refusal))
                yield from (c.under(OPENING_PATH) for c in at_opening)
                return
        yield from self._begin(opening)
        for i, step in enumerate(scenario.steps):
            yield from self._take(("steps", i), step)

    def _begin(self, opening: Opening | None) -> Iterator[Comparison]:
        """Starts the account, then opens the ticket."""
        beginning, request = self.script.scenario.account, self.script.scenario.ticket
        if beginning is not None:
            self.account = CoreAccount(self.script, NUMBER, opening)
            begins_at = self.script.scenario.begins[1]
            found = self.account.check(beginning.expect, begins_at)
            yield from (c.under(BEGINNING_PATH) for c in found)
        if opening is not None and request is not None:
            self.driver = TicketDriver(opened=opening)
            self._advance(opening.received_at)
            if request.expect.refused is not None:
                yield from (c.under(OPENING_PATH) for c in compare_refusal(request.expect, "", ""))
            yield from self._check(OPENING_PATH, request.expect, opening.received_at)

    def _advance(self, at: datetime, *, acts: bool = False) -> None:
        """Advances time. The account takes each report at the instant at which it arises. An action
        precedes what is due at the same time; a check does not.
        """
        driver = self.driver
        if driver is not None:
            self._report()
            while (due := _due(driver)) is not None and (due < at or (due == at and not acts)):
                driver.until_instant(max(due, driver.now))
                self._report()
            driver.now = at
            driver.deliver_all()
        if self.account is not None:
            self.account.until(at)

    def _report(self) -> None:
        if self.account is not None and self.driver is not None:
            self.account.receive(self.driver.state, self.driver.now)

    def _take(self, path: Place, step: Step) -> Iterator[Comparison]:
        at = self.script.scenario.to_utc(step.at)
        self._advance(at, acts=isinstance(step, ActionStep))
        outcome: tuple[str, str] | None = None
        if isinstance(step, ActionStep):
            outcome = self._act(step)
        elif isinstance(step, AccountActionStep) and self.account is not None:
            outcome = self.account.act(step, at)
        elif isinstance(step, OtherTicketsStep) and self.account is not None:
            self.account.receive_others(step, at)
        if outcome is not None and (outcome[0] or step.expect.refused is not None):
            yield from (c.under(path) for c in compare_refusal(step.expect, *outcome))
        yield from self._check((*path, "expect"), step.expect, at)

    def _act(self, step: ActionStep) -> tuple[str, str]:
        """Takes an action on the ticket; returns kind and reason of its refusal, if any."""
        assert self.driver is not None
        scenario, kind, reason = self.script.scenario, "", ""
        input = step.input_in_utc(scenario.to_utc)
        try:
            self.driver.act(step.do, scenario.actor(step.by), **input)
            self._settle()
        except Refusal as refusal:
            kind, reason = type(refusal).__name__, refusal.text("en")
        self._report()
        self.driver.deliver_all()
        return kind, reason

    def _settle(self) -> None:
        """Settles what the ticket awaits, as the activity does with the scenario's contract."""
        driver = self.driver
        assert driver is not None
        request, state = driver.state.opening.request, driver.state
        if state.awaits_settlement and request is not None:
            known = request.model_copy(update={"facts": state.facts})
            facts = TicketFacts.model_validate(known.with_facts)
            script = self.script
            driver.ticket.settle(
                settle_open_ticket(script.policy, script.contract, facts, request.received_at),
                driver.now,
            )

    def _check(self, path: Place, expect: Expectation, at: datetime) -> Iterator[Comparison]:
        if self.driver is not None:
            roles = {*(expect.allowed_actions or ())} | {*(expect.not_allowed_actions or ())}
            yield from (c.under(path) for c in compare(expect, self._snapshot(roles)))
        if self.account is not None:
            found = self.account.check(expect.account or AccountExpectation(), at)
            yield from (c.under((*path, "account")) for c in found)

    def _snapshot(self, roles: set[Role]) -> Snapshot:
        driver = self.driver
        assert driver is not None
        zone, state = find_zone(self.script.scenario.zone), driver.state
        shown = view(state)
        new_events = tuple(event.type for event in state.events[self.events_seen :])
        notices = tuple(shown.notices[self.notices_seen :])
        self.events_seen, self.notices_seen = len(state.events), len(shown.notices)
        return Snapshot(
            view=shown,
            new_events=new_events,
            notified=notices,
            allowed={role: allowed_actions(state, role) for role in roles},
            verdict=shown.verdict or state.terms.verdict,
            to_utc=self.script.scenario.to_utc,
            local=lambda at: f"{at.astimezone(zone):%Y-%m-%d %H:%M}",
            addresses={name: to.email for name, to in state.terms.contacts.items()},
        )


def _due(driver: TicketDriver) -> datetime | None:
    """When the next duty of the ticket is due; None without one."""
    return next((duty.at for duty in duties(driver.ticket)), None)
