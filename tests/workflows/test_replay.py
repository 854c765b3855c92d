"""The histories of every release replay on this code, as in a worker."""

import asyncio
from datetime import datetime
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from temporalio import workflow
from temporalio.common import RawValue
from temporalio.runtime import MetricBuffer, Runtime, TelemetryConfig
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from bootstrap.replays.history_replay import histories_in, history_in, replay
from tests.e2e.account_lives import ACCOUNT_LIVES
from tests.e2e.lives import LIVES
from tests.histories.record import CONTINUED, OVER_TEMPORAL, folder_for, releases
from workflows.release import THIS_CODE, Release
from workflows.shared.start_input import NO_ARGUMENT
from workflows.temporal.connection import DATA_CONVERTER
from workflows.temporal.tracing import tracing
from workflows.ticket.model.views import Summary
from workflows.ticket.workflow import TicketWorkflow

FOLDER = Path(__file__).parents[1] / "histories"
HISTORIES = sorted(FOLDER.glob("*/*.json"))
RECORDED = sorted(path.parent for path in FOLDER.glob("*/documented.json"))


def test_the_newest_release_has_a_history_of_every_life_and_of_continue_as_new() -> None:
    assert len(LIVES) >= 6
    newest = max(RECORDED, key=lambda folder: tuple(map(int, folder.name.split("."))))
    names = {path.stem for path in newest.glob("*.json")}
    assert names >= LIVES.keys() | CONTINUED.keys() | OVER_TEMPORAL.keys() | {
        f"{name}-1" for name in ACCOUNT_LIVES
    }


def test_the_year_of_an_account_is_recorded_through_continue_as_new() -> None:
    runs = [path for path in HISTORIES if path.stem.startswith("contract_year-")]
    assert len(runs) > 1
    assert "workflowExecutionContinuedAsNewEventAttributes" in runs[0].read_text()
    assert '"carried"' in decoded(runs[1])


def test_an_announcement_is_recorded_through_continue_as_new() -> None:
    runs = [path for path in HISTORIES if path.stem.startswith("announcement-")]
    assert len(runs) > 1
    assert "workflowExecutionContinuedAsNewEventAttributes" in runs[0].read_text()
    assert '"carried"' in decoded(runs[1])


def decoded(path: Path) -> str:
    """The input of a recorded run."""
    event = history_in(path).events[0].workflow_execution_started_event_attributes
    return event.input.payloads[0].data.decode()


def test_every_release_has_its_histories() -> None:
    assert set(releases()) <= {folder.name for folder in RECORDED}


@pytest.mark.parametrize("folder", RECORDED, ids=lambda folder: str(folder.name))
def test_the_histories_of_a_release_replay(folder: Path) -> None:
    paths = sorted(folder.glob("*.json"))
    report = asyncio.run(replay(THIS_CODE, histories_in(paths)))
    assert report.failed == []
    assert report.replayed == len(paths) >= len(LIVES)


@pytest.mark.parametrize(
    ("release", "says"), [("next", "is not a version"), ("99.0.0", "is released")]
)
def test_the_histories_of_a_release_are_not_overwritten(
    release: str, says: str, tmp_path: Path
) -> None:
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text("## [Unreleased]\n\n## [99.0.0] - 2099-01-01\n")
    assert releases(changelog) == ["99.0.0"]
    assert folder_for("99.1.0", changelog).name == "99.1.0"
    with pytest.raises(ValueError, match=says):
        folder_for(release, changelog)


CANCELLED: list[datetime] = []


@workflow.defn(name="Ticket")
class WatchedWorkflow(TicketWorkflow):
    @workflow.init
    def __init__(self, start: RawValue = NO_ARGUMENT) -> None:
        super().__init__(start)
        self.ticket.cancel = CANCELLED.append  # type: ignore[method-assign, assignment]

    @workflow.run
    async def run(self, start: RawValue = NO_ARGUMENT) -> Summary:
        return await super().run(start)


async def test_a_ticket_that_a_worker_evicts_from_its_cache_is_not_cancelled() -> None:
    watched = Release(workflows=(WatchedWorkflow,))
    report = await replay(watched, histories_in([FOLDER / "0.1.0" / "continued_ticket.json"]))
    assert (report.replayed, report.failed) == (1, [])
    assert CANCELLED == []


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: f"{path.parent.name}/{path.stem}")
async def test_a_replay_adds_no_spans_and_no_counts(
    path: Path,
) -> None:
    spans, measured = InMemorySpanExporter(), MetricBuffer(10_000)
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    replayer = Replayer(
        workflows=THIS_CODE.workflows,
        workflow_runner=UnsandboxedWorkflowRunner(),
        data_converter=DATA_CONVERTER,
        interceptors=[tracing(provider)],
        runtime=Runtime(telemetry=TelemetryConfig(metrics=measured)),
    )
    await replayer.replay_workflow(history_in(path))
    assert spans.get_finished_spans() == ()
    counted = {update.metric.name for update in measured.retrieve_updates()}
    assert not {name for name in counted if name.startswith("desk_")}


LIBRARIES = SandboxRestrictions.default.with_passthrough_modules(
    *("babel", "pendulum", "yaml"),
    *("celpy", "lark", "pydantic", "pydantic_core"),
)
"""Libraries that cannot be imported a second time, or where `datetime` is restricted. Then those
that take the longest to import.
"""


@pytest.mark.fault(76)
async def test_histories_replay_in_the_sandbox_without_passing_through_project_modules() -> None:
    replayer = Replayer(
        workflows=THIS_CODE.workflows,
        workflow_runner=SandboxedWorkflowRunner(restrictions=LIBRARIES),
        data_converter=DATA_CONVERTER,
    )
    for name in ("documented", "contract_year-1", "announcement-1"):
        await replayer.replay_workflow(history_in(FOLDER / "0.1.0" / f"{name}.json"))
