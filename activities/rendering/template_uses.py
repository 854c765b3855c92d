"""The templates that the rules of a policy use, and the facts that each can have.

The facts of a notice are the data of its event (`workflows/ticket/notices/notice_facts.py`). An
event always has the facts that the template of its own name needs.
"""

from collections.abc import Iterable, Iterator, Mapping

from activities.notices import REMINDER
from activities.templates.manifest import facts_of, listed_templates
from policies.schema.clocks import ClockRule, Rung
from policies.schema.events import recorded_type
from policies.schema.policy import SupportPolicy
from policies.vocabulary import ACCOUNT_EVENTS, EventType

ACTOR = frozenset({"by", "by_requester", "by_reader"})
_QUESTION = frozenset({"questions", "choices", "asked_at"})


def own_uses(policies: Iterable[SupportPolicy]) -> Mapping[str, frozenset[str]]:
    """The templates that are a policy's own invention, and the facts that each of them can have
    wherever a revision uses it.
    """
    uses: dict[str, frozenset[str]] = {}
    for policy in policies:
        for template, facts in _uses(policy):
            if template not in listed_templates():
                uses[template] = uses.get(template, facts) & facts
    return uses


def template_of(clock: ClockRule, rung: Rung) -> str:
    """The template of a rung: its own, a reminder of an open question, or that of its event."""
    if rung.template:
        return rung.template
    if clock.reminds_of_questions:
        return REMINDER
    if rung.at.endswith(" after"):
        return EventType.CLOCK_OVERDUE
    is_breach = rung.at == "breach" and not clock.reminds
    return EventType.CLOCK_BREACHED if is_breach else EventType.CLOCK_WARNED


def facts_of_event(name: str) -> frozenset[str]:
    """The facts that notices of an event always have."""
    event = recorded_type(name)
    required, _ = facts_of(event)
    if event in ACCOUNT_EVENTS:
        return required
    if event is EventType.HANDED_OVER:
        return ACTOR | {"opened_at"}
    if event is EventType.INFORMATION_REQUESTED:
        # Missing facts are requested without a message.
        required &= facts_of("information_needed")[0]
    return ACTOR | required


def facts_of_rungs(clock: ClockRule) -> frozenset[str]:
    """The facts that notices of a clock's rungs always have."""
    required, _ = facts_of(EventType.CLOCK_WARNED)
    return ACTOR | required | (_QUESTION if clock.reminds_of_questions else frozenset())


def _uses(policy: SupportPolicy) -> Iterator[tuple[str, frozenset[str]]]:
    for notice in policy.notices:
        if notice.template:
            _, optional = facts_of(recorded_type(notice.event))
            yield notice.template, facts_of_event(notice.event) | optional
    for clock in policy.clocks.values():
        for rung in clock.ladder:
            _, optional = facts_of(EventType.CLOCK_WARNED)
            yield template_of(clock, rung), facts_of_rungs(clock) | optional
