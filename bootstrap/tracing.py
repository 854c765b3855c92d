"""Export of traces, configured by the standard OTEL_* variables."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bootstrap.exit_codes import ExitCode, Failure

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
SUPPORTED_PROTOCOL = "http/protobuf"


def tracer_provider(service: str) -> "TracerProvider | None":
    """Exports spans to the configured OTLP endpoint; None if tracing is off.

    `service` names this process in traces, unless OTEL_SERVICE_NAME is set. Sampling, headers and
    limits follow their OTEL_* variables. Raises Failure for an unsupported endpoint or protocol.
    """
    if not _is_enabled(os.environ):
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    resource = Resource({SERVICE_NAME: service}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def _is_enabled(variables: Mapping[str, str]) -> bool:
    endpoint = next((name for name in ENDPOINTS if variables.get(name)), None)
    is_off = variables.get("OTEL_SDK_DISABLED", "").lower() == "true"
    if endpoint is None or is_off or variables.get("OTEL_TRACES_EXPORTER") == "none":
        return False
    address = urlsplit(variables[endpoint])
    if address.scheme not in ("http", "https") or not address.hostname:
        raise Failure(
            ExitCode.BAD_SETTINGS,
            f"{endpoint}: must be the URL of a collector, such as http://127.0.0.1:4318",
        )
    protocol = next((name for name in PROTOCOLS if variables.get(name)), None)
    if protocol is not None and variables[protocol] != SUPPORTED_PROTOCOL:
        raise Failure(
            ExitCode.BAD_SETTINGS,
            f"{protocol}: {variables[protocol]} is not supported; use {SUPPORTED_PROTOCOL}",
        )
    return True
