"""Assembles the codec endpoint: its routes behind the gate of the API."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from temporalio.common import MetricMeter

from api.audit.log import AuditLog
from api.audit.middleware import Audit
from api.codec.routes import WORKFLOW_ID, router
from api.gate.gate import Gate, Rates
from api.gate.request_limits import Deadline, JsonOnly
from api.gate.responses import ResponseRules
from api.http.error_handlers import register_error_handlers
from api.identity.authenticator import Authenticator
from encryption.codec import EncryptionCodec

LARGEST_BODY = 8 * 1024 * 1024
"""Bytes. The UI sends all payloads of a page of a history at once."""
TIMEOUT = timedelta(seconds=30)


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create_codec_app(
    codec: EncryptionCodec,
    authenticator: Authenticator,
    *,
    origins: Sequence[str] = (),
    audit: AuditLog | None = None,
    now: Callable[[], datetime] = _utc_now,
) -> FastAPI:
    """Builds the endpoint. Pages of these origins may use it from a browser."""
    app = FastAPI(docs_url=None, openapi_url=None, redoc_url=None, redirect_slashes=False)
    app.state.codec = codec
    # The middleware that is added last runs first. A preflight has no token, so CORS comes before
    # the gate.
    app.add_middleware(Deadline, timeout=TIMEOUT)
    app.add_middleware(JsonOnly, max_body_bytes=LARGEST_BODY, max_buffered_bytes=4 * LARGEST_BODY)
    app.add_middleware(Gate, authenticator=authenticator, rates=Rates(), meter=MetricMeter.noop)
    app.add_middleware(Audit, log=audit or AuditLog(), now=now)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["POST"],
        allow_headers=["Authorization", "Content-Type", "X-Namespace", WORKFLOW_ID],
    )
    app.add_middleware(ResponseRules)
    app.include_router(router)
    register_error_handlers(app)
    return app
