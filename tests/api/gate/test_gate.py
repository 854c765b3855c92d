"""A request is admitted before its body is read, and nothing is done for one that breaks off."""

import asyncio
import json
from typing import Any, ClassVar

import pytest
from fastapi import FastAPI
from starlette.types import Message
from temporalio.runtime import MetricBuffer, Runtime, TelemetryConfig
from temporalio.testing import WorkflowEnvironment

from api.gate.gate import FAILURES, Rates
from api.gate.lockout import LOCKOUT, LONGEST_DELAY, MOST_FAILURES, Lockout
from api.gate.request_limits import Limits
from api.gate.request_rates import RequestRates
from api.identity.authenticator import AuthenticationUnavailable, TokenRefused
from tests.api.caller import Caller, make_app, problem, request
from tests.api.identity.given_callers import GivenCallers

JSON = {"content-type": "application/json"}
BODY = json.dumps(request()).encode()


class Clock:
    """A clock that tests advance."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Connection:
    """One request to the app as the server passes it on, message by message."""

    def __init__(self, path: str, token: str | None, *messages: Message, method: str = "POST"):
        headers = [(b"content-type", b"application/json"), (b"content-length", b"60")]
        if token is not None:
            headers.append((b"authorization", f"Bearer {token}".encode()))
        self.scope: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": headers,
            "client": ("203.0.113.7", 1),
            "server": ("desk.example", 80),
            "scheme": "http",
            "http_version": "1.1",
        }
        self.reads = 0
        self.sent: list[Message] = []
        self._messages = list(messages)

    async def run(self, app: FastAPI) -> None:
        """Passes the request to the app."""
        await app(self.scope, self._receive, self._send)

    @property
    def status(self) -> int | None:
        """The status of the response, if there was one."""
        return self.sent[0]["status"] if self.sent else None

    async def _receive(self) -> Message:
        self.reads += 1
        return self._messages.pop(0) if self._messages else {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        self.sent.append(message)


def part(body: bytes = b"") -> Message:
    return {"type": "http.request", "body": body, "more_body": True}


@pytest.mark.fault(51)
@pytest.mark.parametrize(
    "arrived", [[], [part()], [part(b'{"reason": "It was our')], [part(b"{}")]]
)
@pytest.mark.parametrize("action", ["withdraw", "assign"])
async def test_a_request_that_breaks_off_before_its_body_is_complete_does_nothing(
    app: FastAPI, service: Caller, agent: Caller, action: str, arrived: list[Message]
) -> None:
    number = await service.opened()
    before = (await agent.get(f"/tickets/{number}/timeline")).json()
    broken = Connection(f"/tickets/{number}/{action}", "agent-token", *arrived)
    await broken.run(app)
    assert broken.sent == []
    assert (await agent.get(f"/tickets/{number}/timeline")).json() == before


@pytest.mark.fault(53)
@pytest.mark.parametrize("token", [None, "guessed"])
@pytest.mark.parametrize("path", ["/tickets", "/tickets/0000-0000-000Z/withdraw", "/nothing"])
async def test_no_byte_of_a_body_is_read_before_authentication(
    app: FastAPI, path: str, token: str | None
) -> None:
    stranger = Connection(path, token, part(b"{" * 60))
    await stranger.run(app)
    assert (stranger.status, stranger.reads) == (401, 0)


@pytest.mark.fault(53)
async def test_a_malformed_body_without_a_token_is_401_not_400(app: FastAPI) -> None:
    response = await Caller(app, None).http.post("/tickets", content=b"{", headers=JSON)
    problem(response, 401, "unauthenticated")


async def test_two_authorization_headers_are_no_authentication(app: FastAPI) -> None:
    twice = [("authorization", "Bearer agent-token"), ("authorization", "Bearer service-token")]
    response = await Caller(app, None).http.get("/tickets", headers=twice)
    problem(response, 401, "unauthenticated")


@pytest.mark.parametrize("path", ["/", "/healthz", "/problems", "/problems/not-found"])
async def test_public_paths_need_no_token(app: FastAPI, path: str) -> None:
    assert (await Caller(app, None).get(path)).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_no_byte_of_a_body_is_read_for_a_public_path(app: FastAPI, method: str) -> None:
    stranger = Connection("/problems", None, part(b"{" * 60), method=method)
    await stranger.run(app)
    assert (stranger.status, stranger.reads) == ({"GET": 200, "POST": 405}[method], 0)


class TestMemory:
    """The bodies of all requests together are limited, and so is the part of one caller."""

    @pytest.mark.fault(53)
    async def test_bodies_beyond_the_limit_are_refused_and_freed_at_the_end(
        self, env: WorkflowEnvironment
    ) -> None:
        app = make_app(env.client, limits=Limits(max_buffered_bytes=400))
        response = await Caller(app, "service-token").http.post(
            "/tickets", content=b" " * 99 + b"{}", headers=JSON
        )
        problem(response, 503, "desk-unavailable")
        assert response.headers["connection"] == "close"
        for _ in range(3):
            fits = await Caller(app, "service-token").http.post(
                "/tickets", content=b" " * 98 + b"{}", headers=JSON
            )
            problem(fits, 422, "invalid-request")


class TestRates:
    """Requests per second are limited by address and by caller."""

    @pytest.mark.fault(58)
    @pytest.mark.parametrize("limited", ["by_address", "by_caller"])
    async def test_a_request_above_the_limit_is_429_with_retry_after(
        self, env: WorkflowEnvironment, limited: str
    ) -> None:
        clock = Clock()
        limit: dict[str, Any] = {limited: RequestRates(1, clock)}
        app = make_app(env.client, rates=Rates(**limit))
        caller = Caller(app, "agent-token")
        statuses = [(await caller.get("/nothing")).status_code for _ in range(3)]
        assert statuses == [404, 404, 429]
        refused = await caller.get("/nothing")
        problem(refused, 429, "too-many-requests")
        assert refused.headers["retry-after"] == "1"
        clock.now += 1
        assert (await caller.get("/nothing")).status_code == 404

    async def test_another_caller_has_a_limit_of_its_own(self, env: WorkflowEnvironment) -> None:
        app = make_app(env.client, rates=Rates(by_caller=RequestRates(1, Clock())))
        for _ in range(3):
            await Caller(app, "agent-token").get("/nothing")
        assert (await Caller(app, "service-token").get("/nothing")).status_code == 404

    @pytest.mark.fault(53)
    async def test_a_body_that_is_held_half_sent_does_not_count(
        self, env: WorkflowEnvironment
    ) -> None:
        app = make_app(env.client, rates=Rates(by_caller=RequestRates(1, Clock())))
        for _ in range(5):
            await Connection("/tickets", "agent-token", part(b"{")).run(app)
        assert (await Caller(app, "agent-token").get("/nothing")).status_code == 404

    async def test_a_request_with_a_body_counts_once(self, env: WorkflowEnvironment) -> None:
        app = make_app(env.client, rates=Rates(by_caller=RequestRates(1, Clock())))
        caller = Caller(app, "agent-token")
        posted = [(await caller.http.post("/tickets", json={})).status_code for _ in range(3)]
        assert posted == [422, 422, 429]

    @pytest.mark.fault(53)
    async def test_no_byte_of_a_body_is_read_above_the_limit(
        self, env: WorkflowEnvironment
    ) -> None:
        app = make_app(env.client, rates=Rates(by_caller=RequestRates(1, Clock())))
        for _ in range(2):
            await Caller(app, "agent-token").get("/nothing")
        late = Connection("/tickets", "agent-token", part(b"{"))
        await late.run(app)
        assert (late.status, late.reads) == (429, 0)

    async def test_liveness_answers_whatever_the_rate(self, env: WorkflowEnvironment) -> None:
        app = make_app(env.client, rates=Rates(by_address=RequestRates(1, Clock())))
        caller = Caller(app, None)
        assert {(await caller.get("/healthz")).status_code for _ in range(9)} == {200}


class TestLockout:
    """Unknown tokens are slowed down, then locked out, by address."""

    @pytest.mark.fault(58)
    async def test_after_ten_failures_even_a_right_guess_is_not_looked_up(
        self, env: WorkflowEnvironment
    ) -> None:
        clock = Clock()
        lockout = Lockout(clock)
        for _ in range(MOST_FAILURES):
            lockout.failed("127.0.0.1")
        app = make_app(env.client, rates=Rates(lockout=lockout))
        refused = await Caller(app, "agent-token").get("/nothing")
        problem(refused, 429, "too-many-requests")
        assert refused.headers["retry-after"] == "60"
        clock.now += LOCKOUT.total_seconds()
        assert (await Caller(app, "agent-token").get("/nothing")).status_code == 404

    async def test_delays_do_not_hold_more_than_some_connections(
        self, env: WorkflowEnvironment
    ) -> None:
        lockout = Lockout(Clock())
        for _ in range(MOST_FAILURES - 2):
            lockout.failed("203.0.113.7")
        guess = Connection("/tickets", "guess")
        async with asyncio.timeout(LONGEST_DELAY.total_seconds() / 2):
            await guess.run(make_app(env.client, rates=Rates(lockout=lockout, most_delayed=0)))
        assert guess.status == 401

    @pytest.mark.fault(58)
    async def test_a_token_that_was_accepted_from_the_address_still_is(
        self, env: WorkflowEnvironment
    ) -> None:
        lockout = Lockout(Clock())
        app = make_app(env.client, rates=Rates(lockout=lockout))
        caller = Caller(app, "agent-token")
        await caller.get("/nothing")
        for _ in range(MOST_FAILURES):
            lockout.failed("127.0.0.1")
        assert (await caller.get("/nothing")).status_code == 404
        assert (await Caller(app, "service-token").get("/nothing")).status_code == 429


class TestRefusals:
    """A refused token is 401 with its reason; only a guess counts towards a lockout."""

    TOKENS: ClassVar[dict[str, Exception]] = {
        "expired": TokenRefused("has expired", "expired"),
        "forged": TokenRefused("has a wrong signature", "signature", is_guess=True),
        "undecided": AuthenticationUnavailable("the provider does not answer"),
    }

    def app(self, env: WorkflowEnvironment, lockout: Lockout, **options: Any) -> FastAPI:
        # None is delayed, which would take seconds.
        rates = Rates(lockout=lockout, most_delayed=0)
        return make_app(env.client, identity=GivenCallers(self.TOKENS), rates=rates, **options)

    @pytest.mark.fault(58)
    async def test_an_expired_token_locks_nobody_out(self, env: WorkflowEnvironment) -> None:
        lockout = Lockout(Clock())
        client = Caller(self.app(env, lockout), "expired")
        for _ in range(2 * MOST_FAILURES):
            refused = await client.get("/tickets")
            assert problem(refused, 401, "unauthenticated")["detail"] == "the token has expired"
            assert 'error="invalid_token"' in refused.headers["www-authenticate"]
        assert lockout.seconds_left("127.0.0.1", "another") == 0

    @pytest.mark.fault(58)
    async def test_forged_tokens_do(self, env: WorkflowEnvironment) -> None:
        lockout = Lockout(Clock())
        forger = Caller(self.app(env, lockout), "forged")
        for _ in range(MOST_FAILURES):
            problem(await forger.get("/tickets"), 401, "unauthenticated")
        problem(await forger.get("/tickets"), 429, "too-many-requests")

    async def test_a_token_that_cannot_be_checked_is_503_and_no_failure(
        self, env: WorkflowEnvironment
    ) -> None:
        lockout = Lockout(Clock())
        client = Caller(self.app(env, lockout), "undecided")
        for _ in range(2 * MOST_FAILURES):
            response = await client.get("/tickets")
            document = problem(response, 503, "authentication-unavailable")
            assert document["detail"] == "the provider does not answer"
            assert response.headers["retry-after"] == "5"

    async def test_refusals_are_counted_by_reason(self, env: WorkflowEnvironment) -> None:
        buffer = MetricBuffer(100)
        runtime = Runtime(telemetry=TelemetryConfig(metrics=buffer, attach_service_name=False))
        app = self.app(env, Lockout(Clock()), meter=runtime.metric_meter)
        for token in ("expired", "forged", "unknown", "undecided"):
            await Caller(app, token).get("/tickets")
        updates = [each for each in buffer.retrieve_updates() if each.metric.name == FAILURES]
        reasons = [each.attributes["reason"] for each in updates]
        assert reasons == ["expired", "signature", "unknown"]
