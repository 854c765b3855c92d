"""A caller that is limited to some actions takes no other, by whatever route."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from temporalio.testing import WorkflowEnvironment

from api.identity.caller import Caller as Identity
from policies.vocabulary import Role
from tests.api.caller import Caller, make_app, problem
from tests.api.identity.given_callers import GivenCallers
from workflows.shared.action_request import Actor

pytestmark = pytest.mark.fault(60)
ADA = Actor(id="ada", role=Role.AGENT)


def limited(role: Role, *actions: str) -> Identity:
    return Identity(Actor(id="bot", role=role), actions=frozenset(actions))


GIVEN = {
    "agent": Identity(ADA),
    "reader": limited(Role.OPERATOR),
    "responder": limited(Role.AGENT, "respond", "post_update"),
    "opener": limited(Role.SERVICE, "open_ticket"),
    "exporter": limited(Role.OPERATOR, "export_personal_data"),
    "eraser": limited(Role.OPERATOR, "erase_personal_data"),
    "eraser of an account": Identity(
        Actor(id="bot", role=Role.OPERATOR), accounts=frozenset({"harbour-media"})
    ),
    "engineer": limited(Role.ENGINEERING, "open_ticket"),
}


def posts(app: FastAPI) -> Iterator[tuple[str, dict[str, Any]]]:
    """Path and body of each route that changes something."""
    values = {"number": "0000-0000-000Z", "account": "harbour-media", "entry": "outage-1"}
    for path, methods in app.openapi()["paths"].items():
        if "post" in methods:
            content = methods["post"].get("requestBody", {}).get("content", {})
            body = content.get("application/json", {})
            yield path.format_map(values), body.get("example", {})


@pytest.fixture
def app(desk: WorkflowEnvironment) -> FastAPI:
    return make_app(desk.client, identity=GivenCallers(GIVEN))


async def test_every_route_that_changes_something_refuses_a_reader(app: FastAPI) -> None:
    reader, refused = Caller(app, "reader"), 0
    for path, body in posts(app):
        response = await reader.post(path, **body)
        document = problem(response, 403, "action-not-granted")
        assert 'error="insufficient_scope"' in response.headers["www-authenticate"]
        assert "limited to some actions" in document["detail"]
        refused += 1
    assert refused > 30


async def test_a_granted_action_is_taken_and_the_others_are_not_offered(app: FastAPI) -> None:
    agent, responder = Caller(app, "agent"), Caller(app, "responder")
    number = await Caller(app, "opener").opened()
    assert set((await agent.get(f"/tickets/{number}")).json()["allowed_actions"]) > {"assign"}
    offered = (await responder.get(f"/tickets/{number}")).json()["allowed_actions"]
    assert set(offered) <= {"respond", "post_update"}
    taken = await responder.act(number, "respond", message="We are on it.", outcomes=["escalation"])
    assert taken.status_code == 200, taken.text
    assert set(taken.json()["allowed_actions"]) <= {"respond", "post_update"}
    problem(await responder.act(number, "assign"), 403, "action-not-granted")


async def test_a_refusal_offers_granted_actions_only(app: FastAPI) -> None:
    number = await Caller(app, "opener").opened()
    refused = await Caller(app, "responder").act(number, "post-update", message="News.")
    assert problem(refused, 409, "wrong-stage")["allowed_actions"] == ["respond"]


async def test_opening_offers_granted_actions_only(app: FastAPI) -> None:
    response = await Caller(app, "opener").open()
    assert response.status_code == 201
    assert response.json()["allowed_actions"] == []


async def test_a_grant_does_not_widen_a_role(app: FastAPI) -> None:
    problem(await Caller(app, "engineer").open(), 403, "wrong-role")


async def test_the_caller_can_read_what_it_is_limited_to(app: FastAPI) -> None:
    async def me(token: str) -> dict[str, Any]:
        document: dict[str, Any] = (await Caller(app, token).get("/me")).json()
        return document

    reader = await me("reader")
    assert (reader["actions"], reader["account_actions"], reader["opens_tickets"]) == (
        [],
        [],
        False,
    )
    responder = await me("responder")
    assert set(responder["actions"]) == {"respond", "post_update"}
    opener = await me("opener")
    assert (opener["opens_tickets"], opener["actions"]) == (True, [])
    assert "record_outage" not in (await me("agent"))["account_actions"]
    exports = {name: (await me(name))["exports_personal_data"] for name in GIVEN}
    assert [name for name, may in exports.items() if may] == ["exporter", "eraser of an account"]
    erases = {name: (await me(name))["erases_personal_data"] for name in GIVEN}
    assert [name for name, may in erases.items() if may] == ["eraser"]
