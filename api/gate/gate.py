"""Admits a request before its body is read: the rate of its address, its token, the rate of its
caller.
"""

import asyncio
import math
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from temporalio.common import MetricMeter

from api.gate.client_address import client_address
from api.gate.lockout import Lockout
from api.gate.request_rates import NO_LIMIT, RequestRates
from api.http.auth import CALLER, REALM, REFUSED_TOKEN, unauthenticated
from api.http.error_handlers import RETRY_AFTER_SECONDS
from api.http.problem_types import AUTHENTICATION_UNAVAILABLE, NOT_FOUND, TOO_MANY_REQUESTS
from api.http.problems import Problem
from api.identity.authenticator import AuthenticationUnavailable, Authenticator, TokenRefused
from api.identity.caller import Caller

LIVENESS = "/healthz"
"""Answered always: a supervisor would otherwise restart an API that defends itself."""
PUBLIC = frozenset({"/", LIVENESS, "/readyz", "/openapi.json", "/docs", "/problems", "/proof-key"})
"""Paths without authentication, besides those under /problems/."""
_ENCODED_SLASH = b"%2f"
FAILURES = "desk_api_authentication_failures"
LARGEST_UNREAD_BODY = 256 * 1024
"""Bytes of an unread body for which a connection stays open after a refusal."""
TOO_FAST = "this token sends requests faster than its limit"


@dataclass(frozen=True)
class Rates:
    """The limits of requests, by address and by caller."""

    by_address: RequestRates = NO_LIMIT
    by_caller: RequestRates = NO_LIMIT
    lockout: Lockout = field(default_factory=Lockout)
    most_delayed: int = 64
    """Responses to unknown tokens that are delayed at the same time."""


class Gate:
    """Refuses a request that may not pass, without reading its body."""

    def __init__(
        self, app: ASGIApp, authenticator: Authenticator, rates: Rates, meter: MetricMeter
    ) -> None:
        self._app = app
        self._authenticator = authenticator
        self._rates = rates
        self._delayed = 0
        self._failures = meter.create_counter(FAILURES, "Requests with a token that was refused")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, with its caller in the scope."""
        if scope["type"] != "http" or scope["path"] == LIVENESS:
            return await self._app(scope, receive, send)
        try:
            caller = await self._admit(scope)
            if caller is not None:
                scope[CALLER] = caller
                if _has_body(scope):
                    receive = self._counted_when_complete(caller, receive)
                else:
                    self._count(caller)
        except Problem as problem:
            if _has_long_body(scope):
                problem.headers["Connection"] = "close"
            return await problem.response(scope["path"])(scope, receive, send)
        return await self._app(scope, receive, send)

    async def _admit(self, scope: Scope) -> Caller | None:
        """The caller of a request; None if it needs none."""
        if _ENCODED_SLASH in scope.get("raw_path", b"").lower():
            # It would count as a slash here, and perhaps not for a gateway with rules for paths.
            raise Problem(NOT_FOUND, "a path cannot have an encoded slash (%2F)")
        address = client_address(scope)
        if wait := self._rates.by_address.take(address):
            raise _too_many("this address sends requests faster than its limit", wait, close=True)
        if is_public(scope["path"]):
            return None
        caller = await self._authenticate(scope, address)
        if wait := self._rates.by_caller.wait(caller.key):
            raise _too_many(TOO_FAST, wait)
        return caller

    def _count(self, caller: Caller) -> None:
        if wait := self._rates.by_caller.take(caller.key):
            raise _too_many(TOO_FAST, wait)

    def _counted_when_complete(self, caller: Caller, receive: Receive) -> Receive:
        """Counts a request at the end of its body: one that is held half sent costs its caller
        none of the others.
        """
        is_counted = False

        async def counting() -> Message:
            nonlocal is_counted
            message = await receive()
            if not is_counted and not message.get("more_body", False):
                is_counted = True
                if message["type"] == "http.request":
                    self._count(caller)
            return message

        return counting

    async def _authenticate(self, scope: Scope, address: str) -> Caller:
        token = _bearer_token(scope)
        lockout = self._rates.lockout
        if wait := lockout.seconds_left(address, token):
            detail = "too many unknown tokens came from this address"
            raise _too_many(detail, wait, close=True)
        try:
            caller = await self._authenticator.authenticate(token)
            if caller is None:
                raise TokenRefused("is unknown", "unknown", is_guess=True)
        except TokenRefused as refusal:
            self._failures.add(1, {"reason": refusal.reason})
            scope[REFUSED_TOKEN] = refusal.reason
            if refusal.is_guess:
                await self._delay(lockout.failed(address))
            raise unauthenticated(
                f"the token {refusal}", f'{REALM}, error="invalid_token"'
            ) from None
        except AuthenticationUnavailable as error:
            retry = {"Retry-After": str(RETRY_AFTER_SECONDS)}
            raise Problem(AUTHENTICATION_UNAVAILABLE, str(error), headers=retry) from None
        lockout.accepted(address, token)
        return caller

    async def _delay(self, seconds: float) -> None:
        """Waits, unless too many responses wait already: a connection that waits is not closed to
        make room for another.
        """
        if self._delayed < self._rates.most_delayed:
            self._delayed += 1
            try:
                await asyncio.sleep(seconds)
            finally:
                self._delayed -= 1


def is_public(path: str) -> bool:
    """Whether a path needs no authentication."""
    return path in PUBLIC or path.startswith("/problems/")


def _bearer_token(scope: Scope) -> str:
    """The token of a request, or a 401 with the challenge of RFC 6750, section 3."""
    given = Headers(scope=scope).getlist("authorization")
    scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthenticated("send one bearer token", REALM)
    return token.strip()


def _too_many(reason: str, wait: float, *, close: bool = False) -> Problem:
    seconds = max(1, math.ceil(wait))
    headers = {"Retry-After": str(seconds)} | ({"Connection": "close"} if close else {})
    return Problem(TOO_MANY_REQUESTS, f"{reason}; retry in {seconds} s", headers=headers)


def _has_body(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return "transfer-encoding" in headers or headers.get("content-length", "0").strip("0") != ""


def _has_long_body(scope: Scope) -> bool:
    """Whether the rest of the body is too long to be read and discarded."""
    headers = Headers(scope=scope)
    length = headers.get("content-length", "0")
    short = length.isascii() and length.isdigit() and int(length) <= LARGEST_UNREAD_BODY
    return "transfer-encoding" in headers or not short
