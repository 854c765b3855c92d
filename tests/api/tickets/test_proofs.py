"""Proofs over HTTP: whoever reads the ticket gets one, and verifies it without the desk."""

import asyncio

import pytest
from fastapi import FastAPI
from temporalio.testing import WorkflowEnvironment

from api.tickets import proof_routes
from proof.signing import PublicKey
from proof.verification import verify
from tests.api.caller import Caller, make_app, problem
from tests.harness import RecordingMailer
from tests.proof.proofs import KEY, MAKER


@pytest.fixture(scope="module")
def proving(desk: WorkflowEnvironment) -> FastAPI:
    return make_app(desk.client, proofs=MAKER)


@pytest.fixture
def service(proving: FastAPI, mailer: RecordingMailer) -> Caller:
    return Caller(proving, "service-token")


@pytest.fixture
def agent(proving: FastAPI) -> Caller:
    return Caller(proving, "agent-token")


async def test_a_ticket_has_a_proof_for_each_reader(
    proving: FastAPI, service: Caller, agent: Caller
) -> None:
    number = await service.opened()
    await agent.act(number, "add-note", note="Only for us.")
    await agent.act(number, "acknowledge")
    key = (await Caller(proving, None).get("/proof-key")).json()["key"]
    assert key == KEY.public.text
    for caller, reader, hidden in ((agent, "staff", 0), (service, "requester", 1)):
        response = await caller.get(f"/tickets/{number}/proof")
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "application/json"
        assert f"{number}.proof.json" in response.headers["content-disposition"]
        report = verify(response.content, PublicKey(key))
        assert report.holds, report.findings
        assert (report.number, report.reader, report.hidden_events) == (number, reader, hidden)
        assert "clock first_response" in report.recomputed
        assert ("Only for us." in response.text) == (reader == "staff")


async def test_a_closed_ticket_has_one_and_it_is_not_sent_again(
    service: Caller, agent: Caller
) -> None:
    number = await service.opened()
    assert (await service.act(number, "withdraw")).status_code == 200
    first = await agent.get(f"/tickets/{number}/proof")
    assert first.status_code == 200, first.text
    report = verify(first.content, KEY.public)
    assert report.holds
    assert "clock first_response" in report.recomputed
    tag = {"If-None-Match": first.headers["ETag"]}
    again = await agent.http.get(f"/tickets/{number}/proof", headers=tag)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


@pytest.mark.parametrize("token", ["salt-token", "salt-agent-token", "leo-token"])
async def test_who_may_not_read_the_ticket_gets_no_proof(
    proving: FastAPI, service: Caller, token: str
) -> None:
    number = await service.opened()
    stranger = Caller(proving, token)
    problem(await stranger.get(f"/tickets/{number}/proof"), 404, "ticket-unknown")


async def test_a_proof_needs_a_token_and_the_key_does_not(
    proving: FastAPI, service: Caller
) -> None:
    number = await service.opened()
    nobody = Caller(proving, None)
    problem(await nobody.get(f"/tickets/{number}/proof"), 401, "unauthenticated")
    assert (await nobody.get("/proof-key")).status_code == 200
    problem(await nobody.get("/proof-key?x=1"), 422, "invalid-request")


async def test_a_number_that_is_none_or_unknown_has_no_proof(agent: Caller) -> None:
    problem(await agent.get("/tickets/ZZZZ-ZZZZ-ZZZZ/proof"), 404, "ticket-unknown")
    problem(await agent.get("/tickets/nonsense/proof"), 404, "ticket-unknown")


async def test_a_desk_without_a_key_says_so(app: FastAPI, mailer: RecordingMailer) -> None:
    keyless = Caller(app, "service-token")
    number = await keyless.opened()
    refused = problem(await keyless.get(f"/tickets/{number}/proof"), 404, "no-proofs")
    assert "DESK_PROOF_KEY" in refused["detail"]
    problem(await keyless.get("/proof-key"), 404, "no-proofs")
    # Not before it is clear that the caller may read the ticket.
    problem(await Caller(app, "salt-token").get(f"/tickets/{number}/proof"), 404, "ticket-unknown")


async def test_requests_above_the_limit_are_refused_at_once(
    service: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await service.opened()
    waiting = [object() for _ in range(proof_routes.MOST_WAITING)]
    proof_routes._waiting.update(waiting)
    try:
        refused = await service.get(f"/tickets/{number}/proof")
    finally:
        proof_routes._waiting.difference_update(waiting)
    problem(refused, 503, "desk-unavailable")
    both = await asyncio.gather(*(service.get(f"/tickets/{number}/proof") for _ in range(3)))
    assert [response.status_code for response in both] == [200, 200, 200]
