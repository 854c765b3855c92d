"""The codec endpoint: clear text for operators, with Temporal's own CLI, and for nobody else."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from fastapi import FastAPI
from google.protobuf.json_format import MessageToDict
from temporalio.api.common.v1 import Payloads

from api.audit.log import AuditLog
from api.codec.app import create_codec_app
from api.identity.static_tokens import TokenActor
from api.server.server import serve
from benchmarks.support.plain_server import plain_server
from encryption.codec import EncryptionCodec
from encryption.key_ring import KeyRing
from policies.vocabulary import Role
from tests.api.caller import TOKENS, Caller, authenticator, fields, problem
from tests.encryption.keys import codec_of, payload, ring
from tests.ports import LOOPBACK, free_port
from workflows.temporal.dev_server import server_binary

TICKET = "ticket/7K3M-9QWX-2B4T"
UI = "https://temporal.desk.example"
ONE_ACCOUNT = TokenActor(id="omar", role=Role.OPERATOR, account="harbour-media")


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return ring(tmp_path)


@pytest.fixture
def lines() -> list[bytes]:
    return []


@pytest.fixture
def app(keys: KeyRing, lines: list[bytes]) -> FastAPI:
    def write(line: bytes) -> int:
        lines.append(line)
        return len(line)

    return create_codec_app(
        EncryptionCodec(keys),
        authenticator({**TOKENS, "omar-token": ONE_ACCOUNT}),
        origins=[UI],
        audit=AuditLog(write),
    )


@pytest.fixture
def operator(app: FastAPI) -> Caller:
    return Caller(app, "operator-token")


async def body(keys: KeyRing, text: str) -> dict[str, Any]:
    """Encrypted payloads in the JSON of the protocol."""
    sealed = await codec_of(keys, TICKET).encode([payload(text)])
    return MessageToDict(Payloads(payloads=sealed))


async def test_an_operator_gets_payloads_in_clear(operator: Caller, keys: KeyRing) -> None:
    response = await operator.post("/decode", **await body(keys, "a secret"))
    assert response.status_code == 200, response.text
    [decoded] = response.json()["payloads"]
    assert base64.b64decode(decoded["data"]) == b'"a secret"'
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("token", ["agent-token", "requester-token", "service-token", "omar-token"])
async def test_nobody_else_does(app: FastAPI, keys: KeyRing, token: str) -> None:
    for path in ("/decode", "/encode"):
        response = await Caller(app, token).post(path, **await body(keys, "a secret"))
        problem(response, 403, "wrong-role")


@pytest.mark.parametrize("token", [None, "guessed"])
async def test_a_token_is_required(app: FastAPI, keys: KeyRing, token: str | None) -> None:
    problem(
        await Caller(app, token).post("/decode", **await body(keys, "a")), 401, "unauthenticated"
    )


async def test_payloads_are_encrypted_for_the_workflow_in_the_header(
    operator: Caller, keys: KeyRing
) -> None:
    clear = MessageToDict(Payloads(payloads=[payload("a secret")]))
    response = await operator.http.post("/encode", json=clear, headers={"Workflow-Id": TICKET})
    sealed = response.json()
    assert "secret" not in base64.b64decode(sealed["payloads"][0]["data"]).decode("latin-1")
    assert (await operator.post("/decode", **sealed)).json() == clear
    await keys.destroy(TICKET)
    problem(await operator.post("/decode", **sealed), 422, "invalid-request")


@pytest.mark.parametrize("id", ["", "other", "ticket/" + "x" * 300])
async def test_without_a_workflow_nothing_is_encrypted(operator: Caller, id: str) -> None:
    headers = {"Workflow-Id": id} if id else {}
    response = await operator.http.post("/encode", json={"payloads": []}, headers=headers)
    assert (
        "Workflow-Id: ticket/" in fields(problem(response, 422, "invalid-request"))["Workflow-Id"]
    )


async def test_damaged_payloads_and_other_documents_are_refused(
    operator: Caller, keys: KeyRing
) -> None:
    damaged = await body(keys, "a secret")
    damaged["payloads"][0]["data"] = "AAAA"
    document = problem(await operator.post("/decode", **damaged), 422, "invalid-request")
    assert "truncated" in document["detail"]
    problem(await operator.post("/decode", some="thing"), 422, "invalid-request")


async def test_every_request_is_audited_without_its_payloads(
    operator: Caller, keys: KeyRing, lines: list[bytes]
) -> None:
    await operator.post("/decode", **await body(keys, "a secret"))
    [entry] = [json.loads(line) for line in lines]
    assert (entry["operation"], entry["outcome"]) == ("decode_payloads", "accepted")
    assert entry["actor"]["id"] == "olga"
    assert b"secret" not in b"".join(lines)


class TestBrowsers:
    async def test_pages_of_a_configured_ui_may_use_it(self, app: FastAPI, keys: KeyRing) -> None:
        headers = {
            "Origin": UI,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,x-namespace",
        }
        preflight = await Caller(app, None).http.options("/decode", headers=headers)
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == UI
        response = await Caller(app, "operator-token").http.post(
            "/decode", json=await body(keys, "a"), headers={"Origin": UI}
        )
        assert response.headers["access-control-allow-origin"] == UI
        refused = await Caller(app, None).http.post("/decode", json={}, headers={"Origin": UI})
        assert refused.status_code == 401

    async def test_other_pages_may_not(self, app: FastAPI) -> None:
        headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        preflight = await Caller(app, None).http.options("/decode", headers=headers)
        assert "access-control-allow-origin" not in preflight.headers


@pytest.mark.fault(65)
async def test_a_payload_of_another_workflow_than_the_header_names_is_refused(
    operator: Caller, keys: KeyRing
) -> None:
    sealed = await body(keys, "a secret")
    own = await operator.http.post("/decode", json=sealed, headers={"Workflow-Id": TICKET})
    assert own.status_code == 200
    headers = {"Workflow-Id": "ticket/0000-0000-0000"}
    other = await operator.http.post("/decode", json=sealed, headers=headers)
    assert f"of {TICKET} was moved to" in problem(other, 422, "invalid-request")["detail"]


@pytest_asyncio.fixture
async def endpoint(app: FastAPI) -> AsyncIterator[str]:
    port = free_port()
    task = asyncio.create_task(serve(app, LOOPBACK, port))
    yield f"http://{LOOPBACK}:{port}"
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def cli(*words: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        server_binary(), *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


@pytest.mark.fault(65)
async def test_the_cli_of_temporal_starts_and_shows_encrypted_workflows(endpoint: str) -> None:
    codec = ["--codec-endpoint", endpoint, "--codec-auth", "Bearer operator-token"]
    workflow = ["--workflow-id", TICKET]
    async with plain_server() as env:
        server = ["--address", env.client.service_client.config.target_host]
        start = ["workflow", "start", *workflow, "--type", "Ticket", "--task-queue", "none"]
        scope = ["--codec-header", f"Workflow-Id={TICKET}"]
        code, out = await cli(*start, "--input", '"a secret"', *scope, *codec, *server)
        assert code == 0, out
        show = ["workflow", "show", *workflow, "--output", "json"]
        wrong = ["--codec-endpoint", endpoint, "--codec-auth", "Bearer agent-token"]
        (_, sealed), (code, clear), (_, refused) = await asyncio.gather(
            cli(*show, *server), cli(*show, *codec, *server), cli(*show, *wrong, *server)
        )
        assert code == 0, clear
        encoded = base64.b64encode(b'"a secret"').decode()
        assert encoded not in sealed
        assert "a secret" in clear or encoded in clear
        assert encoded not in refused
        assert "a secret" not in refused
