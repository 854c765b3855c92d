"""Request latency by route and status, as a metric."""

import time
from datetime import timedelta

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from temporalio.common import MetricMeter

LATENCY = "desk_api_request_latency"
ABANDONED = 499
"""The status of a request without a response, because its sender closed the connection."""


class LatencyMiddleware:
    """Measures every request, from its arrival to the end of the response."""

    def __init__(self, app: ASGIApp, meter: MetricMeter) -> None:
        self._app = app
        self._latency = meter.create_histogram_timedelta(
            LATENCY, "From the arrival of a request to the end of its response"
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on and records its latency."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        status, began = ABANDONED, time.perf_counter()

        async def record_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, record_status)
        except Exception:
            status = 500
            raise
        finally:
            # The path template: full paths would create a time series for each ticket.
            route = getattr(scope.get("route"), "path", "none")
            self._latency.record(
                timedelta(seconds=time.perf_counter() - began),
                {"method": scope["method"], "route": route, "status": status},
            )
