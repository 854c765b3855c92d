"""Counting time through pauses."""

from collections.abc import Iterable
from datetime import timedelta

from policies.terms.deadlines import Progress, TimeBase
from workflows.ticket.clocks.pause import Pause

NOTHING = timedelta(0)


def counted(time_base: TimeBase, progress: Progress, pauses: Iterable[Pause]) -> Progress:
    """The count after these pauses. One after the due time, or in closed time, moves nothing."""
    begins, owed, total, due = progress
    anchor = begins
    for pause in pauses:
        if pause.since > due:
            break
        since = max(pause.since, begins)
        owed -= max(NOTHING, time_base.between(anchor, since))
        anchor = max(pause.until or since, begins)
        if time_base.between(since, anchor):
            due = time_base.add(anchor, owed)
    return Progress(anchor, owed, total, due)
