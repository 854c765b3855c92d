"""Histories of every release replay on today's code."""

from pathlib import Path

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from temporalio.client import WorkflowHistory
from temporalio.runtime import MetricBuffer, Runtime, TelemetryConfig
from temporalio.worker import Replayer

from tests.e2e.lives import LIVES
from workflows.connection import DATA_CONVERTER
from workflows.ticket.workflow import TicketWorkflow
from workflows.tracing import tracing

HISTORIES = sorted((Path(__file__).parents[1] / "histories").glob("*/*.json"))


def recorded(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(path.stem, path.read_text())


def test_every_life_has_a_recorded_history() -> None:
    assert len(LIVES) >= 6
    assert {path.stem for path in HISTORIES} >= set(LIVES)


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: f"{path.parent.name}/{path.stem}")
async def test_a_recorded_history_replays(path: Path) -> None:
    replayer = Replayer(workflows=[TicketWorkflow], data_converter=DATA_CONVERTER)
    await replayer.replay_workflow(recorded(path))


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: f"{path.parent.name}/{path.stem}")
async def test_it_replays_where_all_is_traced_and_measured_without_a_span_or_a_count(
    path: Path,
) -> None:
    spans, measured = InMemorySpanExporter(), MetricBuffer(10_000)
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    replayer = Replayer(
        workflows=[TicketWorkflow],
        data_converter=DATA_CONVERTER,
        interceptors=[tracing(provider)],
        runtime=Runtime(telemetry=TelemetryConfig(metrics=measured)),
    )
    await replayer.replay_workflow(recorded(path))
    assert spans.get_finished_spans() == ()
    counted = {update.metric.name for update in measured.retrieve_updates()}
    assert not {name for name in counted if name.startswith("desk_")}
