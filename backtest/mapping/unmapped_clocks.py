"""Clocks that a mapping says nothing about: they would breach, or never run, in every ticket."""

from collections.abc import Iterator

from backtest.mapping.document import LogMapping
from policies.schema.events import EventName
from policies.schema.policy import SupportPolicy
from policies.vocabulary import EventType, PauseReason

BY_ITSELF = frozenset(
    {
        EventType.OPENED,
        EventType.REOPENED,
        EventType.PRIORITY_CHANGED,
        EventType.RECLASSIFIED,
        EventType.LEVEL_RAISED,
        EventType.CLOSED,
        EventType.CLOCK_WARNED,
        EventType.CLOCK_BREACHED,
        EventType.CLOCK_OVERDUE,
    }
)
"""Events that can follow from other keys of a mapping, or from the policy."""


def unmapped_clocks(mapping: LogMapping, policy: SupportPolicy) -> Iterator[str]:
    """What is missing, a sentence for each clock."""
    known = {*BY_ITSELF, *_events(mapping, policy)}
    for name, clock in policy.clocks.items():
        for verb, events in (("starts", clock.starts), ("completes", clock.stops)):
            if known.isdisjoint(events):
                wrong = f'nothing in the mapping {verb} the clock "{name}"'
                yield f"{wrong}: no state or event is {' or '.join(events)}"


def _events(mapping: LogMapping, policy: SupportPolicy) -> Iterator[EventName]:
    for names in mapping.events.values():
        yield from names
    for state in mapping.states.values():
        yield from state.events
        if state.waits == PauseReason.INFORMATION:
            yield from (EventType.INFORMATION_REQUESTED, EventType.INFORMATION_PROVIDED)
        elif state.waits in policy.pauses:
            rule = policy.pauses[state.waits]
            yield from (*rule.starts[:1], *rule.stops[:1])
