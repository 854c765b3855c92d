"""Erasure over HTTP: who may erase, the list of open tickets, the report, and the audit log."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from temporalio.testing import WorkflowEnvironment

from api.audit.entry import AuditedActor
from api.audit.log import AuditLog
from api.identity.keys.key_store import KeyStoreUnusable
from api.identity.keys.keys_of_people import KeysOfPeople
from api.identity.keys.sqlite_key_store import SqliteKeyStore
from api.identity.static_tokens import TokenActor
from api.personal_data.running_erasures import MOST, RunningErasures
from policies.vocabulary import Role
from tests.api.caller import TOKENS, Caller, make_app, problem
from tests.polling import eventually
from workflows.client.erasure.erasure import Erasure, Order
from workflows.client.erasure.report import ErasureReport
from workflows.client.requester_tickets import tickets_of

LIMITED = {
    "harbour-operator-token": TokenActor(id="otto", role=Role.OPERATOR, accounts=("harbour-media",))
}
EVERYBODY = sorted({**TOKENS, **LIMITED})
PATH = "/personal-data/erasure"
NOBODY = "nobody.at.all@harbour.example"


@pytest.fixture
def lines() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def app(desk: WorkflowEnvironment, lines: list[dict[str, Any]]) -> FastAPI:
    audit = AuditLog(lambda line: lines.append(json.loads(line)))
    return make_app(desk.client, tokens=TOKENS | LIMITED, audit=audit)


@pytest.fixture
def operator(app: FastAPI) -> Caller:
    return Caller(app, "operator-token")


@pytest.mark.parametrize("token", EVERYBODY)
async def test_only_operators_of_all_accounts_may_erase(app: FastAPI, token: str) -> None:
    answer = await Caller(app, token).post(PATH, requester=NOBODY, dry_run=True)
    if token == "operator-token":
        assert (answer.status_code, answer.json()["outcome"]) == (200, "planned")
    else:
        problem(answer, 403, "wrong-role")


async def test_open_tickets_are_listed_and_nothing_is_erased(
    desk: WorkflowEnvironment, operator: Caller, app: FastAPI, lines: list[dict[str, Any]]
) -> None:
    address = "mia.erasures@harbour.example"
    number = await Caller(app, "agent-token").opened(requester={"name": "Mia", "email": address})

    async def found() -> list[str]:
        return [each.id async for each in tickets_of(desk.client, address)]

    await eventually(found, lambda ids: ids == [f"ticket/{number}"])
    refused = problem(await operator.post(PATH, requester=address), 409, "tickets-open")
    assert f"{number} (received)" in refused["detail"]
    assert (await operator.get(f"/tickets/{number}")).status_code == 200
    ended = [line for line in lines if line.get("subject")]
    [entry] = ended
    assert (entry["operation"], entry["outcome"]) == ("erase_personal_data", "refused")
    assert (entry["problem"], entry["count"]) == ("tickets-open", 0)
    assert entry["actor"]["id"] == "olga"
    assert address not in json.dumps(lines)


async def test_an_erasure_is_an_entry_of_the_audit_log_without_the_address(
    operator: Caller, lines: list[dict[str, Any]]
) -> None:
    report = (await operator.post(PATH, requester=NOBODY)).json()
    assert report["outcome"] == "nothing_left"
    ended, request = lines
    assert ended["subject"] == report["id"]
    assert (ended["outcome"], ended["count"]) == ("accepted", 0)
    assert (request["method"], request["status"]) == ("POST", 200)
    assert "nobody" not in json.dumps(lines)


@pytest.mark.parametrize("wrong", [{"requester": "mia"}, {"requester": None}, {"close_open": 1}])
async def test_bodies_are_strict(operator: Caller, wrong: dict[str, Any]) -> None:
    body = {"requester": NOBODY} | wrong
    problem(await operator.post(PATH, **body), 422, "invalid-request")
    assert (await operator.get(PATH)).status_code == 405


async def test_a_long_erasure_goes_on_and_the_same_request_joins_it(
    desk: WorkflowEnvironment,
) -> None:
    may_end, made = asyncio.Event(), []

    class Long(Erasure):
        async def run(self) -> ErasureReport:
            made.append(self)
            self.report.tickets.append("AAAA-AAAA-AAAA")
            await may_end.wait()
            self.report.finish()
            return self.report

    def make(order: Order) -> Erasure:
        return Long(desk.client, order)

    app = make_app(desk.client)
    app.state.erasures = RunningErasures(make, AuditLog(), lambda: datetime.now(UTC), within=0.01)
    operator = Caller(app, "operator-token")
    first = await operator.post(PATH, requester=NOBODY)
    assert (first.status_code, first.json()["outcome"]) == (202, "running")
    assert first.headers["retry-after"] == "5"
    may_end.set()
    second = await operator.post(PATH, requester=NOBODY.upper())
    assert (second.status_code, second.json()["outcome"]) == (200, "erased")
    assert (len(made), second.json()["id"]) == (1, first.json()["id"])


class Endless(Erasure):
    """An erasure that goes on until the test has ended."""

    async def run(self) -> ErasureReport:
        await asyncio.Event().wait()
        raise AssertionError


async def test_a_request_for_more_does_not_join_an_erasure_that_does_less(
    desk: WorkflowEnvironment,
) -> None:
    orders: list[Order] = []

    def make(order: Order) -> Erasure:
        orders.append(order)
        return Endless(desk.client, order)

    app = make_app(desk.client)
    app.state.erasures = RunningErasures(make, AuditLog(), lambda: datetime.now(UTC), within=0.01)
    operator = Caller(app, "operator-token")
    wanted: list[dict[str, Any]] = [{}, {"close_open": True}, {"actors": ["mia-at-the-provider"]}]
    for each in [*wanted, *wanted]:
        assert (await operator.post(PATH, requester=NOBODY, **each)).status_code == 202
    asked = [(order.close_open, order.actors) for order in orders]
    assert asked == [(False, ()), (True, ()), (False, ("mia-at-the-provider",))]


async def test_erasures_that_have_ended_take_no_place_of_others(
    desk: WorkflowEnvironment,
) -> None:
    class Short(Erasure):
        async def run(self) -> ErasureReport:
            await asyncio.sleep(0)
            self.report.finish()
            return self.report

    erasures = RunningErasures(
        lambda order: Short(desk.client, order), AuditLog(), lambda: datetime.now(UTC), within=0
    )
    actor = AuditedActor(id="olga", role=Role.OPERATOR, credential="token:olga")
    for number in range(2 * MOST):
        order = Order(f"person.{number}@harbour.example")
        await erasures.report(order, actor, "192.0.2.1", is_plan=False)
        # Nobody asks for its end.
        for _ in range(5):
            await asyncio.sleep(0)


async def test_nothing_is_erased_while_the_keys_cannot_be_read(
    desk: WorkflowEnvironment, tmp_path: Path
) -> None:
    lost = KeysOfPeople(SqliteKeyStore(tmp_path / "keys.db"))
    app = make_app(desk.client)
    app.state.erasures = RunningErasures(
        lambda order: Erasure(desk.client, order, credentials=lost),
        AuditLog(),
        lambda: datetime.now(UTC),
    )
    answer = await Caller(app, "operator-token").post(PATH, requester=NOBODY)
    assert "API keys" in problem(answer, 503, "desk-unavailable")["detail"]
    with pytest.raises(KeyStoreUnusable):
        await lost.of(NOBODY)
