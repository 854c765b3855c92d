"""The waits of a ticket for the reasons of its policy's own, which follow from its events alone."""

from collections.abc import Mapping, Sequence, Set

from policies.terms.model.process import PauseTerms
from policies.vocabulary import EventType
from workflows.ticket.clocks.pause import Pause
from workflows.ticket.model.events import Event

_AFRESH: Set[str] = frozenset(
    {
        EventType.RESOLVED,
        EventType.CLOSED,
        EventType.WITHDRAWN,
        EventType.MERGED,
        EventType.REOPENED,
        EventType.OPENED,
    }
)
"""Events that end every wait: of a ticket that opens again, nothing is proposed any more."""


def own_waits(pauses: Mapping[str, PauseTerms], events: Sequence[Event]) -> list[Pause]:
    """The periods in which the ticket waited for each of these reasons, in the order of their
    starts. An event that stops a reason and starts it is a new period.
    """
    waits: list[Pause] = []
    open_waits: dict[str, int] = {}
    for event in events if pauses else ():
        kinds = frozenset(event.counts_as)
        for reason, terms in pauses.items():
            if reason in open_waits and not kinds.isdisjoint({*terms.stops, *_AFRESH}):
                index = open_waits.pop(reason)
                waits[index] = waits[index].model_copy(update={"until": event.at})
            if reason not in open_waits and not kinds.isdisjoint(terms.starts):
                open_waits[reason] = len(waits)
                waits.append(Pause(since=event.at, reason=reason))
    return waits
