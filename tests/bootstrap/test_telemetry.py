"""Metrics and traces are off unless configured; invalid settings are named."""

import pytest
from opentelemetry.sdk.resources import SERVICE_NAME
from temporalio.common import MetricMeter

from api.server.server import address_of, listen
from bootstrap.exit_codes import ExitCode, Failure
from bootstrap.telemetry import telemetry
from bootstrap.tracing import tracer_provider
from settings import Settings
from tests.ports import LOOPBACK, free_port
from tests.scraping import scrape

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
COLLECTOR = "http://127.0.0.1:4318"


@pytest.fixture(autouse=True)
def _no_ambient_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (ENDPOINT, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_SERVICE_NAME"):
        monkeypatch.delenv(name, raising=False)


def test_nothing_is_exported_unless_configured() -> None:
    with telemetry(Settings(), "desk") as started:
        assert started.meter is MetricMeter.noop
        assert started.client_options == {"runtime": None, "interceptors": []}


async def test_metrics_are_served_at_their_address() -> None:
    port = free_port()
    with telemetry(Settings(metrics_address=str(port)), "desk") as started:
        started.meter.create_gauge("desk_open_tickets").set(3, {"stage": "triage"})
        [sample] = await scrape(f"{LOOPBACK}:{port}")
    assert sample == ("desk_open_tickets", {"stage": "triage"}, 3)


def test_a_port_that_is_taken_is_named_with_its_setting() -> None:
    with listen(LOOPBACK, 0) as taken:
        port = address_of(taken)[1]
        with (
            pytest.raises(
                Failure, match=f"Port {port} on .* is already in use.*DESK_METRICS_ADDRESS"
            ) as it,
            telemetry(Settings(metrics_address=str(port)), "desk"),
        ):
            pass
    assert it.value.code is ExitCode.PORT_TAKEN


def test_an_address_of_another_machine_is_an_invalid_setting() -> None:
    with (
        pytest.raises(Failure, match=r"DESK_METRICS_ADDRESS: .*address") as caught,
        telemetry(Settings(metrics_address="203.0.113.1:9464"), "desk"),
    ):
        pass
    assert caught.value.code is ExitCode.BAD_SETTINGS


@pytest.mark.parametrize("name", [ENDPOINT, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"])
def test_traces_go_to_the_endpoint_that_is_configured(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, COLLECTOR)
    provider = tracer_provider("desk-api")
    assert provider is not None
    assert provider.resource.attributes[SERVICE_NAME] == "desk-api"
    provider.shutdown()


def test_the_environment_can_name_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENDPOINT, COLLECTOR)
    monkeypatch.setenv("OTEL_SERVICE_NAME", "support")
    provider = tracer_provider("desk-api")
    assert provider is not None
    assert provider.resource.attributes[SERVICE_NAME] == "support"
    provider.shutdown()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (ENDPOINT, ""),
        ("OTEL_SDK_DISABLED", "true"),
        ("OTEL_TRACES_EXPORTER", "none"),
    ],
)
def test_traces_can_be_turned_off(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(ENDPOINT, COLLECTOR)
    monkeypatch.setenv(name, value)
    assert tracer_provider("desk") is None


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (ENDPOINT, "127.0.0.1:4318", f"{ENDPOINT}: must be the URL of a collector"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "grpc is not supported; use http/protobuf"),
    ],
)
def test_an_unsupported_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(ENDPOINT, COLLECTOR)
    monkeypatch.setenv(name, value)
    with pytest.raises(Failure, match=message) as caught:
        tracer_provider("desk")
    assert caught.value.code is ExitCode.BAD_SETTINGS
