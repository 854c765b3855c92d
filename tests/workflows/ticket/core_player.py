"""Plays the ticket of a scenario on the functional core, without a server, in milliseconds.

What `desk simulate` shows besides, the durable process and real e-mails, is not here: an audience
counts as told if the ticket owes it a notice. Times may be in the past.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from commands.scenario.checks import OPENING_REFUSED
from commands.scenario.expectation import Expectation
from commands.scenario.script import Script, read_script
from commands.scenario.steps import ActionStep, Step
from commands.simulation.comparison import Comparison, Snapshot, compare, compare_refusal
from commands.simulation.runner import OPENING_PATH, opening_of
from policies.business_time.zones import find_zone
from policies.documents.problems import Path as Place
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.request import TicketFacts
from policies.terms.admission import RequestRefused
from policies.terms.late_settlement import settle_open_ticket
from policies.vocabulary import Role
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.shared.refusals import Refusal
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.process.views import view

NUMBER = "CORE-0000-0001"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def play(path: Path, catalog: PolicyCatalog) -> list[Comparison]:
    """The comparisons of a scenario file that has a ticket and no account."""
    return list(_CorePlayer(read_script(path, catalog, LONG_AGO)).run())


@dataclass
class _CorePlayer:
    script: Script
    driver: TicketDriver | None = None
    events_seen: int = 0
    notices_seen: int = 0

    def run(self) -> Iterator[Comparison]:
        scenario = self.script.scenario
        request = scenario.ticket
        assert request is not None
        assert scenario.account is None, "play the scenario with `desk simulate`"
        try:
            opening = opening_of(self.script, request, NUMBER)
        except RequestRefused as refusal:
            yield from compare_refusal(request.expect, OPENING_REFUSED, str(refusal))
            return
        self.driver = TicketDriver(opened=opening)
        self.driver.until_instant(opening.received_at).deliver_all()
        yield from self._check(OPENING_PATH, request.expect)
        for i, step in enumerate(scenario.steps):
            yield from self._take(("steps", i), step)

    def _take(self, path: Place, step: Step) -> Iterator[Comparison]:
        assert self.driver is not None
        at = self.script.scenario.to_utc(step.at)
        if isinstance(step, ActionStep):
            yield from self._outcome(path, step, at)
        else:
            self.driver.until_instant(at).deliver_all()
        yield from self._check((*path, "expect"), step.expect)

    def _outcome(self, path: Place, step: ActionStep, at: datetime) -> Iterator[Comparison]:
        assert self.driver is not None
        actor = self.script.scenario.actor(step.by)
        # An action precedes what is due at the same time.
        self.driver.now = at
        kind = reason = ""
        try:
            self.driver.act(step.do, actor, **step.input)
            self._settle()
        except Refusal as refusal:
            kind, reason = type(refusal).__name__, refusal.text("en")
        self.driver.deliver_all()
        if kind or step.expect.refused is not None:
            yield from (c.under(path) for c in compare_refusal(step.expect, kind, reason))

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

    def _check(self, path: Place, expect: Expectation) -> Iterator[Comparison]:
        roles = {*(expect.allowed_actions or ())} | {*(expect.not_allowed_actions or ())}
        yield from (c.under(path) for c in compare(expect, self._snapshot(roles)))

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
        )
