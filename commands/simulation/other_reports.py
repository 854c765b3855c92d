"""Reports of the other tickets of a scenario to its account, as tickets send them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from commands.scenario.other_tickets import OTHER_TICKET, OtherTickets
from commands.scenario.script import Script
from commands.scenario.steps import OtherTicketsStep
from policies.accounts.lateness import Lateness
from policies.accounts.outcomes import ClockOutcome, OutcomeState
from policies.schema.tables import Dimension
from policies.terms.model.ticket_terms import Terms
from workflows.account.model.action_inputs import AccountAction
from workflows.ticket.model.opening import Opening

Report = tuple[AccountAction, dict[str, Any]]


class OtherReports:
    """Makes the reports of other tickets. A claim period in business time is that of the scenario's
    ticket.
    """

    def __init__(self, script: Script, opening: Opening | None) -> None:
        self._script = script
        self._terms = opening.terms if opening else None
        self._numbers = count(1)

    def reports(self, step: OtherTicketsStep, at: datetime) -> Iterator[Report]:
        """The reports of a step at `at`: the tickets in time first, then the late ones."""
        others = step.other_tickets
        for _ in range(others.in_time):
            yield self._outcome(others, self._number(), OutcomeState.IN_TIME, at)
        for _ in range(others.late):
            number = self._number()
            yield self._lateness(others, number, at)
            yield self._outcome(others, number, OutcomeState.LATE, at)

    def _number(self) -> str:
        return f"{OTHER_TICKET}{next(self._numbers)}"

    def _priority(self, others: OtherTickets) -> str | None:
        return others.priority or self._script.policy.defaults.get(Dimension.PRIORITY)

    def _outcome(
        self, others: OtherTickets, number: str, state: OutcomeState, at: datetime
    ) -> Report:
        outcome = ClockOutcome(
            account=self._script.contract.account,
            ticket=number,
            clock=others.clock,
            state=state,
            priority=self._priority(others),
            started_at=at,
            due_at=at,
        )
        return AccountAction.REPORT_OUTCOME, {"outcome": outcome}

    def _lateness(self, others: OtherTickets, number: str, at: datetime) -> Report:
        priority = self._priority(others)
        lateness = Lateness(
            account=self._script.contract.account,
            ticket=number,
            clock=others.clock,
            priority=priority,
            due_at=at,
            breached_at=at,
            late=timedelta(0),
            reported_at=at,
            completed_at=at,
            claim_until=_claim_until(self._terms, others.clock, priority, at),
        )
        return AccountAction.REPORT_LATENESS, {"lateness": lateness}


def _claim_until(
    terms: Terms | None, clock: str, priority: str | None, at: datetime
) -> datetime | None:
    if terms is None or terms.claim_within is None:
        return None
    clock_terms = terms.clock(clock)
    promise = clock_terms.promise(priority, terms.rows_of({}))
    calendar = terms.calendar_of(clock_terms, promise)
    return terms.claim_within.due_from(at, calendar.calendar) if calendar else None
