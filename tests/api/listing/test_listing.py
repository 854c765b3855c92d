from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from temporalio.testing import WorkflowEnvironment

from api.listing.filters import TicketFilters
from api.listing.listing import Listing
from policies.vocabulary import Action
from tests.api.caller import Call, Caller, eventually, fields, problem
from tests.conftest import Begin
from tests.harness import HARBOUR, new_york

HOSTILE = ["o'brien", "x' OR '1'='1", "' OR WorkflowType = 'Ticket", "\\' OR 1=1 --", 'a"b', "%"]


async def found(caller: Caller, **parameters: Any) -> list[dict[str, Any]]:
    response = await caller.get("/tickets", **parameters)
    assert response.status_code == 200, response.text
    tickets: list[dict[str, Any]] = response.json()["tickets"]
    return tickets


async def one(caller: Caller, number: str, **parameters: Any) -> dict[str, Any]:
    """The ticket in a list, as soon as it is in it."""

    async def look() -> list[dict[str, Any]]:
        return [t for t in await found(caller, limit=100, **parameters) if t["number"] == number]

    [ticket] = await eventually(look, bool)
    return ticket


async def pages(caller: Caller, **parameters: Any) -> AsyncIterator[list[dict[str, Any]]]:
    cursor: dict[str, str] = {}
    while True:
        page = (await caller.get("/tickets", **parameters, **cursor)).json()
        yield page["tickets"]
        if "next_cursor" not in page:
            return
        cursor = {"cursor": page["next_cursor"]}


def assignee(name: str) -> dict[str, str]:
    return {"id": name, "name": "Somebody", "email": "somebody@desk.example"}


async def test_new_ticket_is_listed_with_what_is_known_of_it(
    agent: Caller, service: Caller
) -> None:
    before = datetime.now(UTC)
    answer = (await service.open(subject="Blank again")).json()
    ticket = await one(agent, answer["number"], account=HARBOUR.account, stage="received")
    assert ticket["headline"] == "contently: Blank again (Harbour Media)"
    assert ticket["next_due"] == answer["next_due"]
    assert before <= datetime.fromisoformat(ticket["opened_at"]) <= datetime.now(UTC)
    assert (ticket["waiting_on"], ticket["policy"]) == ("support", "contently")
    assert ticket["priority"] == "normal"


async def test_filters_leave_what_they_say(agent: Caller, service: Caller) -> None:
    number, person = await service.opened(priority="high"), f"p-{uuid4().hex[:8]}"
    await agent.act(number, "assign", assignee=assignee(person))
    ticket = await one(agent, number, assignee=person, priority="high", open="true")
    assert ticket["assignee"] == person
    assert [t["number"] for t in await found(agent, assignee=person)] == [number]
    for other in (
        {"priority": "low"},
        {"stage": "closed"},
        {"open": "false"},
        {"policy": "prismic"},
        {"plan": "gold"},
        {"waiting_on": "requester"},
        {"account": "salt-press"},
        {"breached": "any"},
        {"breached": "first_response"},
        {"due_before": "2020-01-01T00:00:00Z"},
    ):
        assert await found(agent, assignee=person, **other) == []
    assert len(await found(agent, assignee=person, priority=["low", "high"])) == 1


async def test_tickets_of_nobody_are_found(agent: Caller, service: Caller) -> None:
    number = await service.opened()
    ticket = await one(agent, number, assignee="nobody")
    assert "assignee" not in ticket


async def test_closed_tickets_are_found(agent: Caller, service: Caller) -> None:
    number = await service.opened()
    await service.act(number, "withdraw")
    ticket = await one(agent, number, open="false")
    assert "next_due" not in ticket


async def test_breached_tickets_are_found(agent: Caller, begin: Begin) -> None:
    life = await begin(new_york("2027-01-06 14:00"))
    await life.until(new_york("2027-01-08 14:01"))
    for breached in ("any", "first_response"):
        ticket = await one(agent, life.number, breached=breached)
        assert ticket["breached"] == ["first_response"]
    assert life.number not in {t["number"] for t in await found(agent, breached="triage")}


async def test_deadlines_are_told_apart_to_the_microsecond(agent: Caller, begin: Begin) -> None:
    person = f"p-{uuid4().hex[:8]}"
    life = await begin(new_york("2027-03-03 14:00"))
    await life.act(Action.ASSIGN, assignee=assignee(person))
    due = datetime.fromisoformat((await one(agent, life.number, assignee=person))["next_due"])
    tick = timedelta(microseconds=1)

    async def count(**when: datetime) -> int:
        given = {name: at.isoformat() for name, at in when.items()}
        return len(await found(agent, assignee=person, **given))

    assert await count(due_after=due) == 1
    assert await count(due_after=due + tick) == 0
    assert await count(due_before=due) == 0
    assert await count(due_before=due + tick) == 1
    assert await count(due_after=due, due_before=due + tick) == 1
    assert await count(due_after=due + tick, due_before=due) == 0


async def test_list_is_in_order_whatever_its_pages(
    desk: WorkflowEnvironment, agent: Caller, service: Caller, begin: Begin
) -> None:
    person = f"p-{uuid4().hex[:8]}"
    days = ("2027-02-01 14:00", "2027-02-01 10:00", "2027-02-02 09:00", "2027-02-01 10:00")
    numbers = [(await begin(new_york(day))).number for day in days]
    numbers += [await service.opened() for _ in range(4)]
    for number in numbers:
        await agent.act(number, "assign", assignee=assignee(person))
    for number in numbers[-3:]:
        await service.act(number, "withdraw")

    def is_complete(tickets: list[dict[str, Any]]) -> bool:
        return len(tickets) == 8 and sum("next_due" not in t for t in tickets) == 3

    whole = await eventually(lambda: found(agent, assignee=person), is_complete)
    in_order = [ticket["number"] for ticket in whole]
    assert set(in_order) == set(numbers)
    assert in_order[5:] == numbers[:-4:-1]
    dues = [(ticket["next_due"], ticket["number"]) for ticket in whole[:5]]
    assert all(a < b for a, b in pairwise(dues))
    for limit in (1, 2, 3, 7, 8):
        paged = [page async for page in pages(agent, assignee=person, limit=limit)]
        assert [ticket["number"] for page in paged for ticket in page] == in_order
        assert all(len(page) == limit for page in paged[:-1])
    # A desk in which everything is crowded reads the same list, in smaller pieces.
    crowded = Listing(desk.client, crowd=1)
    page = await crowded.page(TicketFilters(assignee=person))
    assert [ticket.number for ticket in page.tickets] == in_order


async def test_token_of_an_account_lists_that_account_only(call: Call) -> None:
    number = await call("harbour").opened()
    await one(call("agent"), number)
    assert (await one(call("harbour"), number))["account"] == HARBOUR.account
    mine = await found(call("salt"), limit=100)
    assert {ticket["account"] for ticket in mine} <= {"salt-press"}
    assert await found(call("salt"), account=HARBOUR.account) == []


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_values_find_nothing_else(agent: Caller, name: str) -> None:
    assert await found(agent, assignee=name) == []


async def test_assignee_with_an_apostrophe_is_found(agent: Caller, service: Caller) -> None:
    number, person = await service.opened(), f"o'brien-{uuid4().hex[:8]}"
    await agent.act(number, "assign", assignee=assignee(person))
    assert (await one(agent, number, assignee=person))["assignee"] == person


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("due_before", "2027-01-06T14:00:00"),
        ("due_before", "2027-01-06"),
        ("due_before", "1800000000"),
        ("due_before", "tomorrow"),
        ("due_before", "0001-01-01T00:00:00+14:00"),
        ("due_after", "9999-12-31T23:59:59-12:00"),
        ("due_after", "2027-01-06T14:00:00 01:00"),
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "many"),
        ("stage", "limbo"),
        ("waiting_on", "godot"),
        ("account", "Harbour' OR '1'='1"),
        ("breached", "x' OR '1'='1"),
        ("assignee", "a\nb"),
        ("open", "perhaps"),
        ("stgae", "received"),
    ],
)
async def test_filters_that_do_not_fit_are_named(agent: Caller, name: str, value: str) -> None:
    response = await agent.get("/tickets", **{name: value})
    told = fields(problem(response, 422, "invalid-request"))
    assert any(field.startswith(name) for field in told)


async def test_misspelt_filter_is_told_with_what_was_meant(agent: Caller) -> None:
    response = await agent.get("/tickets", stgae="received")
    assert 'did you mean "stage"' in fields(problem(response, 422, "invalid-request"))["stgae"]


async def test_naive_instant_is_told_what_is_missing(agent: Caller) -> None:
    response = await agent.get("/tickets", due_before="2027-01-06T14:00:00")
    told = fields(problem(response, 422, "invalid-request"))
    assert "no offset from UTC" in told["due_before"]


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "é", "bnVsbA", "W10", "WyJhIl0", "WzEsMiwzLDRd", "x" * 501, "eyJhIjoxfQ==", "%00"],
)
async def test_cursor_that_is_none_is_refused(agent: Caller, cursor: str) -> None:
    refused = problem(await agent.get("/tickets", cursor=cursor), 422, "invalid-request")
    assert "cursor" in fields(refused)


async def test_cursor_of_another_list_is_refused(agent: Caller, service: Caller) -> None:
    for _ in range(2):
        await one(agent, await service.opened())
    cursor = (await agent.get("/tickets", limit=1)).json()["next_cursor"]
    assert (await agent.get("/tickets", limit=2, cursor=cursor)).status_code == 200
    response = await agent.get("/tickets", limit=1, cursor=cursor, stage="received")
    assert "other filters" in fields(problem(response, 422, "invalid-request"))["cursor"]
