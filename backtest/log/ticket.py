"""A ticket of a log, read: when and as what it was opened, and its rows in order.

Everything is in the words of the policy, and in UTC. A row is in force until the next one.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from pydantic import JsonValue

from policies.documents.visible import visible_line

LONGEST_NUMBER = 200
"""Characters of the number of a ticket; a longer one is something else."""
NO_FACTS: Mapping[str, JsonValue] = {}


class Row(NamedTuple):
    """One row of a ticket, which is in force from `at` until the next row.

    `events` are the names of the events that it stands for, as clocks name them: `responded`,
    `milestone.shipped`. `waits` is the reason for which clocks can pause while it is in force:
    `information` or `engineering`; waits for a reason of the policy's own follow from events.
    `is_open` is whether the log has the ticket as one to be worked on, None if it does not say: an
    open row after an end re-opens the ticket, and so does one that does not say after the policy
    has ended it by itself. `priority` is the one in force, and None leaves the
    one before; `facts` are those stated so far. `place` is where the row is in the file.
    """

    at: datetime
    place: int
    state: str | None = None
    events: tuple[str, ...] = ()
    waits: str | None = None
    is_open: bool | None = None
    priority: str | None = None
    facts: Mapping[str, JsonValue] = NO_FACTS


class Request(NamedTuple):
    """What a ticket was opened as: the values by which a policy settles its terms."""

    priority: str | None = None
    kind: str | None = None
    channel: str | None = None
    plan: str | None = None
    region: str | None = None
    facts: Mapping[str, JsonValue] = NO_FACTS


class LoggedTicket(NamedTuple):
    """One ticket of a log. No row is before `opened_at`: one that was is at it. `moved` counts
    these, and `repeated` the records that came twice and count once. `place` is where the first
    record of the ticket is in the file.
    """

    id: str
    opened_at: datetime
    request: Request
    rows: tuple[Row, ...]
    place: int = 0
    moved: int = 0
    repeated: int = 0


def number_in(text: str) -> str | None:
    """The number of a ticket, printable, in one line; None if it is too long for one."""
    return visible_line(text) if len(text) <= LONGEST_NUMBER else None
