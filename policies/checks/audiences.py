"""Audiences: whoever is told something can be reached, and is told it once."""

# ruff: noqa: D103 - the name of a rule is the sentence it checks

from collections.abc import Iterator

from policies.checks.references import STANDARD_AUDIENCES, Reference, notified_audiences, unknown
from policies.documents.problems import Finding
from policies.documents.suggestions import one_of
from policies.schema.policy import SupportPolicy
from policies.vocabulary import INTERNAL, EventType


def audiences_are_known(policy: SupportPolicy) -> Iterator[Finding]:
    known = dict.fromkeys((*STANDARD_AUDIENCES, *policy.contacts))
    awaited = policy.process.escalation.told_before_conclusion if policy.process.escalation else ()
    path = ("process", "escalation", "told_before_conclusion")
    mentions = [Reference((*path, i), audience) for i, audience in enumerate(awaited)]
    for mention in (*notified_audiences(policy), *mentions):
        if mention.name not in known:
            wrong = f'the audience "{mention.name}" is nobody we know'
            right = f"{one_of(mention.name, known)}, or add it under `contacts`"
            yield Finding(mention.path, wrong, right)


def unassigned_is_a_contact(policy: SupportPolicy) -> Iterator[Finding]:
    if policy.unassigned:
        mention = Reference(("unassigned",), policy.unassigned)
        yield from unknown("contact", [mention], policy.contacts)


def whom_triage_waits_for_is_told(policy: SupportPolicy) -> Iterator[Finding]:
    rule = policy.process.escalation
    told = {
        audience
        for notice in policy.notices
        if notice.event is EventType.ESCALATED
        for audience in notice.tell
    }
    for i, audience in enumerate(rule.told_before_conclusion if rule else ()):
        if audience not in told:
            wrong = f'triage waits until "{audience}" is told, but no notice tells them'
            right = f"add {{event: escalated, tell: [{audience}], ...}} to `notices`"
            yield Finding(("process", "escalation", "told_before_conclusion", i), wrong, right)


def nobody_is_told_the_same_twice(policy: SupportPolicy) -> Iterator[Finding]:
    first: dict[tuple[str, str, str], int] = {}
    for i, notice in enumerate(policy.notices):
        for j, audience in enumerate(notice.tell):
            same = (notice.event, notice.template or notice.event, audience)
            if same in first:
                wrong = f'"{audience}" is told of "{notice.event}" by notices[{first[same]}] too'
                right = "remove one, or give them different templates"
                yield Finding(("notices", i, "tell", j), wrong, right)
            first.setdefault(same, i)


def internal_events_have_no_notice(policy: SupportPolicy) -> Iterator[Finding]:
    for i, notice in enumerate(policy.notices):
        if notice.event in INTERNAL:
            wrong = f'"{notice.event}" is internal: no notice is sent about it'
            yield Finding(("notices", i, "event"), wrong, "remove the notice")


def a_rung_tells_everybody_once(policy: SupportPolicy) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        for i, rung in enumerate(clock.ladder):
            for j, audience in enumerate(rung.tell):
                if audience in rung.tell[:j]:
                    path = ("clocks", name, "ladder", i, "tell", j)
                    yield Finding(path, f'"{audience}" is named twice', "name it once")


CHECKS = (
    audiences_are_known,
    unassigned_is_a_contact,
    whom_triage_waits_for_is_told,
    nobody_is_told_the_same_twice,
    internal_events_have_no_notice,
    a_rung_tells_everybody_once,
)
