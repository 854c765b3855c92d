"""Consistency checks of a scenario. The name of a rule is the sentence that it checks."""

# ruff: noqa: D103 - see above

from collections.abc import Iterator
from datetime import UTC, date, datetime

from commands.console.instant_argument import BadInstant
from commands.scenario.scenario import Scenario
from commands.scenario.steps import (
    AccountActionStep,
    ActionStep,
    AnyActionStep,
    OtherTicketsStep,
    Step,
)
from commands.scenario.timestamps import all_times, expectations, step_times
from policies.business_time.calendar import UnknownZoneError
from policies.business_time.zones import find_zone
from policies.checks.places import unknown_locale, unknown_zone
from policies.documents.problems import Finding
from policies.documents.suggestions import one_of
from policies.schema.policy import SupportPolicy
from policies.vocabulary import Role
from workflows.account.refusals import ACCOUNT_REFUSALS
from workflows.ticket.model.refusals import REFUSALS

OPENING_REFUSED = "RequestRefused"
REFUSED_AT = ("ticket", "expect", "refused")
NO_ACCOUNT = ("the scenario has no account", 'add "account: {begins_at: ...}"')
NO_TICKET = ("the scenario has no ticket", "add a `ticket`, or remove this")


def zone_exists(scenario: Scenario) -> Iterator[Finding]:
    try:
        find_zone(scenario.zone)
    except UnknownZoneError as error:
        wrong, _, right = str(error).partition("; ")
        yield Finding(("zone",), wrong, right or 'name an IANA zone, for example "Europe/Paris"')


def the_requesters_zone_and_locale_exist(scenario: Scenario) -> Iterator[Finding]:
    if scenario.ticket is not None:
        requester, path = scenario.ticket.requester, ("ticket", "requester")
        yield from unknown_zone((*path, "zone"), requester.zone)
        yield from unknown_locale((*path, "locale"), requester.locale)


def times_are_valid(scenario: Scenario) -> Iterator[Finding]:
    for path, local in all_times(scenario):
        try:
            scenario.to_utc(local)
        except (BadInstant, OverflowError) as error:
            wrong, _, right = str(error).partition("; ")
            yield Finding(path, wrong, right and 'write for example "2031-03-04 14:00"')


def steps_are_in_order(scenario: Scenario) -> Iterator[Finding]:
    previous, previous_at = scenario.begins
    for path, local in step_times(scenario):
        at = scenario.to_utc(local)
        if at < previous_at:
            yield Finding(path, f'"{local}" is before "{previous}"', "put the steps in order")
        previous, previous_at = local, at


def actors_are_known(scenario: Scenario) -> Iterator[Finding]:
    actors = (*scenario.people, *(role for role in Role if role is not Role.SYSTEM))
    for i, step in enumerate(scenario.steps):
        if isinstance(step, AnyActionStep) and step.by not in actors:
            wrong = f'"{step.by}" is not a person of this scenario or a role'
            yield Finding(("steps", i, "by"), wrong, one_of(step.by, actors))
    for name, person in scenario.people.items():
        if person.role is Role.SYSTEM:
            wrong, right = "the system acts automatically", "remove it"
            yield Finding(("people", name, "role"), wrong, right)


def steps_without_an_action_expect_something(scenario: Scenario) -> Iterator[Finding]:
    for i, step in enumerate(scenario.steps):
        acts = isinstance(step, AnyActionStep | OtherTicketsStep)
        if not acts and not step.expect.model_fields_set:
            right = 'add an action ("by: ...", "do: ...") or "expect"'
            yield Finding(("steps", i), "the step has no action and no expectation", right)


def refusals_are_expected_of_actions(scenario: Scenario) -> Iterator[Finding]:
    for path, expect in expectations(scenario):
        if expect.because is not None and expect.refused is None:
            yield Finding((*path, "because"), "no refusal is expected here", 'add "refused: ..."')
    for i, step in enumerate(scenario.steps):
        if step.expect.refused is None:
            continue
        path, kinds = ("steps", i, "expect", "refused"), _kinds(step)
        if not isinstance(step, AnyActionStep):
            yield Finding(path, "the step has no action", 'add "by: ..." and "do: ..."')
        elif step.expect.refused not in kinds:
            wrong = f'"{step.expect.refused}" is not a kind of refusal'
            yield Finding(path, wrong, one_of(step.expect.refused, kinds))


def nothing_follows_a_refused_opening(scenario: Scenario) -> Iterator[Finding]:
    expect = scenario.ticket.expect if scenario.ticket else None
    if expect is None or expect.refused is None:
        return
    if expect.refused != OPENING_REFUSED:
        wrong = f'"{expect.refused}" is not a refusal of an opening'
        yield Finding(REFUSED_AT, wrong, f'write "refused: {OPENING_REFUSED}"')
    if scenario.steps:
        wrong = "a refused opening leaves no ticket"
        yield Finding(("steps",), wrong, "remove the steps")
    if scenario.account:
        wrong, right = "the scenario ends with the refusal", "use another scenario"
        yield Finding(("account",), wrong, right, about_key=True)
    for name in sorted(expect.model_fields_set - {"refused", "because"}):
        wrong = "a refused opening leaves no ticket"
        yield Finding(("ticket", "expect", name), wrong, "remove it", about_key=True)


def expectations_concern_parts_of_the_scenario(scenario: Scenario) -> Iterator[Finding]:
    for path, expect in expectations(scenario):
        if scenario.account is None and expect.account is not None:
            yield Finding((*path, "account"), *NO_ACCOUNT, about_key=True)
        for name in sorted(expect.about_ticket) if scenario.ticket is None else ():
            yield Finding((*path, name), *NO_TICKET, about_key=True)


def actions_concern_parts_of_the_scenario(scenario: Scenario) -> Iterator[Finding]:
    for i, step in enumerate(scenario.steps):
        if isinstance(step, AccountActionStep) and scenario.account is None:
            yield Finding(("steps", i, "do"), *NO_ACCOUNT)
        if isinstance(step, OtherTicketsStep) and scenario.account is None:
            yield Finding(("steps", i, "other_tickets"), *NO_ACCOUNT, about_key=True)
        if isinstance(step, ActionStep) and scenario.ticket is None:
            yield Finding(("steps", i, "do"), *NO_TICKET)


RULES = (
    the_requesters_zone_and_locale_exist,
    actors_are_known,
    steps_without_an_action_expect_something,
    refusals_are_expected_of_actions,
    nothing_follows_a_refused_opening,
    expectations_concern_parts_of_the_scenario,
    actions_concern_parts_of_the_scenario,
)


def inconsistencies(scenario: Scenario) -> Iterator[Finding]:
    """All inconsistencies between the parts of a scenario."""
    if scenario.ticket is None and scenario.account is None:
        right = "add a `ticket`, an `account`, or both"
        yield Finding((), "the scenario has no ticket and no account", right)
        return
    invalid_times = [*zone_exists(scenario)] or [*times_are_valid(scenario)]
    yield from invalid_times or steps_are_in_order(scenario)
    for rule in RULES:
        yield from rule(scenario)


def other_tickets_are_of_the_policy(scenario: Scenario, policy: SupportPolicy) -> Iterator[Finding]:
    """Clocks and priorities of other tickets that the policy does not have."""
    for i, step in enumerate(scenario.steps):
        if not isinstance(step, OtherTicketsStep):
            continue
        others, path = step.other_tickets, ("steps", i, "other_tickets")
        if others.clock not in policy.clocks:
            wrong = f'the policy has no clock "{others.clock}"'
            yield Finding((*path, "clock"), wrong, one_of(others.clock, policy.clocks))
        if others.priority is not None and others.priority not in policy.priorities:
            wrong = f'the policy has no priority "{others.priority}"'
            yield Finding((*path, "priority"), wrong, one_of(others.priority, policy.priorities))


def past(scenario: Scenario, now: datetime) -> Iterator[Finding]:
    """A start that is not in the future: time can be skipped, but not turned back."""
    local, begins_at = scenario.begins
    if begins_at <= now:
        wrong = f'"{local}" has passed, and a simulation cannot go back in time'
        similar = similar_year(begins_at.astimezone(UTC).year, now.year)
        right = f"use a later year: in {similar} every date has the same weekday"
        path = ("account", "begins_at") if scenario.account else ("ticket", "received_at")
        yield Finding(path, wrong, right)


def similar_year(year: int, after: int) -> int:
    """The next year, later than `after`, in which each date has the same weekday as in `year`."""
    weekdays = [date(year, month, 1).weekday() for month in (1, 12)]
    later = after + 1
    while [date(later, month, 1).weekday() for month in (1, 12)] != weekdays:
        later += 1
    return later


def _kinds(step: Step) -> tuple[str, ...]:
    """The kinds of refusal that an action can get."""
    return tuple(ACCOUNT_REFUSALS if isinstance(step, AccountActionStep) else REFUSALS)
