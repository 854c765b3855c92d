"""Times in which a ticket waits, and the clocks with it (docs/policies.md, `pauses`)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tests.chaos.model.document import Plain

ENDS = frozenset({"resolved", "closed", "withdrawn", "merged", "reopened", "opened"})
"""Events that end the waits for a policy's own reasons: they end with the ticket, and a ticket
that opens again begins without any."""


@dataclass
class Wait:
    """Time in which the ticket waited for a reason, or was `resolved`; open if `until` is None."""

    reason: str
    since: datetime
    until: datetime | None = None


def follow(
    waits: list[Wait], reasons: Mapping[str, Plain], types: Collection[str], at: datetime
) -> None:
    """Ends and begins the waits for the reasons of a policy's own, by the events of one moment."""
    for reason, rule in reasons.items():
        if "starts" not in rule:
            continue
        current = [wait for wait in waits if wait.reason == reason and wait.until is None]
        if current and set(types) & (ENDS | set(rule["stops"])):
            current.pop().until = at
        if not current and set(types) & set(rule["starts"]):
            waits.append(Wait(reason, at))


def joined(waits: Iterable[Wait]) -> list[Wait]:
    """The same time without overlaps, in order. What overlaps or touches is one wait."""
    result: list[Wait] = []
    for wait in sorted(waits, key=lambda wait: wait.since):
        last = result[-1] if result else None
        if last is None or (last.until is not None and last.until < wait.since):
            result.append(Wait(wait.reason, wait.since, wait.until))
        elif last.until is not None:
            last.until = wait.until and max(last.until, wait.until)
    return result
