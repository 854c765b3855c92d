"""What must agree between the parts of a scenario. A rule's name is the sentence it checks."""

# ruff: noqa: D103 - the name of a rule is the sentence it checks

from collections.abc import Iterator
from datetime import UTC, date, datetime

from commands.console.instant_argument import BadInstant
from commands.scenario.scenario import Scenario
from commands.scenario.steps import AccountActionStep, ActionStep, AnyActionStep, Step
from commands.scenario.timestamps import expectations, times, timestamps
from policies.business_time.calendar import UnknownZoneError
from policies.business_time.zones import find_zone
from policies.documents.problems import Finding
from policies.documents.suggestions import one_of
from policies.vocabulary import Role
from workflows.account.refusals import ACCOUNT_REFUSALS
from workflows.ticket.model.refusals import REFUSALS

OPENING_REFUSED = "RequestRefused"
CLOSED = "TicketClosed"
REFUSED_AT = ("ticket", "expect", "refused")
NO_ACCOUNT = ("this story has no account", 'add "account: {begins_at: ...}"')
NO_TICKET = ("this story has no ticket", "add a `ticket`, or leave it out")


def zone_exists(scenario: Scenario) -> Iterator[Finding]:
    try:
        find_zone(scenario.zone)
    except UnknownZoneError as error:
        wrong, _, right = str(error).partition("; ")
        yield Finding(("zone",), wrong, right or 'name an IANA zone, for example "Europe/Paris"')


def times_are_instants(scenario: Scenario) -> Iterator[Finding]:
    for path, local in times(scenario):
        try:
            scenario.instant(local)
        except (BadInstant, OverflowError) as error:
            wrong, _, right = str(error).partition("; ")
            yield Finding(path, wrong, right and 'write for example "2031-03-04 14:00"')


def the_story_is_told_in_order(scenario: Scenario) -> Iterator[Finding]:
    said, before = scenario.begins
    for path, local in timestamps(scenario):
        at = scenario.instant(local)
        if at < before:
            yield Finding(path, f'"{local}" is before "{said}"', "tell it in order")
        before, said = at, local


def people_are_known(scenario: Scenario) -> Iterator[Finding]:
    known = (*scenario.people, *(role for role in Role if role is not Role.SYSTEM))
    for i, step in enumerate(scenario.steps):
        if isinstance(step, AnyActionStep) and step.by not in known:
            wrong = f'"{step.by}" is nobody of this scenario'
            yield Finding(("steps", i, "by"), wrong, one_of(step.by, known))
    for name, person in scenario.people.items():
        if person.role is Role.SYSTEM:
            wrong, right = "the system acts by itself", "leave it out"
            yield Finding(("people", name, "role"), wrong, right)


def looks_expect_something(scenario: Scenario) -> Iterator[Finding]:
    for i, step in enumerate(scenario.steps):
        if not isinstance(step, AnyActionStep) and not step.expect.model_fields_set:
            right = 'say who does what ("by: ...", "do: ..."), or what to "expect"'
            yield Finding(("steps", i), "nothing happens in this step", right)


def refusals_are_of_something_tried(scenario: Scenario) -> Iterator[Finding]:
    for path, expect in expectations(scenario):
        if expect.because is not None and expect.refused is None:
            yield Finding((*path, "because"), "nothing is refused here", 'add "refused: ..."')
    for i, step in enumerate(scenario.steps):
        if step.expect.refused is None:
            continue
        path, kinds = ("steps", i, "expect", "refused"), _kinds(step)
        if not isinstance(step, AnyActionStep):
            yield Finding(path, "nothing is tried in this step", 'say "by: ..." and "do: ..."')
        elif step.expect.refused not in kinds:
            wrong = f'"{step.expect.refused}" is no refusal'
            yield Finding(path, wrong, one_of(step.expect.refused, kinds))


def a_refused_opening_is_the_whole_story(scenario: Scenario) -> Iterator[Finding]:
    expect = scenario.ticket.expect if scenario.ticket else None
    if expect is None or expect.refused is None:
        return
    if expect.refused != OPENING_REFUSED:
        wrong = f'"{expect.refused}" is not how a request is turned down'
        yield Finding(REFUSED_AT, wrong, f'write "refused: {OPENING_REFUSED}"')
    if scenario.steps:
        wrong = "there is no ticket when the opening is refused"
        yield Finding(("steps",), wrong, "leave the steps out")
    if scenario.account:
        wrong, right = "the story ends with the refusal", "tell of the account in another"
        yield Finding(("account",), wrong, right, about_key=True)
    for name in sorted(expect.model_fields_set - {"refused", "because"}):
        wrong = "there is no ticket when the opening is refused"
        yield Finding(("ticket", "expect", name), wrong, "leave it out", about_key=True)


def what_is_looked_at_is_there(scenario: Scenario) -> Iterator[Finding]:
    for path, expect in expectations(scenario):
        if scenario.account is None and expect.account is not None:
            yield Finding((*path, "account"), *NO_ACCOUNT, about_key=True)
        for name in sorted(expect.about_ticket) if scenario.ticket is None else ():
            yield Finding((*path, name), *NO_TICKET, about_key=True)


def what_is_acted_on_is_there(scenario: Scenario) -> Iterator[Finding]:
    for i, step in enumerate(scenario.steps):
        if isinstance(step, AccountActionStep) and scenario.account is None:
            yield Finding(("steps", i, "do"), *NO_ACCOUNT)
        if isinstance(step, ActionStep) and scenario.ticket is None:
            yield Finding(("steps", i, "do"), *NO_TICKET)


RULES = (
    people_are_known,
    looks_expect_something,
    refusals_are_of_something_tried,
    a_refused_opening_is_the_whole_story,
    what_is_looked_at_is_there,
    what_is_acted_on_is_there,
)


def inconsistencies(scenario: Scenario) -> Iterator[Finding]:
    """Everything in which the parts of a scenario disagree."""
    if scenario.ticket is None and scenario.account is None:
        right = "tell of a `ticket`, of an `account`, or of both"
        yield Finding((), "nobody asks for anything", right)
        return
    untimely = [*zone_exists(scenario)] or [*times_are_instants(scenario)]
    yield from untimely or the_story_is_told_in_order(scenario)
    for rule in RULES:
        yield from rule(scenario)


def past(scenario: Scenario, now: datetime) -> Iterator[Finding]:
    """A story whose first date is not in the future: time can be skipped, not turned back."""
    local, begins_at = scenario.begins
    if begins_at <= now:
        wrong = f'"{local}" has passed, and time cannot be turned back'
        alike = year_alike(begins_at.astimezone(UTC).year, now.year)
        right = f"move the story ahead; every date of {alike} falls on the same weekday"
        path = ("account", "begins_at") if scenario.account else ("ticket", "received_at")
        yield Finding(path, wrong, right)


def year_alike(year: int, after: int) -> int:
    """The next year after one in which each date has the weekday it had in another year."""
    ends = [(date(year, month, 1).weekday()) for month in (1, 12)]
    later = after + 1
    while [date(later, month, 1).weekday() for month in (1, 12)] != ends:
        later += 1
    return later


def _kinds(step: Step) -> tuple[str, ...]:
    """How what is tried in a step can be refused."""
    return tuple(ACCOUNT_REFUSALS) if isinstance(step, AccountActionStep) else (*REFUSALS, CLOSED)
