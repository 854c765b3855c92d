"""Notices that are missing, useless, or sent to the wrong audience."""

# ruff: noqa: D103 - the name of a warning states the problem

from collections.abc import Iterator

from policies.checks.ladders import Point, Side, minutes
from policies.checks.references import (
    STANDARD_AUDIENCES,
    level_audiences,
    notified_audiences,
    targets,
)
from policies.documents.problems import Finding
from policies.documents.suggestions import one_of
from policies.schema.clocks import AudiencesChoice, raised_levels
from policies.schema.policy import SupportPolicy
from policies.schema.tables import values_of
from policies.vocabulary import EventType, OnExpiry

_END_OF_TICKET = {OnExpiry.CLOSE: EventType.CLOSED, OnExpiry.RESOLVE: EventType.RESOLVED}
SHORT = 30
"""A target of at most this many minutes leaves no time to act on a warning before the deadline."""


def a_promised_clock_has_no_ladder(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        if clock.promised and not clock.ladder and any(targets(name, clock)):
            wrong = f'the promised clock "{name}" notifies nobody of its deadline'
            right = "add a ladder, e.g. [{at: 75%, tell: [assignee]}, {at: breach, tell: [...]}]"
            yield Finding(("clocks", name), wrong, right, clock.clause, about_key=True)


def a_breach_notifies_nobody(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        sides = {Point.parse(rung.at).side for rung in clock.ladder}
        has_other_warning = clock.promised and not clock.ladder
        if clock.on_expiry or has_other_warning:
            continue
        if Side.BREACH not in sides and any(targets(name, clock)):
            wrong = f'a breach of the clock "{name}" notifies nobody'
            right = "add {at: breach, tell: [...]} to its ladder"
            yield Finding(("clocks", name), wrong, right, clock.clause, about_key=True)


def an_end_for_want_of_an_answer_notifies_nobody(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        if clock.on_expiry is None:
            continue
        event = _END_OF_TICKET[clock.on_expiry]
        told = {name for notice in policy.notices if notice.event is event for name in notice.tell}
        if "requester" not in told:
            wrong = f'"{name}" ends the ticket, and the requester is not notified'
            right = f"add {{event: {event}, tell: [requester], ...}} to `notices`"
            path = ("clocks", name, "on_expiry")
            yield Finding(path, wrong, right, clock.clause, about_key=True)


def a_rung_raises_beyond_the_last_level(policy: SupportPolicy) -> Iterator[Finding]:
    levels = policy.process.levels.ladder if policy.process.levels else ()
    audiences = level_audiences(policy)
    for name, clock in policy.clocks.items():
        for i, level in enumerate(raised_levels(clock.ladder, audiences)):
            if level is not None and level > len(levels):
                wrong = f"the rung raises to level {level}, but the process has {len(levels)}"
                path = ("clocks", name, "ladder", i, "raises_level")
                yield Finding(path, wrong, "add a level to `process.levels`", clock.clause)


def a_warning_leaves_no_time_to_act(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        short = [length for _, length in targets(name, clock) if minutes(length) <= SHORT]
        for i, rung in enumerate(clock.ladder):
            if short and Point.parse(rung.at).share is not None:
                wrong = f'"{rung.at}" of "{short[0]}" leaves hardly any time to act'
                right = "notify them when the clock starts, with a notice"
                path = ("clocks", name, "ladder", i, "at")
                yield Finding(path, wrong, right, clock.clause)


def an_internal_clock_notifies_the_requester(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        is_internal = not clock.promised and not clock.reminds_of_questions
        for i, rung in enumerate(clock.ladder):
            told = {audience for _, names in values_of(rung.tell) for audience in names}
            if is_internal and not rung.template and "requester" in told:
                wrong = f'"{name}" is an internal clock, but its ladder notifies the requester'
                right = "notify the support team only, or remove `promised: false`"
                path = ("clocks", name, "ladder", i, "tell")
                yield Finding(path, wrong, right, clock.clause)


def an_unassigned_ticket_notifies_nobody(policy: SupportPolicy) -> Iterator[Finding]:
    if policy.unassigned:
        return
    for path, audience in notified_audiences(policy):
        if audience == "assignee":
            wrong = "the assignee is notified, but a ticket may not have one yet"
            yield Finding(path, wrong, "set `unassigned` to a contact to notify instead")
            return


def a_contact_is_never_notified(policy: SupportPolicy) -> Iterator[Finding]:
    notified = {reference.name for reference in notified_audiences(policy)}
    notified |= {name for _, name in values_of(policy.unassigned)}
    notified |= {name for _, names in values_of(_idle(policy)) for name in names}
    for name in policy.contacts:
        if name not in notified and name not in STANDARD_AUDIENCES:
            wrong = f'the contact "{name}" is never notified'
            right = "add it to a ladder or a notice, or remove it"
            yield Finding(("contacts", name), wrong, right, about_key=True)


def an_idle_ticket_reminds_an_unknown_audience(policy: SupportPolicy) -> Iterator[Finding]:
    known = dict.fromkeys((*STANDARD_AUDIENCES, *policy.contacts))
    told = _idle(policy)
    for i, audience in enumerate(told if isinstance(told, tuple) else ()):
        if audience not in known:
            wrong = f'the audience "{audience}" is not declared, so it is not reminded'
            right = f"{one_of(audience, known)} (or add it to `contacts`)"
            yield Finding(("process", "idle", "tell", i), wrong, right)


def _idle(policy: SupportPolicy) -> AudiencesChoice:
    return policy.process.idle.tell if policy.process.idle else ()


def an_earned_credit_notifies_nobody(policy: SupportPolicy) -> Iterator[Finding]:
    events = {notice.event for notice in policy.notices}
    if policy.remedies.credits and EventType.CREDIT_EARNED not in events:
        wrong = "nobody is notified of service credits"
        right = "add {event: credit_earned, tell: [customer, account_manager], ...} to `notices`"
        path = ("remedies", "credits")
        yield Finding(path, wrong, right, policy.remedies.credits[0].clause, about_key=True)


WARNINGS = (
    a_promised_clock_has_no_ladder,
    a_breach_notifies_nobody,
    an_end_for_want_of_an_answer_notifies_nobody,
    a_rung_raises_beyond_the_last_level,
    a_warning_leaves_no_time_to_act,
    an_internal_clock_notifies_the_requester,
    an_unassigned_ticket_notifies_nobody,
    a_contact_is_never_notified,
    an_idle_ticket_reminds_an_unknown_audience,
    an_earned_credit_notifies_nobody,
)
