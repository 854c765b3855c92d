"""Methods and headers that hold for every path."""

import json

import pytest
from fastapi import FastAPI

from api.gate.responses import LARGEST_PART
from api.http.security_headers import SECURITY_HEADERS
from tests.api.caller import Caller, problem, request
from tests.api.gate.test_gate import Connection

NUMBER = "0000-0000-000Z"


@pytest.mark.fault(68)
@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/tickets", "GET, HEAD, POST"),
        ("PUT", "/accounts/harbour-media/outages", "GET, HEAD, POST"),
        ("PATCH", "/accounts/harbour-media/enablement", "GET, HEAD, POST"),
        ("OPTIONS", f"/tickets/{NUMBER}", "GET, HEAD"),
        ("GET", f"/tickets/{NUMBER}/respond", "POST"),
        ("HEAD", f"/tickets/{NUMBER}/respond", "POST"),
        ("POST", "/healthz", "GET, HEAD"),
    ],
)
async def test_405_names_every_method_of_the_path(
    agent: Caller, method: str, path: str, allow: str
) -> None:
    response = await agent.http.request(method, path)
    assert response.status_code == 405
    assert response.headers["allow"] == allow
    if method != "HEAD":
        problem(response, 405, "method-not-allowed")


@pytest.mark.fault(68)
@pytest.mark.parametrize("path", ["/", "/healthz", "/tickets", "/openapi.json", "/nothing"])
async def test_head_is_get_without_a_body(agent: Caller, path: str) -> None:
    head, get = await agent.http.head(path), await agent.http.get(path)
    assert head.status_code == get.status_code
    assert head.content == b""
    assert int(head.headers["content-length"]) > 0
    assert head.headers["content-type"] == get.headers["content-type"]


@pytest.mark.fault(87)
@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (f"/tickets/{NUMBER}/post_update", f"/tickets/{NUMBER}/post-update"),
        (f"/tickets/{NUMBER}/respond/", f"/tickets/{NUMBER}/respond"),
        ("/tickets/", "/tickets"),
    ],
)
async def test_404_names_the_path_that_was_probably_meant(
    agent: Caller, wrong: str, right: str
) -> None:
    document = problem(await agent.post(wrong), 404, "not-found")
    assert document["detail"].endswith(f"; did you mean {right}?")


async def test_404_names_no_path_that_does_not_exist(agent: Caller) -> None:
    assert "did you mean" not in problem(await agent.get("/no_thing"), 404, "not-found")["detail"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/healthz", None, 200),
        ("POST", "/tickets", request(), 201),
        ("POST", "/tickets", [], 422),
        ("GET", "/nothing", None, 404),
        ("DELETE", "/tickets", None, 405),
    ],
)
async def test_every_response_has_the_security_headers_once(
    service: Caller, method: str, path: str, body: object, status: int
) -> None:
    response = await service.http.request(method, path, json=body)
    assert response.status_code == status
    for name, value in SECURITY_HEADERS.items():
        assert response.headers.get_list(name) == [value]


async def test_a_long_body_is_sent_in_parts_and_arrives_whole(app: FastAPI) -> None:
    sent = Connection("/openapi.json", None, method="GET")
    await sent.run(app)
    parts = [message["body"] for message in sent.sent[1:]]
    assert len(parts) > 3
    assert max(map(len, parts)) == LARGEST_PART
    more = [message["more_body"] for message in sent.sent[1:]]
    assert more == [True] * (len(parts) - 1) + [False]
    assert json.loads(b"".join(parts))["openapi"]


async def test_a_401_has_the_security_headers_too(app: FastAPI) -> None:
    response = await Caller(app, None).get("/tickets")
    assert response.headers["cache-control"] == "no-store"
