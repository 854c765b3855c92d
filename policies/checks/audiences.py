"""Audiences: all can be reached, and none gets the same notice twice."""

# ruff: noqa: D103 - the name of a check states what must be true

from collections.abc import Iterator

from policies.checks.references import (
    STANDARD_AUDIENCES,
    Reference,
    lists_of_audiences,
    notified_audiences,
    repeated,
    undeclared,
)
from policies.documents.problems import Finding
from policies.documents.suggestions import one_of
from policies.schema.policy import NoticeRule, SupportPolicy
from policies.schema.tables import values_of
from policies.vocabulary import ACCOUNT_EVENTS, INTERNAL_EVENTS, STAFF_EVENTS, EventType

_CUSTOMERS = ("requester", "customer")
_FOR_STAFF = frozenset({*STAFF_EVENTS, EventType.HANDED_OVER, EventType.CLAIM_OVERDUE, "paged"})
"""Notices that requesters get no part of, or with internal parts that they cannot do without."""
_INSTEAD = {str(EventType.HANDED_OVER): "add `template: with_engineering`"}


def audiences_are_declared(policy: SupportPolicy) -> Iterator[Finding]:
    known = dict.fromkeys((*STANDARD_AUDIENCES, *policy.contacts))
    awaited = policy.process.escalation.told_before_conclusion if policy.process.escalation else ()
    path = ("process", "escalation", "told_before_conclusion")
    references = [Reference((*path, i), audience) for i, audience in enumerate(awaited)]
    for reference in (*notified_audiences(policy), *references):
        if reference.name not in known:
            wrong = f'the audience "{reference.name}" is not declared'
            right = f"{one_of(reference.name, known)} (or add it to `contacts`)"
            yield Finding(reference.path, wrong, right)


def unassigned_is_a_contact(policy: SupportPolicy) -> Iterator[Finding]:
    named = values_of(policy.unassigned, ("unassigned",))
    references = [Reference(path, name) for path, name in named]
    yield from undeclared("contact", references, policy.contacts)


def audiences_that_triage_waits_for_are_notified(policy: SupportPolicy) -> Iterator[Finding]:
    rule = policy.process.escalation
    notified = {
        audience
        for notice in policy.notices
        if notice.event is EventType.ESCALATED
        for audience in notice.tell
    }
    for i, audience in enumerate(rule.told_before_conclusion if rule else ()):
        if audience not in notified:
            wrong = f'triage waits until "{audience}" is notified, but no notice does so'
            right = f"add {{event: escalated, tell: [{audience}], ...}} to `notices`"
            yield Finding(("process", "escalation", "told_before_conclusion", i), wrong, right)


def notices_are_not_repeated(policy: SupportPolicy) -> Iterator[Finding]:
    earlier: dict[tuple[str, str, str], list[int]] = {}
    for i, notice in enumerate(policy.notices):
        for j, audience in enumerate(notice.tell):
            alike = earlier.setdefault(
                (notice.event, notice.template or notice.event, audience), []
            )
            first = next((n for n in alike if _can_meet(policy.notices[n], notice)), None)
            if first is not None:
                wrong = f'notices[{first}] already notifies "{audience}" of "{notice.event}"'
                right = "remove one, or give them different templates"
                yield Finding(("notices", i, "tell", j), wrong, right)
            alike.append(i)


def _can_meet(one: NoticeRule, other: NoticeRule) -> bool:
    """Whether both rules can apply to one ticket."""
    for field in ("plans", "kinds", "channels", "regions", "priorities"):
        mine, yours = set(getattr(one, field)), set(getattr(other, field))
        if mine and yours and mine.isdisjoint(yours):
            return False
    common = one.facts.keys() & other.facts.keys()
    return not any(set(one.facts[n]).isdisjoint(other.facts[n]) for n in common)


def internal_events_have_no_notice(policy: SupportPolicy) -> Iterator[Finding]:
    for i, notice in enumerate(policy.notices):
        if notice.event in INTERNAL_EVENTS:
            wrong = f'"{notice.event}" is an internal event, which has no notices'
            yield Finding(("notices", i, "event"), wrong, "remove the notice")


def customers_are_told_nothing_of_the_work(policy: SupportPolicy) -> Iterator[Finding]:
    for i, notice in enumerate(policy.notices):
        told = notice.template or notice.event
        for j, audience in enumerate(notice.tell):
            if told in _FOR_STAFF and audience in _CUSTOMERS:
                wrong = f'"{told}" is about the work of the support team; customers do not see it'
                instead = _INSTEAD.get(str(told), "notify others, or remove the notice")
                yield Finding(("notices", i, "tell", j), wrong, instead)


def lists_name_each_audience_once(policy: SupportPolicy) -> Iterator[Finding]:
    for path, names in lists_of_audiences(policy):
        for j, audience in repeated(names):
            yield Finding((*path, j), f'"{audience}" is given twice', "remove one of them")


def idle_tickets_remind_somebody(policy: SupportPolicy) -> Iterator[Finding]:
    idle = policy.process.idle
    for path, names in values_of(idle.tell if idle else None, ("process", "idle", "tell")):
        if not names:
            yield Finding(path, "nobody is reminded of an idle ticket", "add at least one audience")


def account_notices_do_not_depend_on_a_ticket(policy: SupportPolicy) -> Iterator[Finding]:
    for i, notice in enumerate(policy.notices):
        if notice.event not in ACCOUNT_EVENTS:
            continue
        for j, audience in enumerate(notice.tell):
            if audience == "assignee":
                wrong = f'"{notice.event}" is an event of an account, which has no assignee'
                yield Finding(("notices", i, "tell", j), wrong, "name a contact")
        for field in ("kinds", "channels", "priorities", "facts"):
            if getattr(notice, field):
                wrong = f'"{notice.event}" is an event of an account, which has no {field}'
                right = "remove it; only `plans` and `regions` can limit the notice"
                yield Finding(("notices", i, field), wrong, right, about_key=True)


CHECKS = (
    audiences_are_declared,
    unassigned_is_a_contact,
    audiences_that_triage_waits_for_are_notified,
    notices_are_not_repeated,
    internal_events_have_no_notice,
    customers_are_told_nothing_of_the_work,
    lists_name_each_audience_once,
    idle_tickets_remind_somebody,
    account_notices_do_not_depend_on_a_ticket,
)
