"""Metrics of a ticket workflow: the lateness of its duties, and state changes of its clocks.

The meter of a workflow is silent on replay, so each value counts once, in the worker that first
executed it.
"""

from collections.abc import Iterable
from datetime import timedelta
from functools import cached_property

from temporalio import workflow
from temporalio.common import MetricCounter, MetricHistogramTimedelta

from workflows.ticket.clocks.clock import Clock
from workflows.ticket.process.duties import Duty
from workflows.ticket.process.ticket import Ticket

LATENESS = "desk_timer_lateness"
CLOCK_CHANGES = "desk_clock_changes"


class TicketMetrics:
    """The metrics of one ticket. Earlier runs have counted the clocks in `counted`."""

    def __init__(self, ticket: Ticket, counted: Iterable[Clock] = ()) -> None:
        self._ticket = ticket
        self._states = {(clock.name, clock.cycle): clock.state for clock in counted}

    def record_duty(self, duty: Duty) -> None:
        """Records how late a duty is performed."""
        late = max(workflow.now() - duty.at, timedelta(0))
        self._lateness.record(late, {"policy": self._policy, "duty": duty.key.partition("/")[0]})

    def record_clock_changes(self) -> None:
        """Counts the clocks whose state has changed."""
        for clock in self._ticket.state.clocks:
            identity = (clock.name, clock.cycle)
            if self._states.get(identity) is not clock.state:
                self._states[identity] = clock.state
                labels = {"policy": self._policy, "clock": clock.name, "state": clock.state}
                self._clock_changes.add(1, labels)

    @cached_property
    def _lateness(self) -> MetricHistogramTimedelta:
        return workflow.metric_meter().create_histogram_timedelta(
            LATENESS, "From the due time of a duty to its performance"
        )

    @cached_property
    def _clock_changes(self) -> MetricCounter:
        return workflow.metric_meter().create_counter(
            CLOCK_CHANGES, "Cycles of clocks that entered a state"
        )

    @property
    def _policy(self) -> str:
        return self._ticket.state.terms.policy
