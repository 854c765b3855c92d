"""All times and expectations in a scenario, with their paths."""

from collections.abc import Iterator

from commands.scenario.account_expectation import AccountExpectation
from commands.scenario.expectation import ClockExpectation, Expectation
from commands.scenario.expectation_base import LocalTime
from commands.scenario.scenario import Scenario
from commands.scenario.steps import AnyActionStep
from policies.documents.problems import Path

Timestamp = tuple[Path, LocalTime]


def step_times(scenario: Scenario) -> Iterator[Timestamp]:
    """The times of the start and of the steps, in the order of the file."""
    if scenario.account:
        yield ("account", "begins_at"), scenario.account.begins_at
    if scenario.ticket:
        yield ("ticket", "received_at"), scenario.ticket.received_at
    for i, step in enumerate(scenario.steps):
        yield ("steps", i, "at"), step.at


def all_times(scenario: Scenario) -> Iterator[Timestamp]:
    """All times in the scenario, including those in inputs and expectations."""
    yield from step_times(scenario)
    for i, step in enumerate(scenario.steps):
        for path, local in step.times.items() if isinstance(step, AnyActionStep) else ():
            yield ("steps", i, *path), local
    yield from _due_times(scenario)
    yield from _outage_ends(scenario)


def expectations(scenario: Scenario) -> Iterator[tuple[Path, Expectation]]:
    """The expectations at the opening and after each step."""
    if scenario.ticket:
        yield ("ticket", "expect"), scenario.ticket.expect
    for i, step in enumerate(scenario.steps):
        yield ("steps", i, "expect"), step.expect


def _account_expectations(scenario: Scenario) -> Iterator[tuple[Path, AccountExpectation]]:
    if scenario.account:
        yield ("account", "expect"), scenario.account.expect
    for path, expect in expectations(scenario):
        if expect.account is not None:
            yield (*path, "account"), expect.account


def _due_times(scenario: Scenario) -> Iterator[Timestamp]:
    for path, expect in expectations(scenario):
        for name, clock in (expect.clocks or {}).items():
            if isinstance(clock, ClockExpectation) and clock.due_at is not None:
                yield (*path, "clocks", name, "due_at"), clock.due_at


def _outage_ends(scenario: Scenario) -> Iterator[Timestamp]:
    for path, expect in _account_expectations(scenario):
        for name, outage in (expect.outages or {}).items():
            if not isinstance(outage, str) and outage.ends_at is not None:
                yield (*path, "outages", name, "ends_at"), outage.ends_at
