from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from temporalio.testing import WorkflowEnvironment

from tests.api.caller import Caller, make_app, problem, request

LONG = b"x" * 1_000_000
JSON = {"content-type": "application/json"}


async def send(caller: Caller, body: bytes, **headers: str) -> httpx.Response:
    all_headers = JSON | {name.replace("_", "-"): value for name, value in headers.items()}
    return await caller.http.post("/tickets", content=body, headers=all_headers)


async def test_body_of_a_megabyte_is_too_large(service: Caller) -> None:
    problem(await send(service, b'{"subject": "' + LONG + b'"}'), 413, "body-too-large")


async def test_body_in_chunks_without_a_length_is_limited_too(service: Caller) -> None:
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1_000):
            sent += 1_000
            yield b"x" * 1_000

    response = await service.http.post("/tickets", content=chunks(), headers=JSON)
    problem(response, 413, "body-too-large")
    assert sent <= 264_000


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b'{"subject": "caf\xe9"}',
        b"\xff\xfe{}",
        b"[" * 100_000,
        b'{"a":' * 30_000,
        b"1" * 10_000,
        b"\x00",
    ],
)
async def test_body_that_is_not_json_is_a_client_error(service: Caller, body: bytes) -> None:
    response = await send(service, body)
    assert response.status_code in (400, 422)
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("body", [b"null", b"[]", b'"text"', b"{}", b'{"subject": "\\ud800"}'])
async def test_json_that_is_not_a_request_is_invalid(service: Caller, body: bytes) -> None:
    problem(await send(service, body), 422, "invalid-request")


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/xml", "multipart/form-data", "", "application/jsonx"]
)
async def test_body_of_another_media_type_is_refused(service: Caller, media_type: str) -> None:
    problem(await send(service, b"{}", content_type=media_type), 415, "unsupported-media-type")


async def test_compressed_body_is_refused(service: Caller) -> None:
    response = await send(service, b"{}", content_encoding="gzip")
    problem(response, 415, "unsupported-media-type")


@pytest.mark.parametrize("media_type", ["application/json; charset=UTF-8", "Application/JSON"])
async def test_json_in_utf_8_is_accepted(service: Caller, media_type: str) -> None:
    problem(await send(service, b"{}", content_type=media_type), 422, "invalid-request")


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "image/*, text/*"])
async def test_accept_without_json_is_refused(service: Caller, accept: str) -> None:
    response = await service.http.get("/tickets", headers={"accept": accept})
    problem(response, 406, "not-acceptable")


@pytest.mark.parametrize("accept", ["*/*", "text/html, application/*;q=0.1", "application/json"])
async def test_accept_with_json_is_served(service: Caller, accept: str) -> None:
    assert (await service.http.get("/", headers={"accept": accept})).status_code == 200


async def test_unknown_paths_and_methods_are_problems(agent: Caller) -> None:
    problem(await agent.get("/nothing"), 404, "not-found")
    response = await agent.http.delete("/tickets")
    problem(response, 405, "method-not-allowed")
    assert response.headers["allow"] == "GET, HEAD, POST"


async def test_an_unknown_filter_is_told_all_filters_that_there_are(agent: Caller) -> None:
    [error] = problem(await agent.get("/tickets", states="open"), 422, "invalid-request")["errors"]
    assert error["message"].endswith("due_after, due_before, limit, cursor")


@pytest.mark.parametrize("path", ["/tickets%2F7K2M-0QXW-9HTE", "/docs%2f", "/problems/..%2Fme"])
async def test_an_encoded_slash_separates_nothing(app: FastAPI, path: str) -> None:
    for caller in (Caller(app, "agent-token"), Caller(app, None)):
        refused = problem(await caller.get(path), 404, "not-found")
        assert "encoded slash" in refused["detail"]


@pytest.mark.parametrize("header", ["Idempotency-Key", "If-Match"])
async def test_a_header_with_one_value_can_be_given_once(service: Caller, header: str) -> None:
    number = await service.opened()
    path, body = f"/tickets/{number}/provide-information", {"message": "It is Firefox."}
    twice = await service.http.post(path, json=body, headers=[(header, '"1"'), (header, '"2"')])
    refused = problem(twice, 422, "invalid-request")
    assert refused["errors"] == [{"field": header, "message": "can be given only once"}]


async def test_the_errors_of_one_response_are_limited_wherever_they_are(service: Caller) -> None:
    names: dict[str, Any] = {f"{'x' * 300}{number}": 1 for number in range(500)}
    in_query = await service.http.get("/tickets", params=dict(list(names.items())[:60]))
    in_body = await service.open(None, **names)
    in_facts = await service.open(facts=names)
    for response in (in_query, in_body):
        assert len(problem(response, 422, "invalid-request")["errors"]) == 50
    for response in (in_query, in_body, in_facts):
        assert max(len(error["field"]) for error in response.json()["errors"]) < 120


async def test_a_wrong_address_is_repeated_in_part(service: Caller) -> None:
    for wrong in (
        "@" * 50_000,
        "mia@" + "a." * 50_000,
        "mia@" + "ü" * 50_000,
        "m" * 50_000 + "@a.b",
    ):
        response = await service.open(requester={"name": "Mia", "email": wrong})
        assert len(problem(response, 422, "invalid-request")["detail"]) < 400


@pytest.mark.parametrize("nothing", ["\u200b", "\u2060 \u00ad", "\u2028"])
async def test_a_subject_and_a_name_can_be_seen(service: Caller, nothing: str) -> None:
    requester = {"name": nothing, "email": "mia@harbour.example"}
    refused = problem(
        await service.open(subject=nothing, requester=requester), 422, "invalid-request"
    )
    assert [error["field"] for error in refused["errors"]] == ["requester.name", "subject"]


async def test_line_breaks_do_not_reach_headers(service: Caller) -> None:
    response = await service.open(subject="Hello\r\nLocation: https://evil.example")
    problem(response, 422, "invalid-request")
    assert "location" not in response.headers


async def test_internal_error_reveals_no_details(env: WorkflowEnvironment) -> None:
    app = make_app(env.client)

    def broken() -> None:
        raise ZeroDivisionError("secret")

    app.add_api_route("/broken", broken)
    response = await Caller(app, "agent-token").get("/broken")
    problem(response, 500, "internal-error")
    assert "secret" not in response.text
    assert response.headers["cache-control"] == "no-store"


async def test_body_of_a_request_is_read_once(app: FastAPI) -> None:
    assert (await Caller(app, "service-token").post("/tickets", **request())).status_code == 201
