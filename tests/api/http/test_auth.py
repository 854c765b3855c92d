import pytest
from fastapi import FastAPI

from tests.api.caller import Call, Caller, problem

PATHS = ["/tickets", "/tickets/0000-0000-000Z", "/tickets/0000-0000-000Z/timeline"]


@pytest.mark.parametrize("path", PATHS)
async def test_without_a_token_the_challenge_names_the_scheme(app: FastAPI, path: str) -> None:
    response = await Caller(app, None).get(path)
    problem(response, 401, "unauthenticated")
    assert response.headers["www-authenticate"] == 'Bearer realm="durable-desk"'


async def test_actions_need_a_token(app: FastAPI) -> None:
    response = await Caller(app, None).act("0000-0000-000Z", "acknowledge")
    problem(response, 401, "unauthenticated")


async def test_unknown_token_is_invalid(app: FastAPI) -> None:
    response = await Caller(app, "guessed").get("/tickets")
    problem(response, 401, "unauthenticated")
    assert 'error="invalid_token"' in response.headers["www-authenticate"]


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "agent-token", "Bearer \xe9", ""])
async def test_other_credentials_are_not_accepted(app: FastAPI, header: str) -> None:
    caller = Caller(app, None)
    caller.http.headers["Authorization"] = header.encode("latin-1").decode("latin-1")
    problem(await caller.get("/tickets"), 401, "unauthenticated")


async def test_token_of_an_account_sees_that_account_only(call: Call) -> None:
    number = await call("harbour").opened()
    assert (await call("harbour").get(f"/tickets/{number}")).status_code == 200
    stranger = call("salt")
    for response in (
        await stranger.get(f"/tickets/{number}"),
        await stranger.get(f"/tickets/{number}/timeline"),
        await stranger.act(number, "withdraw"),
    ):
        problem(response, 404, "ticket-unknown")
    assert (await call("agent").get(f"/tickets/{number}")).json()["stage"] == "received"


async def test_token_of_an_account_acts_on_its_tickets(call: Call) -> None:
    number = await call("harbour").opened()
    response = await call("harbour").act(number, "withdraw", reason="It was our proxy.")
    assert response.json()["closed_as"] == "withdrawn"
