"""Responses without a worker, a server or policies, and how soon they come."""

import asyncio
from datetime import timedelta

from fastapi import FastAPI
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from api.app import create_app
from api.gate.request_limits import Limits
from policies.loading.policy_catalog import PolicyCatalog
from tests.api.caller import Call, Caller, SampleContracts, authenticator, make_app, problem
from workflows.client.tickets import TicketClient
from workflows.temporal.connection import DATA_CONVERTER
from workflows.temporal.dev_server import start_time_skipping_server

SHORT = Limits(timeout=timedelta(seconds=0.5))


async def check_unavailable(caller: Caller, number: str) -> None:
    for response in (
        await caller.open(),
        await caller.get(f"/tickets/{number}"),
        await caller.act(number, "withdraw"),
    ):
        problem(response, 503, "desk-unavailable")
        assert int(response.headers["retry-after"]) > 0


async def test_without_a_worker_the_desk_is_unavailable_soon(
    server: WorkflowEnvironment,
) -> None:
    caller = Caller(make_app(server.client, SHORT), "service-token")
    listed: list[dict[str, str]] = []
    # A slow machine may use up the limit before the server starts the workflow.
    while not listed:
        problem(await caller.open(key="again"), 503, "desk-unavailable")
        listed = (await caller.get("/tickets")).json()["tickets"]
    await check_unavailable(caller, listed[0]["number"])
    document = problem(await caller.get("/readyz"), 503, "desk-unavailable")
    assert "no worker polls the task queue desk" in document["detail"]


async def test_without_a_server_the_desk_is_unavailable_soon() -> None:
    async with await start_time_skipping_server() as server:
        caller = Caller(make_app(server.client, SHORT), "service-token")
    # Without the limit, the SDK would try for ever.
    async with asyncio.timeout(30):
        await check_unavailable(caller, "0000-0000-000Z")
        problem(await caller.get("/tickets"), 503, "desk-unavailable")
        problem(await caller.get("/readyz"), 503, "desk-unavailable")
        assert (await caller.get("/healthz")).status_code == 200


async def test_client_that_never_connected_is_not_ready() -> None:
    client = await Client.connect("127.0.0.1:1", lazy=True, data_converter=DATA_CONVERTER)
    problem(await Caller(make_app(client), None).get("/readyz"), 503, "desk-unavailable")


async def test_without_policies_it_is_not_ready(desk: WorkflowEnvironment) -> None:
    app = create_app(
        tickets=TicketClient(desk.client),
        client=desk.client,
        catalog=PolicyCatalog([]),
        contracts=SampleContracts(),
        authenticator=authenticator({}),
    )
    problem(await Caller(app, None).get("/readyz"), 503, "desk-unavailable")


async def test_alive_and_ready_need_no_token(app: FastAPI, call: Call) -> None:
    assert (await Caller(app, None).get("/healthz")).json() == {"status": "ok"}
    assert (await Caller(app, None).get("/readyz")).json() == {"status": "ok", "missing": {}}
