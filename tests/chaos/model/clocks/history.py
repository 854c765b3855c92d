"""What the timeline of a ticket means for a clock (docs/policies.md, `clocks`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from tests.chaos.model.document import Plain
from tests.chaos.model.events import Event

ENDINGS = {"resolved", "closed", "withdrawn", "merged"}
WITHDRAWING = {"triage_concluded", "handed_over", "verdict_overridden"}
"""After these, the requester need not answer what was asked before."""
ENDINGS_OF_LATER_WORK = {"reopened", "withdrawn", "merged"}


def outlasts(rule: Plain) -> bool:
    """Whether the clock counts work that is owed after the resolution."""
    return "resolved" in rule["starts"]


def endings_of(rule: Plain) -> set[str]:
    """The events that cancel a clock."""
    usual = ENDINGS_OF_LATER_WORK if outlasts(rule) else ENDINGS
    is_of_question = rule.get("reminds") and "information_requested" in rule["starts"]
    return {*usual, *rule.get("cancels", ()), *(WITHDRAWING if is_of_question else ())}


def has_assignee(rule: Plain, events: Sequence[Event]) -> bool:
    """The clock is about the assignment, and the ticket has an assignee."""
    changes = [e.type for e in events if e.type in {"assigned", "unassigned"}]
    return "assigned" in rule["stops"] and changes[-1:] == ["assigned"]


def begun_at(rule: Plain, events: Sequence[Event]) -> datetime | None:
    """When the cycle began that would be open after these events; None if none would be."""
    reopening = "none" if outlasts(rule) else rule.get("reopening", "none")
    ends = set() if outlasts(rule) else ENDINGS
    run: _Run | None = None
    last: _Run | None = None
    was_new = is_over = is_awaited = False
    for number, event in enumerate(events, start=1):
        is_free = not has_assignee(rule, events[:number])
        for kind in event.counts_as:
            is_over = kind not in {"opened", "reopened"} and (is_over or kind in ends)
            if kind in rule["starts"] and is_free and not is_over:
                run = run or _Run(event.at, event)
            elif kind in rule["starts"]:
                is_awaited = True
            elif run is not None and kind in {*rule["stops"], *endings_of(rule)}:
                # A cycle that ended as it began has counted nothing; it begins at the re-opening.
                was_new, last = run.is_begun_with(event), run
                repeats = kind in rule["stops"] and rule.get("repeats")
                is_next = repeats and is_free and not is_over
                run = _Run(event.at, event) if is_next else None
            elif kind in rule["stops"]:
                is_awaited = False
            elif kind == "reopened" and is_free:
                is_next = is_awaited if last is None else reopening != "none"
                goes_on = reopening == "same_cycle" and last is not None and not was_new
                since = last.since if goes_on and last is not None else event.at
                run = _Run(since, event) if is_next else run
    return run.since if run is not None else None


class _Run(NamedTuple):
    """A cycle that would be open: since when it counts, and the event that began it."""

    since: datetime
    by: Event

    def is_begun_with(self, event: Event) -> bool:
        """Whether the event is of the same action: one at the same time can be of the next."""
        return (self.by.at, self.by.action_id) == (event.at, event.action_id)
