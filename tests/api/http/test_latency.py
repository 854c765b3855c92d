"""Requests are measured by route and status, whatever their outcome."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from temporalio.runtime import MetricBuffer, Runtime, TelemetryConfig

from api.http.latency import LATENCY, LatencyMiddleware


async def answer(request: Request) -> Response:
    if request.path_params["number"] == "0":
        raise ZeroDivisionError
    return PlainTextResponse("here it is")


@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/tickets/1", "/tickets/{number}", 200),
        ("/tickets/0", "/tickets/{number}", 500),
        ("/nowhere", "none", 404),
    ],
)
async def test_a_request_is_measured_once_with_the_template_of_its_path(
    path: str, route: str, status: int
) -> None:
    buffer = MetricBuffer(100)
    meter = Runtime(
        telemetry=TelemetryConfig(metrics=buffer, attach_service_name=False)
    ).metric_meter
    app = Starlette(routes=[Route("/tickets/{number}", answer)])
    app.add_middleware(LatencyMiddleware, meter=meter)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.example") as http:
        assert (await http.get(path)).status_code == status
    [measured] = buffer.retrieve_updates()
    assert measured.metric.name == LATENCY
    assert measured.attributes == {"method": "GET", "route": route, "status": status}
