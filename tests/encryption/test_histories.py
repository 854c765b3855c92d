"""With encryption, nothing of a ticket is in clear: in Temporal, logs, metrics and traces."""

import json
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from temporalio.api.enums.v1 import EventType as HistoryEvent
from temporalio.client import Client, WorkflowHistory, WorkflowQueryFailedError
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

from activities.adapters.contract_memory import InMemoryContracts
from api.identity.keys.bound_credentials import BoundCredentials
from api.personal_data.exporter import Exporter
from api.personal_data.json_writer import json_parts
from benchmarks.support.plain_server import plain_server
from bootstrap.replays.history_replay import open_histories, replay
from bootstrap.senders import senders
from encryption.client_options import client_options
from encryption.data_converter import encrypting
from encryption.errors import DataKeyDestroyed
from policies.vocabulary import Action, NoticeStatus
from tests.api.caller import Caller, make_app, problem
from tests.encryption.keys import NEW, OLD, ring
from tests.harness import AGENT, CATALOG, HARBOUR, IDENTITY, RecordingMailer
from tests.polling import eventually
from tests.ports import LOOPBACK, free_port
from worker import DeskWorker, make_worker
from workflows.client.tickets import TicketClient
from workflows.release import THIS_CODE
from workflows.shared.action_request import ActionInput, ActionRequest
from workflows.temporal.connection import connect, ticket_workflow_id
from workflows.temporal.tracing import tracing
from workflows.ticket.actions.table import ACTIONS

MARK = "Marmalade"
MARKS = (MARK, MARK.lower(), MARK.upper())
BO = {"id": "b-17", "name": f"Bo {MARK}", "email": f"bo.{MARK.lower()}@desk.example"}


@dataclass
class Scene:
    """A server with a database file, and whatever its processes have put out."""

    directory: Path
    address: str
    clear: Client
    mailer: RecordingMailer
    spans: InMemorySpanExporter
    metrics: str

    @property
    def files(self) -> list[Path]:
        """The database and its log of writes."""
        return sorted(self.directory.glob("temporal.db*"))

    async def client(self, **masters: str) -> Client:
        """A client of a process of its own, with these master keys."""
        return await connect(self.address, **client_options(ring(self.directory, **masters)))

    def worker(self, client: Client) -> DeskWorker:
        return make_worker(
            client,
            senders=senders(self.mailer, IDENTITY),
            contracts=InMemoryContracts([HARBOUR]),
            catalog=CATALOG,
        )


@pytest_asyncio.fixture(scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    directory = tmp_path_factory.mktemp("encrypted")
    async with plain_server(directory / "temporal.db") as env:
        yield Scene(
            directory=directory,
            address=env.client.service_client.config.target_host,
            clear=env.client,
            mailer=RecordingMailer(refused={f"mia.{MARK.lower()}@harbour.example"}),
            spans=InMemorySpanExporter(),
            metrics=f"{LOOPBACK}:{free_port()}",
        )


async def history(client: Client, number: str) -> WorkflowHistory:
    return await client.get_workflow_handle(ticket_workflow_id(number)).fetch_history()


async def wake(scene: Scene, number: str) -> None:
    """Makes Temporal give a task of the ticket to a worker, as a timer would."""
    await scene.clear.get_workflow_handle(ticket_workflow_id(number)).signal("wake")


async def settled(client: Client, number: str) -> None:
    """Returns once every notice was sent or given up."""
    await eventually(
        lambda: TicketClient(client).view(number),
        lambda view: all(notice.status is not NoticeStatus.OWED for notice in view.notices),
    )


async def open_marked(agent: Caller) -> str:
    requester = {"name": f"Mia {MARK}", "email": f"mia.{MARK.lower()}@harbour.example"}
    return await agent.opened(
        requester=requester, subject=f"{MARK} subject", description=f"{MARK} description " * 20
    )


async def escalated(agent: Caller) -> str:
    number = await open_marked(agent)
    message: dict[str, Any] = {"message": f"{MARK} answer", "outcomes": ["escalation"]}
    assert (await agent.act(number, "respond", **message)).is_success
    return number


async def listed(agent: Caller) -> dict[str, str]:
    """The headlines in the list, by number."""
    tickets = (await agent.get("/tickets")).json()["tickets"]
    return {each["number"]: each["headline"] for each in tickets}


async def live(client: Client, agent: Caller) -> str:
    """A life from its opening to its end, in which every text has a mark."""
    number = await open_marked(agent)
    steps: Sequence[tuple[str, dict[str, Any]]] = (
        ("respond", {"message": f"{MARK} answer", "outcomes": ["escalation"]}),
        ("record-finding", {"step": "reproduce", "result": f"{MARK} note"}),
        ("request-information", {"message": f"{MARK} question"}),
        ("provide-information", {"message": f"{MARK} answer"}),
        ("post-update", {"message": f"{MARK} update"}),
        (
            "conclude-triage",
            {
                "resolved": True,
                "conclusion": f"{MARK} conclusion",
                "not_run": f"{MARK} reason",
                "undelivered": f"{MARK} reason",
            },
        ),
        ("reopen", {"reason": f"{MARK} reason"}),
    )
    for action, body in steps:
        response = await agent.act(number, action, **body)
        assert response.is_success, (action, response.text)
    assignment: dict[str, Any] = {"assignee": BO}
    request = ActionRequest[ActionInput](
        id="assign", actor=AGENT, content=ACTIONS[Action.ASSIGN].input(**assignment)
    )
    await TicketClient(client).act(number, Action.ASSIGN, request)
    refused = await agent.act(number, "reopen", reason=f"{MARK} reason")
    assert refused.status_code == 409
    await settled(client, number)
    return number


@pytest.mark.fault(65)
async def test_a_whole_life_leaves_no_text_in_the_database_logs_metrics_or_traces(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(scene.spans))
    telemetry = TelemetryConfig(metrics=PrometheusConfig(bind_address=scene.metrics))
    options = client_options(ring(scene.directory))
    client = await connect(
        scene.address,
        runtime=Runtime(telemetry=telemetry),
        data_converter=options["data_converter"],
        interceptors=[tracing(provider), *options["interceptors"]],
    )
    async with scene.worker(client):
        app = make_app(client, tracer_provider=provider)
        agent = Caller(app, "agent-token")
        number = await live(client, agent)
        headlines = await eventually(lambda: listed(agent), lambda found: number in found)
        assert f"{MARK} subject" in headlines[number]
        timeline = (await agent.get(f"/tickets/{number}/timeline")).text
        assert MARK in timeline
        description = await client.get_workflow_handle(ticket_workflow_id(number)).describe()
        assert MARK in str(await description.static_summary())
        async with httpx.AsyncClient(trust_env=False) as http:
            metrics = (await http.get(f"http://{scene.metrics}/metrics")).text
        assert "temporal_request" in metrics
    recorded = await history(client, number)
    failures = [event for event in recorded.events if "failure" in str(event)]
    spans = "".join(span.to_json() for span in scene.spans.get_finished_spans())
    assert "send_notices" in spans
    everything = {
        "metrics": metrics,
        "traces": spans,
        "logs": caplog.text,
        "history": str(recorded.events),
        "raw": str([event.SerializeToString() for event in recorded.events]),
        "description": str(description.raw_description),
        "failures": str(failures),
        **{file.name: file.read_bytes().decode("latin-1") for file in scene.files},
    }
    assert len(everything["temporal.db"]) > 100_000
    assert number in everything["temporal.db"] + everything.get("temporal.db-wal", "")
    found = {name for name, text in everything.items() for mark in MARKS if mark in text}
    assert found == set()


async def test_without_encryption_the_same_life_would_be_found(scene: Scene) -> None:
    async with scene.worker(scene.clear):
        number = await open_marked(Caller(make_app(scene.clear), "agent-token"))
        await settled(scene.clear, number)
    assert MARK in str((await history(scene.clear, number)).events)


async def test_a_history_that_began_in_clear_goes_on_encrypted(scene: Scene) -> None:
    async with scene.worker(scene.clear):
        number = await open_marked(Caller(make_app(scene.clear), "agent-token"))
        await settled(scene.clear, number)
    before = len((await history(scene.clear, number)).events)
    client = await scene.client()
    agent = Caller(make_app(client), "agent-token")
    async with scene.worker(client):
        message: dict[str, Any] = {"message": f"{MARK} answer", "outcomes": ["escalation"]}
        assert (await agent.act(number, "respond", **message)).is_success
        await settled(client, number)
        view = (await agent.get(f"/tickets/{number}/timeline")).text
    assert f"{MARK} answer" in view
    assert MARK not in str((await history(client, number)).events[before:])


async def test_tickets_stay_open_while_the_master_key_rotates(scene: Scene) -> None:
    steps = ({"old": OLD}, {"old": OLD, "new": NEW}, {"new": NEW, "old": OLD}, {"new": NEW})
    number = ""
    for masters in steps:
        client = await scene.client(**masters)
        agent = Caller(make_app(client), "agent-token")
        async with scene.worker(client):
            number = number or await escalated(agent)
            assert (await agent.act(number, "post-update", message=MARK)).is_success
            await settled(client, number)
        if "new" in masters:
            await ring(scene.directory, new=NEW, old=OLD).rewrap()
    failed = HistoryEvent.EVENT_TYPE_WORKFLOW_TASK_FAILED
    assert failed not in [event.event_type for event in (await history(client, number)).events]
    # The other tests go on with the old key.
    await ring(scene.directory, old=OLD, new=NEW).rewrap()


async def test_open_tickets_are_replayed_with_the_keys_only(scene: Scene) -> None:
    client = await scene.client()
    async with scene.worker(client):
        number = await open_marked(Caller(make_app(client), "agent-token"))
        await settled(client, number)
    query = f'WorkflowId = "{ticket_workflow_id(number)}"'
    await eventually(lambda: client.count_workflows(query), lambda found: found.count == 1)
    converter = encrypting(ring(scene.directory))
    report = await replay(THIS_CODE, open_histories(client, query), data_converter=converter)
    assert (report.replayed, report.failed) == (1, [])
    report = await replay(THIS_CODE, open_histories(client, query))
    assert "set DESK_ENCRYPTION_KEYS_FILE" in json.dumps(report.model_dump())


async def test_a_worker_without_the_keys_fails_its_tasks_and_says_why(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    client = await scene.client()
    async with scene.worker(client):
        number = await open_marked(Caller(make_app(client), "agent-token"))
        await settled(client, number)
    failed = HistoryEvent.EVENT_TYPE_WORKFLOW_TASK_FAILED
    async with scene.worker(scene.clear):
        await wake(scene, number)
        found = await eventually(
            lambda: history(client, number),
            lambda found: any(event.event_type == failed for event in found.events),
        )
    [event, *_] = [event for event in found.events if event.event_type == failed]
    assert "set DESK_ENCRYPTION_KEYS_FILE" in str(event)


async def test_a_ticket_whose_key_was_destroyed_is_gone(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    client = await scene.client()
    agent = Caller(make_app(client), "agent-token")
    async with scene.worker(client):
        kept, erased = await open_marked(agent), await open_marked(agent)
        for number in (kept, erased):
            await settled(client, number)
    await client.get_workflow_handle(ticket_workflow_id(erased)).terminate()
    assert await ring(scene.directory).destroy(ticket_workflow_id(erased)) == 1
    client = await scene.client()
    agent = Caller(make_app(client), "agent-token")
    async with scene.worker(client):
        problem(await agent.get(f"/tickets/{erased}"), 410, "ticket-erased")
        problem(await agent.get(f"/tickets/{erased}/proof"), 410, "ticket-erased")
        problem(await agent.act(erased, "acknowledge"), 410, "ticket-erased")
        limited = Caller(make_app(client), "mia-token")
        problem(await limited.get(f"/tickets/{erased}"), 404, "ticket-unknown")
        headlines = await eventually(lambda: listed(agent), lambda found: kept in found)
        assert f"{MARK} subject" in headlines[kept]
        assert headlines.get(erased, "") == ""
        assert not [each for each in caplog.records if each.name == "api.listing.listing"]
        # As the UI asks: past the client that knows of the destroyed key.
        handle = scene.clear.get_workflow_handle(ticket_workflow_id(erased))
        with pytest.raises(WorkflowQueryFailedError, match="was destroyed"):
            await handle.query("view", "agent")
    with pytest.raises(DataKeyDestroyed):
        await TicketClient(client).view(erased)


@pytest.mark.fault(65)
async def test_an_open_ticket_whose_key_was_destroyed_is_named_by_replay_until_it_is_terminated(
    scene: Scene,
) -> None:
    client = await scene.client()
    async with scene.worker(client):
        number = await open_marked(Caller(make_app(client), "agent-token"))
        await settled(client, number)
    id = ticket_workflow_id(number)
    query = f'WorkflowId = "{id}"'
    await eventually(lambda: client.count_workflows(query), lambda found: found.count == 1)
    assert await ring(scene.directory).destroy(id) == 1
    client = await scene.client()
    converter = encrypting(ring(scene.directory))
    report = await replay(THIS_CODE, open_histories(client, query), data_converter=converter)
    [failed] = report.failed
    assert failed.workflow == id
    assert f"the data key of {id} was destroyed" in failed.difference
    assert f"terminate it: temporal workflow terminate --workflow-id {id}" in failed.difference
    await client.get_workflow_handle(id).terminate()
    query = f'{query} AND ExecutionStatus = "Running"'
    await eventually(lambda: client.count_workflows(query), lambda found: found.count == 0)
    report = await replay(THIS_CODE, open_histories(client, query), data_converter=converter)
    assert report.failed == []


async def test_an_export_reads_encrypted_tickets_and_names_an_erased_one(scene: Scene) -> None:
    client, mia = await scene.client(), f"erasable.{MARK.lower()}@harbour.example"
    requester = {"name": f"Mia {MARK}", "email": mia}
    async with scene.worker(client):
        service = Caller(make_app(client), "service-token")
        kept, erased = [await service.opened(requester=requester) for _ in range(2)]
        for number in (kept, erased):
            await settled(client, number)
    await client.get_workflow_handle(ticket_workflow_id(erased)).terminate()
    await ring(scene.directory).destroy(ticket_workflow_id(erased))
    client = await scene.client()

    async def exported() -> dict[str, Any]:
        contracts = InMemoryContracts([HARBOUR])
        exporter = Exporter(client, contracts, (), BoundCredentials(), lambda: datetime.now(UTC))
        parts = json_parts(await exporter.begin(mia, [HARBOUR.account]))
        document: dict[str, Any] = json.loads("".join([part async for part in parts]))
        return document

    async with scene.worker(client):
        document = await eventually(exported, lambda found: len(found["missing"]) == 1)
    assert [each["ticket"]["number"] for each in document["tickets"]] == [kept]
    assert document["tickets"][0]["ticket"]["requester"]["name"] == f"Mia {MARK}"
    assert document["missing"] == [{"part": "ticket", "name": erased, "why": "erased"}]
    assert document["complete"] is True


async def test_requests_about_tickets_that_do_not_exist_leave_no_keys(scene: Scene) -> None:
    keys = ring(scene.directory)
    client = await connect(scene.address, **client_options(keys))
    agent = Caller(make_app(client), "agent-token")
    for number in ("ZZZZ-ZZZZ-ZZZ1", "ZZZZ-ZZZZ-ZZZ2"):
        problem(await agent.get(f"/tickets/{number}"), 404, "ticket-unknown")
        problem(await agent.act(number, "acknowledge"), 404, "ticket-unknown")
        assert await keys._store.keys_of(ticket_workflow_id(number)) == []


async def test_the_documented_history_is_smaller_than_in_clear(scene: Scene) -> None:
    sizes = []
    for client in (scene.clear, await scene.client()):
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(scene.worker(client))
            number = await open_marked(Caller(make_app(client), "agent-token"))
            await settled(client, number)
        events = (await history(client, number)).events
        sizes.append(sum(event.ByteSize() for event in events))
    assert sizes[1] < 0.8 * sizes[0]
