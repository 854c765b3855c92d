"""Where a page ends: its cursor, and the order of deadlines that are almost the same."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from api.listing.cursor import Cursor
from api.listing.segments import DUE, OPEN
from tests.api.caller import Caller
from tests.api.listing.test_listing import listed
from tests.polling import eventually

AT = datetime(2027, 1, 6, 14, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
FIRST, LAST = "0000-0000-0000", "ZZZZ-ZZZZ-ZZZZ"


async def test_a_last_page_that_is_exactly_full_has_no_cursor(
    agent: Caller, service: Caller
) -> None:
    person = f"p-{uuid4().hex[:8]}"
    for number in [await service.opened() for _ in range(2)]:
        await agent.act(number, "assign", assignee=person)
    await eventually(lambda: listed(agent, assignee=person), lambda tickets: len(tickets) == 2)
    full = (await agent.get("/tickets", assignee=person, limit=2)).json()
    assert (len(full["tickets"]), "next_cursor" in full) == (2, False)
    first = (await agent.get("/tickets", assignee=person, limit=1)).json()
    second = await agent.get("/tickets", assignee=person, limit=1, cursor=first["next_cursor"])
    assert (len(second.json()["tickets"]), "next_cursor" in second.json()) == (1, False)


@pytest.mark.parametrize("number", [FIRST, LAST])
def test_deadlines_a_microsecond_apart_are_in_the_order_of_time(number: str) -> None:
    later = Cursor("due", AT + TICK, number)
    assert DUE.sort_key(Cursor("due", AT, LAST)) < DUE.sort_key(later)
    assert OPEN.sort_key(Cursor("open", AT, FIRST)) > OPEN.sort_key(later)


def test_equal_deadlines_are_in_the_order_of_numbers() -> None:
    assert DUE.sort_key(Cursor("due", AT, FIRST)) < DUE.sort_key(Cursor("due", AT, LAST))
