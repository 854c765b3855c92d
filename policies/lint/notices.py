"""Unheard: promises whose end nobody learns of, and people who are told what is not for them."""

# ruff: noqa: D103 - the name of a rule is the sentence it checks

from collections.abc import Iterator

from policies.checks.ladders import Point, Side, minutes
from policies.checks.references import STANDARD_AUDIENCES, notified_audiences, targets
from policies.documents.problems import Finding
from policies.schema.policy import SupportPolicy
from policies.vocabulary import EventType

SHORT = 30
"""Targets of so many minutes leave no time to act on a warning at a share of them."""


def a_promised_clock_tells_nobody(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        if clock.promised and not clock.ladder and any(targets(name, clock)):
            wrong = f'"{name}" is promised, and nobody is told when it runs out'
            right = "add a ladder, e.g. [{at: 75%, tell: [assignee]}, {at: breach, tell: [...]}]"
            yield Finding(("clocks", name), wrong, right, clock.clause, about_key=True)


def nobody_learns_of_a_breach(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        sides = {Point.parse(rung.at).side for rung in clock.ladder}
        is_said_already = clock.promised and not clock.ladder
        if Side.BREACH not in sides and not is_said_already and any(targets(name, clock)):
            wrong = f'nobody is told when "{name}" is breached'
            right = "add {at: breach, tell: [...]} to its ladder"
            yield Finding(("clocks", name), wrong, right, clock.clause, about_key=True)


def a_share_of_a_very_short_target(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        short = [length for _, length in targets(name, clock) if minutes(length) <= SHORT]
        for i, rung in enumerate(clock.ladder):
            if short and Point.parse(rung.at).share is not None:
                wrong = f'"{rung.at}" of "{short[0]}" leaves hardly any time to act'
                right = "tell them at the start of the clock, by a notice"
                path = ("clocks", name, "ladder", i, "at")
                yield Finding(path, wrong, right, clock.clause)


def the_requester_hears_of_an_internal_clock(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        for i, rung in enumerate(clock.ladder):
            if not clock.promised and not rung.template and "requester" in rung.tell:
                wrong = f'"{name}" is promised to nobody, but its ladder tells the requester'
                path = ("clocks", name, "ladder", i, "tell")
                yield Finding(path, wrong, "tell the desk only, or promise it", clock.clause)


def an_unassigned_ticket_tells_nobody(policy: SupportPolicy) -> Iterator[Finding]:
    if policy.unassigned:
        return
    for path, audience in notified_audiences(policy):
        if audience == "assignee":
            wrong = "the assignee is told, but a ticket may have none yet"
            yield Finding(path, wrong, "set `unassigned` to a contact that is told instead")
            return


def a_contact_is_never_told(policy: SupportPolicy) -> Iterator[Finding]:
    told = {mention.name for mention in notified_audiences(policy)} | {policy.unassigned}
    for name in policy.contacts:
        if name not in told and name not in STANDARD_AUDIENCES:
            wrong = f'nothing is ever told to "{name}"'
            path = ("contacts", name)
            yield Finding(path, wrong, "name it in a ladder or a notice", about_key=True)


def a_credit_is_earned_and_nobody_hears_of_it(policy: SupportPolicy) -> Iterator[Finding]:
    told = {notice.event for notice in policy.notices}
    if policy.remedies.credits and EventType.CREDIT_EARNED not in told:
        wrong = "service credits are earned, and nobody is told of one"
        right = "add {event: credit_earned, tell: [customer, account_manager], ...} to `notices`"
        path = ("remedies", "credits")
        yield Finding(path, wrong, right, policy.remedies.credits[0].clause, about_key=True)


WARNINGS = (
    a_promised_clock_tells_nobody,
    nobody_learns_of_a_breach,
    a_share_of_a_very_short_target,
    the_requester_hears_of_an_internal_clock,
    an_unassigned_ticket_tells_nobody,
    a_contact_is_never_told,
    a_credit_is_earned_and_nobody_hears_of_it,
)
