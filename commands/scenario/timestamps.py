"""Moments: every time that a scenario names, and every expectation, with its place."""

from collections.abc import Iterator

from commands.scenario.account_expectation import AccountExpectation
from commands.scenario.expectation import ClockExpectation, Expectation
from commands.scenario.expectation_base import LocalTime
from commands.scenario.scenario import Scenario
from commands.scenario.steps import AccountActionStep
from policies.documents.problems import Path

Timestamp = tuple[Path, LocalTime]


def timestamps(scenario: Scenario) -> Iterator[Timestamp]:
    """The points of the story, in the order in which they are told."""
    if scenario.account:
        yield ("account", "begins_at"), scenario.account.begins_at
    if scenario.ticket:
        yield ("ticket", "received_at"), scenario.ticket.received_at
    for i, step in enumerate(scenario.steps):
        yield ("steps", i, "at"), step.at


def times(scenario: Scenario) -> Iterator[Timestamp]:
    """The points of the story, and the times that are said or expected in it."""
    yield from timestamps(scenario)
    for i, step in enumerate(scenario.steps):
        for name, local in step.instants.items() if isinstance(step, AccountActionStep) else ():
            yield ("steps", i, name), local
    yield from _due(scenario)
    yield from _ended(scenario)


def expectations(scenario: Scenario) -> Iterator[tuple[Path, Expectation]]:
    """What is expected of the ticket when it comes in, and after each step."""
    if scenario.ticket:
        yield ("ticket", "expect"), scenario.ticket.expect
    for i, step in enumerate(scenario.steps):
        yield ("steps", i, "expect"), step.expect


def _of_accounts(scenario: Scenario) -> Iterator[tuple[Path, AccountExpectation]]:
    if scenario.account:
        yield ("account", "expect"), scenario.account.expect
    for path, expect in expectations(scenario):
        if expect.account is not None:
            yield (*path, "account"), expect.account


def _due(scenario: Scenario) -> Iterator[Timestamp]:
    for path, expect in expectations(scenario):
        for name, clock in (expect.clocks or {}).items():
            if isinstance(clock, ClockExpectation) and clock.due_at is not None:
                yield (*path, "clocks", name, "due_at"), clock.due_at


def _ended(scenario: Scenario) -> Iterator[Timestamp]:
    for path, expect in _of_accounts(scenario):
        for name, outage in (expect.outages or {}).items():
            if not isinstance(outage, str) and outage.ends_at is not None:
                yield (*path, "outages", name, "ends_at"), outage.ends_at
