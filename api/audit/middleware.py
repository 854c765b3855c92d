"""Records every request but the public ones in the audit log, once its response has begun."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.audit.entry import AuditedActor, AuditEntry, Outcome
from api.audit.log import AuditLog
from api.audit.note import AuditNote, note_of
from api.audit.quota import UnauthenticatedQuota
from api.audit.request_ids import HEADER, request_id
from api.gate.client_address import client_address
from api.gate.gate import is_public
from api.http.auth import CALLER, REFUSED_TOKEN
from api.http.latency import ABANDONED
from api.http.problems import MEDIA_TYPE
from api.identity.caller import Caller

AUTHENTICATE, UNKNOWN = "authenticate", "unknown"


class Audit:
    """Adds a request id to each request and response, and records the request."""

    def __init__(
        self,
        app: ASGIApp,
        log: AuditLog,
        now: Callable[[], datetime],
        quota: UnauthenticatedQuota | None = None,
    ) -> None:
        self._app = app
        self._log = log
        self._now = now
        self._quota = quota or UnauthenticatedQuota()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        at, id, seen = self._now(), request_id(scope), _Response()

        async def observe(message: Message) -> None:
            seen.observe(message, id)
            await send(message)

        try:
            return await self._app(scope, receive, observe)
        except Exception:
            seen.status = 500
            raise
        finally:
            if not is_public(scope["path"]):
                self._record(scope, seen, at, id)

    def _record(self, scope: Scope, seen: "_Response", at: datetime, id: str) -> None:
        caller: Caller | None = scope.get(CALLER)
        source, left_out = client_address(scope), 0
        if caller is None:
            taken = self._quota.take(source)
            if taken is None:
                return
            left_out = taken
        note = note_of(scope)
        parameters: dict[str, str] = scope.get("path_params", {})
        self._log.write(
            AuditEntry(
                at=at,
                operation=_operation(scope) if caller else AUTHENTICATE,
                outcome=_outcome(seen, note),
                actor=_actor(caller),
                source=source,
                request_id=id,
                method=scope["method"],
                status=seen.status,
                problem=seen.problem,
                reason=scope.get(REFUSED_TOKEN),
                ticket=parameters.get("number") or seen.opened,
                account=parameters.get("account") or (caller.account if caller else None),
                subject=note.subject if note else None,
                count=note.count if note else None,
                left_out=left_out,
            )
        )


class _Response:
    """What the audit log says of a response."""

    def __init__(self) -> None:
        self.status = ABANDONED
        self.problem: str | None = None
        self.opened: str | None = None
        self._is_problem = False

    @property
    def outcome(self) -> Outcome:
        """As decided by the status."""
        if self.status < 400:
            return Outcome.ACCEPTED
        return Outcome.FAILED if self.status >= ABANDONED else Outcome.REFUSED

    def observe(self, message: Message, id: str) -> None:
        """Takes note of a message of the response, and adds the id of the request to its start."""
        if message["type"] == "http.response.start":
            headers = Headers(raw=message["headers"])
            self.status = message["status"]
            self._is_problem = headers.get("content-type", "") == MEDIA_TYPE
            path = headers.get("location", "")
            if path.startswith("/tickets/"):
                self.opened = path.removeprefix("/tickets/")
            MutableHeaders(raw=message["headers"])[HEADER] = id
        elif self._is_problem:
            self._is_problem = False
            document: dict[str, Any] = json.loads(message.get("body") or b"{}")
            self.problem = str(document.get("type", "")).removeprefix("/problems/") or None


def _outcome(seen: _Response, note: AuditNote | None) -> Outcome:
    """As the status tells; a response that was begun can still end otherwise."""
    return note.outcome if note and seen.outcome is Outcome.ACCEPTED else seen.outcome


def _operation(scope: Scope) -> str:
    """The operation of the route. Of a method that no route of the path has, the router names any
    route of the path.
    """
    route = scope.get("route")
    method = "GET" if scope["method"] == "HEAD" else scope["method"]
    if method not in getattr(route, "methods", ()):
        return UNKNOWN
    return getattr(route, "operation_id", None) or UNKNOWN


def _actor(caller: Caller | None) -> AuditedActor | None:
    if caller is None:
        return None
    return AuditedActor(id=caller.actor.id, role=caller.actor.role, credential=caller.credential)
