"""The steps of the triage checklist."""

from collections.abc import Iterable

from policies.vocabulary import EventType
from workflows.ticket.model.events import Event


def steps_done(events: Iterable[Event]) -> frozenset[str]:
    """The troubleshooting steps that the events record after the last escalation among them."""
    done: set[str] = set()
    for event in events:
        if event.type is EventType.ESCALATED:
            done.clear()
        elif event.type is EventType.FINDING_RECORDED:
            done.add(str(event.data["step"]))
    return frozenset(done)
