"""Pauses: periods that a clock does not count, and the waits of a ticket that cause them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from policies.business_time.spans import Span, Spans, union
from workflows.shared.payload import Payload


class Pause(Payload):
    """A period that does not count; open while `until` is None. The reason is a `PauseReason` or
    one of the policy's own; no reason means that the clock was completed meanwhile.
    """

    since: datetime
    until: datetime | None = None
    reason: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.until is None

    def span(self, at: datetime) -> Span:
        """The period as far as it has come at `at`."""
        return Span(self.since, at if self.until is None else self.until)


def ended(pauses: tuple[Pause, ...], at: datetime) -> tuple[Pause, ...]:
    """The pauses, of which the last ends at `at` if it goes on. One that was to begin later, when
    counting begins, never did.
    """
    if not pauses or not pauses[-1].is_open:
        return pauses
    if at < pauses[-1].since:
        return pauses[:-1]
    return (*pauses[:-1], pauses[-1].model_copy(update={"until": at}))


def joined(pauses: Iterable[Pause], since: datetime) -> tuple[Pause, ...]:
    """The pauses from `since` on, in order, without overlaps."""
    after: list[Pause] = []
    for pause in sorted(pauses, key=_since):
        if after and after[-1].is_open:
            break
        begins = max(pause.since, since, *(before.until for before in after if before.until))
        if pause.until is None or pause.until > begins:
            after.append(pause.model_copy(update={"since": begins}))
    return tuple(after)


def known_at(pauses: Iterable[Pause], at: datetime) -> list[Pause]:
    """The pauses as they were at `at`, in the past."""
    begun = (pause for pause in pauses if pause.since <= at)
    return [
        pause.model_copy(update={"until": None}) if pause.until and pause.until > at else pause
        for pause in begun
    ]


def spans_of(pauses: Sequence[Pause], at: datetime) -> Spans:
    """The time that does not count, until `at`."""
    return union(pause.span(at) for pause in pauses)


def _since(pause: Pause) -> datetime:
    return pause.since
