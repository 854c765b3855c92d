"""How long requests take, by route and status: for the metrics of the API."""

import time
from datetime import timedelta

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from temporalio.common import MetricMeter

LATENCY = "desk_api_request_latency"


class LatencyMiddleware:
    """Measures every request, from its arrival to the end of its answer."""

    def __init__(self, app: ASGIApp, meter: MetricMeter) -> None:
        self._app = app
        self._latency = meter.create_histogram_timedelta(
            LATENCY, "From the arrival of a request to the end of its answer"
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through, and measures it."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        status, began = 500, time.perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            # The template of a path, or there would be a series for each ticket.
            route = getattr(scope.get("route"), "path", "none")
            self._latency.record(
                timedelta(seconds=time.perf_counter() - began),
                {"method": scope["method"], "route": route, "status": status},
            )
