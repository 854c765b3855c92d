from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from temporalio.testing import WorkflowEnvironment

from api.identity import caller as identity
from api.identity.agents import ListedAgents
from api.identity.static_tokens import TokenActor
from api.listing.filters import TicketFilters
from api.listing.listing import Listing
from policies.loading.policy_catalog import PolicyCatalog
from policies.vocabulary import Action, Role
from tests.api.caller import Call, Caller, fields, make_app, problem
from tests.harness import HARBOUR, new_york, opening
from tests.polling import eventually
from tests.server_fixtures import Begin
from workflows.client.ticket_start import start_options
from workflows.shared.action_request import Actor
from workflows.ticket.state.start import Start
from workflows.ticket.workflow import TicketWorkflow

HOSTILE = ["o'brien", "x' OR '1'='1", "x' OR WorkflowType = 'Ticket", "OR 1=1 --", "a;b", "%"]
UNFINDABLE = ["CORP\\jo", 'a"b', "'a", "b'", "\\' OR 1=1 --"]


EVERYBODY = identity.Caller(Actor(id="ada", role=Role.AGENT))


async def listed(caller: Caller, **parameters: Any) -> list[dict[str, Any]]:
    response = await caller.get("/tickets", **parameters)
    assert response.status_code == 200, response.text
    tickets: list[dict[str, Any]] = response.json()["tickets"]
    return tickets


async def one(caller: Caller, number: str, **parameters: Any) -> dict[str, Any]:
    """The ticket in a list, as soon as it is in it."""

    ticket = await eventually(lambda: caller.find(number, **parameters), bool)
    assert ticket is not None
    return ticket


def assignee(name: str) -> dict[str, str]:
    return {"id": name, "name": "Somebody", "email": "somebody@desk.example"}


async def test_new_ticket_is_listed_with_its_attributes(agent: Caller, service: Caller) -> None:
    before = datetime.now(UTC)
    opened = (await service.open(subject="Blank again")).json()
    ticket = await one(agent, opened["number"], account=HARBOUR.account, stage="received")
    assert ticket["headline"] == "contently: Blank again (Harbour Media)"
    assert ticket["next_due"] == opened["next_due"]
    assert before <= datetime.fromisoformat(ticket["opened_at"]) <= datetime.now(UTC)
    assert (ticket["waiting_on"], ticket["policy"]) == ("support", "contently")
    assert ticket["priority"] == "normal"


async def test_filters_select_matching_tickets(agent: Caller, service: Caller) -> None:
    number, person = await service.opened(priority="high"), f"p-{uuid4().hex[:8]}"
    await agent.act(number, "assign", assignee=person)
    ticket = await one(agent, number, assignee=person, priority="high", open="true")
    assert ticket["assignee"] == person
    assert [t["number"] for t in await listed(agent, assignee=person)] == [number]
    for other in (
        {"priority": "low"},
        {"stage": "closed"},
        {"open": "false"},
        {"policy": "prismic"},
        {"plan": "enterprise"},
        {"waiting_on": "requester"},
        {"account": "salt-press"},
        {"breached": "any"},
        {"breached": "first_response"},
        {"due_before": "2020-01-01T00:00:00Z"},
    ):
        assert await listed(agent, assignee=person, **other) == []
    assert len(await listed(agent, assignee=person, priority=["low", "high"])) == 1


@pytest.mark.fault(81)
async def test_a_repeated_filter_matches_any_of_its_values(agent: Caller, service: Caller) -> None:
    number, person = await service.opened(), f"p-{uuid4().hex[:8]}"
    await agent.act(number, "assign", assignee=person)
    await one(agent, number, assignee=[f"{person}-2", person])
    await one(agent, number, assignee=[person, f"{person}-2"])
    await one(agent, number, assignee=[person, "nobody"], due_before="2031-01-01T00:00:00Z")
    for other in ({"open": ["true", "false"]}, {"open": ["true", "true"]}):
        assert len(await listed(agent, assignee=person, **other)) == 1
    assert await listed(agent, assignee=person, open=["false", "false"]) == []


@pytest.mark.fault(89)
async def test_me_is_the_caller(desk: WorkflowEnvironment) -> None:
    person = f"ada-{uuid4().hex[:8]}"
    own = TokenActor(id=person, role=Role.AGENT, name="Ada", email="ada@desk.example")
    tokens = {"me": own, "other": TokenActor(id=f"{person}-2", role=Role.AGENT)}
    app = make_app(desk.client, tokens=tokens, agents=ListedAgents())
    me, other = Caller(app, "me"), Caller(app, "other")
    number = await me.opened()
    assigned = await me.act(number, "assign", assignee="me")
    assert assigned.status_code == 200, assigned.text
    assert (await one(me, number, assignee="me"))["assignee"] == person
    assert await listed(other, assignee="me") == []
    ticket = (await me.get(f"/tickets/{number}")).json()
    assert ticket["assignee"] == {"id": person, "name": "Ada", "email": "ada@desk.example"}


async def test_an_id_that_cannot_be_assigned_finds_nothing(desk: WorkflowEnvironment) -> None:
    tokens = {"odd": TokenActor(id='a"b', role=Role.AGENT)}
    odd = Caller(make_app(desk.client, tokens=tokens), "odd")
    problem(await odd.get("/tickets", assignee="me"), 422, "invalid-request")


@pytest.mark.fault(81)
async def test_repeated_breaches_match_any_of_them(agent: Caller, begin: Begin) -> None:
    life = await begin(new_york("2027-01-06 14:00"))
    await life.until(new_york("2027-01-08 14:01"))
    await one(agent, life.number, breached=["triage", "first_response"])
    await one(agent, life.number, breached=["triage", "any"])


@pytest.mark.fault(81)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "1"),
        ("cursor", "x"),
        ("due_after", "2027-01-06T14:00:00Z"),
        ("due_before", "2027-01-06T14:00:00Z"),
    ],
)
async def test_a_filter_with_a_single_value_is_not_repeated(
    agent: Caller, name: str, value: str
) -> None:
    response = await agent.get("/tickets", **{name: [value, value]})
    assert fields(problem(response, 422, "invalid-request")) == {name: "can be given only once"}


@pytest.mark.fault(91)
@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("policy", "contentyl", 'did you mean "contently"'),
        ("plan", "golden", "allowed:"),
        ("priority", "hihg", 'did you mean "high"'),
        ("breached", "first_respons", 'did you mean "first_response"'),
        ("account", "harbour-medai", "no account"),
    ],
)
async def test_a_value_that_no_ticket_can_have_is_refused(
    agent: Caller, name: str, value: str, says: str
) -> None:
    for values in (value, [value, "contently"] if name == "policy" else value):
        response = await agent.get("/tickets", **{name: values})
        assert says in fields(problem(response, 422, "invalid-request"))[name]


@pytest.mark.fault(91)
async def test_a_value_of_a_ticket_is_known_although_its_policy_is_gone(
    desk: WorkflowEnvironment, service: Caller, agent: Caller
) -> None:
    number = await service.opened(priority="high")
    await one(agent, number, priority="high")
    without = Caller(make_app(desk.client, catalog=PolicyCatalog([])), "agent-token")
    await one(without, number, policy="contently", priority="high")
    problem(await without.get("/tickets", policy="prismic"), 422, "invalid-request")


@pytest.mark.fault(85)
async def test_a_workflow_whose_id_is_no_ticket_number_is_not_listed(
    desk: WorkflowEnvironment, agent: Caller, service: Caller
) -> None:
    opened = opening(new_york("2027-01-06 14:00"), priority="low")
    options = start_options(opened) | {"id": "ticket/my-own-1"}
    await desk.client.start_workflow(TicketWorkflow.run, Start(opening=opened), **options)

    async def workflows() -> int:
        return (await desk.client.count_workflows("WorkflowId = 'ticket/my-own-1'")).count

    await eventually(workflows, bool)
    async for page in agent.pages(priority="low", limit=100):
        assert "my-own-1" not in [ticket["number"] for ticket in page]
        for ticket in page[:3]:
            assert (await agent.get(f"/tickets/{ticket['number']}")).status_code == 200


async def test_unassigned_tickets_are_listed(agent: Caller, service: Caller) -> None:
    number = await service.opened()
    ticket = await one(agent, number, assignee="nobody")
    assert "assignee" not in ticket


async def test_closed_tickets_are_listed(agent: Caller, service: Caller) -> None:
    number = await service.opened()
    await service.act(number, "withdraw")
    ticket = await one(agent, number, open="false")
    assert "next_due" not in ticket


async def test_breached_tickets_are_listed(agent: Caller, begin: Begin) -> None:
    life = await begin(new_york("2027-01-06 14:00"))
    await life.until(new_york("2027-01-08 14:01"))
    for breached in ("any", "first_response"):
        ticket = await one(agent, life.number, breached=breached)
        assert ticket["breached"] == ["first_response"]
    assert life.number not in {t["number"] for t in await listed(agent, breached="triage")}


async def test_deadlines_are_compared_to_the_microsecond(agent: Caller, begin: Begin) -> None:
    person = f"p-{uuid4().hex[:8]}"
    life = await begin(new_york("2027-03-03 14:00"))
    await life.act(Action.ASSIGN, assignee=assignee(person))
    due = datetime.fromisoformat((await one(agent, life.number, assignee=person))["next_due"])
    tick = timedelta(microseconds=1)

    async def count(**when: datetime) -> int:
        filters = {name: at.isoformat() for name, at in when.items()}
        return len(await listed(agent, assignee=person, **filters))

    assert await count(due_after=due) == 1
    assert await count(due_after=due + tick) == 0
    assert await count(due_before=due) == 0
    assert await count(due_before=due + tick) == 1
    assert await count(due_after=due, due_before=due + tick) == 1
    assert await count(due_after=due + tick, due_before=due) == 0


async def test_list_has_the_same_order_whatever_the_page_size(
    desk: WorkflowEnvironment, agent: Caller, service: Caller, begin: Begin
) -> None:
    person = f"p-{uuid4().hex[:8]}"
    days = ("2027-02-01 14:00", "2027-02-01 10:00", "2027-02-02 09:00", "2027-02-01 10:00")
    numbers = [(await begin(new_york(day))).number for day in days]
    numbers += [await service.opened() for _ in range(4)]
    for number in numbers:
        await agent.act(number, "assign", assignee=person)
    for number in numbers[-3:]:
        await service.act(number, "withdraw")

    def is_complete(tickets: list[dict[str, Any]]) -> bool:
        return len(tickets) == 8 and sum("next_due" not in t for t in tickets) == 3

    whole = await eventually(lambda: listed(agent, assignee=person), is_complete)
    in_order = [ticket["number"] for ticket in whole]
    assert set(in_order) == set(numbers)
    assert in_order[5:] == numbers[:-4:-1]
    dues = [(ticket["next_due"], ticket["number"]) for ticket in whole[:5]]
    assert all(a < b for a, b in pairwise(dues))
    for limit in (1, 2, 3, 7, 8):
        paged = [page async for page in agent.pages(assignee=person, limit=limit)]
        assert [ticket["number"] for page in paged for ticket in page] == in_order
        assert all(len(page) == limit for page in paged[:-1])
    # With the smallest windows, the list is the same.
    crowded = Listing(desk.client, window_size=1)
    page = await crowded.page(TicketFilters(assignee=[person]), EVERYBODY)
    assert [ticket.number for ticket in page.tickets] == in_order


async def test_token_of_an_account_lists_that_account_only(call: Call) -> None:
    number = await call("harbour").opened()
    await one(call("agent"), number)
    assert (await one(call("harbour"), number))["account"] == HARBOUR.account
    mine = await listed(call("salt"), limit=100)
    assert {ticket["account"] for ticket in mine} <= {"salt-press"}
    for account in (HARBOUR.account, "no-such-account"):
        refused = await call("salt").get("/tickets", account=account)
        assert "no account" in fields(problem(refused, 422, "invalid-request"))["account"]


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_values_find_nothing_else(agent: Caller, name: str) -> None:
    assert await listed(agent, assignee=name) == []


async def test_assignee_with_an_apostrophe_is_listed(agent: Caller, service: Caller) -> None:
    number, person = await service.opened(), f"o'brien-{uuid4().hex[:8]}"
    await agent.act(number, "assign", assignee=person)
    assert (await one(agent, number, assignee=person))["assignee"] == person


@pytest.mark.fault(82)
@pytest.mark.parametrize("id", UNFINDABLE)
async def test_an_assignee_that_cannot_be_found_is_refused(
    agent: Caller, service: Caller, id: str
) -> None:
    number = await service.opened()
    refused = problem(await agent.act(number, "assign", assignee=id), 422, "invalid-content")
    assert "is unknown" in fields(refused)["assignee"]
    assert "assignee" not in (await agent.get(f"/tickets/{number}")).json()
    searched = await agent.get("/tickets", assignee=id)
    assert "assignee.0" in fields(problem(searched, 422, "invalid-request"))


@pytest.mark.fault(82)
@pytest.mark.parametrize("id", ["a`b", "x y", "ada@desk.example", "é%_", "a''b", "(1=1)"])
async def test_every_other_assignee_is_found(agent: Caller, service: Caller, id: str) -> None:
    number, person = await service.opened(), f"{id}{uuid4().hex[:8]}"
    assert (await agent.act(number, "assign", assignee=person)).status_code == 200
    await one(agent, number, assignee=person)


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
async def test_invalid_filters_are_named(agent: Caller, name: str, value: str) -> None:
    response = await agent.get("/tickets", **{name: value})
    errors = fields(problem(response, 422, "invalid-request"))
    assert any(field.startswith(name) for field in errors)


async def test_misspelled_filter_gets_a_suggestion(agent: Caller) -> None:
    response = await agent.get("/tickets", stgae="received")
    assert 'did you mean "stage"' in fields(problem(response, 422, "invalid-request"))["stgae"]


async def test_time_without_an_offset_is_refused(agent: Caller) -> None:
    response = await agent.get("/tickets", due_before="2027-01-06T14:00:00")
    errors = fields(problem(response, 422, "invalid-request"))
    assert "no UTC offset" in errors["due_before"]


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "é", "bnVsbA", "W10", "WyJhIl0", "WzEsMiwzLDRd", "x" * 501, "eyJhIjoxfQ==", "%00"],
)
async def test_invalid_cursor_is_refused(agent: Caller, cursor: str) -> None:
    refused = problem(await agent.get("/tickets", cursor=cursor), 422, "invalid-request")
    assert "cursor" in fields(refused)


async def test_cursor_of_another_list_is_refused(agent: Caller, service: Caller) -> None:
    for _ in range(2):
        await one(agent, await service.opened())
    cursor = (await agent.get("/tickets", limit=1)).json()["next_cursor"]
    assert (await agent.get("/tickets", limit=2, cursor=cursor)).status_code == 200
    response = await agent.get("/tickets", limit=1, cursor=cursor, stage="received")
    assert "other filters" in fields(problem(response, 422, "invalid-request"))["cursor"]
