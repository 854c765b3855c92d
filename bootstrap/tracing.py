"""Whether and where traces go: the standard OTEL_* variables say it, as for all OpenTelemetry."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bootstrap.exit_codes import ExitCode, Failure

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
SPOKEN = "http/protobuf"


def tracer_provider(service: str) -> "TracerProvider | None":
    """Sends spans to the OTLP endpoint that is configured; None when none is.

    `service` is the name of this process in traces unless OTEL_SERVICE_NAME gives one. Sampling,
    headers and limits follow their OTEL_* variables. Raises Failure for an endpoint or protocol
    that cannot be used.
    """
    if not _is_wanted(os.environ):
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    resource = Resource({SERVICE_NAME: service}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def _is_wanted(given: Mapping[str, str]) -> bool:
    endpoint = next((name for name in ENDPOINTS if given.get(name)), None)
    is_off = given.get("OTEL_SDK_DISABLED", "").lower() == "true"
    if endpoint is None or is_off or given.get("OTEL_TRACES_EXPORTER") == "none":
        return False
    address = urlsplit(given[endpoint])
    if address.scheme not in ("http", "https") or not address.hostname:
        raise Failure(
            ExitCode.BAD_SETTINGS,
            f"{endpoint}: not the address of a collector such as http://127.0.0.1:4318",
        )
    protocol = next((name for name in PROTOCOLS if given.get(name)), None)
    if protocol is not None and given[protocol] != SPOKEN:
        raise Failure(
            ExitCode.BAD_SETTINGS,
            f"{protocol}: {given[protocol]} is not spoken here; use {SPOKEN}",
        )
    return True
