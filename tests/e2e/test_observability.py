"""Telemetry of real processes, from a ticket on a server: metrics, traces, alerts, runbook."""

import json
import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from promql_parser import AggregateExpr, Expr, VectorSelector, parse, walk
from ruamel.yaml import YAML
from temporalio import workflow
from temporalio.api.enums.v1 import EventType as HistoryEvent
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.adapters.contract_memory import InMemoryContracts
from api.audit.log import AuditLog, discard
from api.open_ticket_metrics import OpenTicketMetrics
from bootstrap.senders import senders
from bootstrap.telemetry import telemetry
from policies.vocabulary import NoticeStatus
from settings import Settings
from tests.api.caller import BROKEN, Caller, make_app
from tests.harness import CATALOG, HARBOUR, IDENTITY, RecordingMailer
from tests.otlp_collector import Collector, collecting
from tests.polling import eventually
from tests.ports import LOOPBACK, free_ports
from tests.scraping import Series, scrape, selectors, selects
from tests.tools import tool
from worker import DeskWorker, make_worker
from workflows.client.tickets import TicketClient
from workflows.release import THIS_CODE
from workflows.temporal.connection import connect, ticket_workflow_id
from workflows.temporal.dev_server import start_time_skipping_server

ROOT = Path(__file__).parents[2]
ALERT_TESTS = ROOT / "tests" / "ops_alerts.yaml"
OPS = ROOT / "docs" / "ops"
ALERTS: list[dict[str, Any]] = [
    rule
    for group in YAML(typ="safe").load((OPS / "alerts.yaml").read_text())["groups"]
    for rule in group["rules"]
]
PANELS = [p for p in json.loads((OPS / "dashboard.json").read_text())["panels"] if "targets" in p]
PANEL_EXPRESSIONS = [(p["title"], target["expr"]) for p in PANELS for target in p["targets"]]
EXPRESSIONS = [(rule["alert"], rule["expr"]) for rule in ALERTS] + PANEL_EXPRESSIONS
TITLES = [title for title, _ in EXPRESSIONS]
RUNBOOK = (OPS / "runbook.md").read_text()
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", RUNBOOK, re.MULTILINE | re.DOTALL))
NOT_EXPORTED_HERE = {"desk_open_tickets_count_failures_total"}
"""A metric of failures that the deployment of this test does not have."""
UNITS = {"s": "second", "m": "minute", "h": "hour", "d": "day"}
QUERIES = re.findall(r"```sql\n(.+?)\n```", RUNBOOK)


@workflow.defn
class Broken:
    """A workflow whose tasks fail, like a ticket under incompatible code."""

    @workflow.run
    async def run(self) -> None:
        raise ZeroDivisionError


@dataclass(frozen=True)
class Observed:
    """Telemetry of a deployment in which one ticket lived."""

    client: Client
    number: str
    worker: list[Series]
    api: list[Series]
    collector: Collector

    @property
    def series(self) -> list[Series]:
        return self.worker + self.api

    def value(self, name: str, **labels: str) -> float:
        [value] = [
            s.value for s in self.series if s.name == name and labels.items() <= s.labels.items()
        ]
        return value


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with collecting() as found, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", found.address)
        yield found


@pytest_asyncio.fixture(scope="module")
async def observed(collector: Collector) -> AsyncIterator[Observed]:
    """A worker and an API, each with its telemetry, and one ticket: opened while the mail server is
    down, answered late, to an address that the mail server rejects.
    """
    worker_address, api_address = (f"{LOOPBACK}:{port}" for port in free_ports(2))
    mailer = RecordingMailer(refused={"mia@harbour.example"}, is_down=True)
    async with await start_time_skipping_server() as env:
        server = env.client.service_client.config.target_host
        with (
            telemetry(Settings(metrics_address=worker_address), "desk-worker") as worker,
            telemetry(Settings(metrics_address=api_address), "desk-api") as api,
        ):
            assert worker.tracer_provider
            assert api.tracer_provider
            client = await connect(server, **api.client_options)
            worker_client = await connect(server, **worker.client_options)
            async with _worker(worker_client, mailer), _broken_worker(worker_client):
                app = make_app(
                    client,
                    meter=api.meter,
                    audit=AuditLog(discard, api.meter),
                    tracer_provider=api.tracer_provider,
                    # The time of the ticket is skipped, that of the API is not.
                    stamps_actions=False,
                )
                number = await _live(env, client, mailer, Caller(app, "service-token"), app)
                await client.start_workflow(Broken.run, id="broken", task_queue="broken")
                await OpenTicketMetrics(client, ["contently"], api.meter).refresh()
                failed = "temporal_workflow_task_execution_failed_total"
                worker_series = await eventually(
                    lambda: scrape(worker_address),
                    lambda found: any(s.name == failed for s in found),
                )
                worker.tracer_provider.force_flush()
                api.tracer_provider.force_flush()
                api_series = await scrape(api_address)
                yield Observed(client, number, worker_series, api_series, collector)


def _worker(client: Client, mailer: RecordingMailer) -> DeskWorker:
    return make_worker(
        client,
        senders=senders(mailer, IDENTITY),
        contracts=InMemoryContracts([HARBOUR]),
        catalog=CATALOG,
    )


def _broken_worker(client: Client) -> Worker:
    return Worker(
        client,
        task_queue="broken",
        workflows=[Broken],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )


async def _live(
    env: WorkflowEnvironment, client: Client, mailer: RecordingMailer, service: Caller, app: Any
) -> str:
    agent, tickets = Caller(app, "agent-token"), TicketClient(client)
    number = await service.opened()
    handle: WorkflowHandle[Any, Any] = client.get_workflow_handle(ticket_workflow_id(number))
    failed = HistoryEvent.EVENT_TYPE_ACTIVITY_TASK_FAILED
    await eventually(
        handle.fetch_history, lambda found: any(e.event_type == failed for e in found.events)
    )
    mailer.is_down = False
    await env.fast_forward(handle, timedelta(days=30))
    response: dict[str, Any] = {"message": "It is fixed.", "outcomes": ["escalation"]}
    assert (await agent.act(number, "respond", **response)).is_success
    assert (await agent.act(number, "post-update", message="We found the slow query.")).is_success
    await eventually(
        lambda: tickets.view(number),
        lambda view: all(notice.status is not NoticeStatus.OWED for notice in view.notices),
    )
    assert (await agent.get(f"/accounts/{BROKEN}")).status_code == 503
    assert (await agent.get("/healthz")).is_success
    assert (await Caller(app, "guessed").get("/tickets")).status_code == 401
    in_triage = "WorkflowType = 'Ticket' AND TicketStage = 'triage'"
    await eventually(lambda: client.count_workflows(in_triage), lambda found: found.count == 1)
    return number


class TestMetrics:
    @pytest.mark.parametrize(("title", "expression"), EXPRESSIONS, ids=TITLES)
    async def test_dashboard_and_alerts_query_metrics_that_are_exported(
        self, observed: Observed, title: str, expression: str
    ) -> None:
        for selector in selectors(expression):
            found = [series for series in observed.series if selects(selector, series)]
            assert found, f"{title}: nothing is selected by {selector.prettify()}"

    @pytest.mark.parametrize(("title", "expression"), EXPRESSIONS, ids=TITLES)
    async def test_they_sum_by_labels_that_the_metrics_have(
        self, observed: Observed, title: str, expression: str
    ) -> None:
        for labels, selector in _summed(expression):
            found = [series for series in observed.series if series.name == selector.name]
            for series in found:
                assert labels <= series.labels.keys(), f"{title}: {series}"

    async def test_open_tickets_are_counted_by_stage_and_by_state_of_their_deadlines(
        self, observed: Observed
    ) -> None:
        assert observed.value("desk_open_tickets", stage="triage") == 1
        assert observed.value("desk_open_tickets", stage="received") == 0
        promised = "desk_open_tickets_by_promise"
        assert observed.value(promised, policy="contently", state="running") == 1
        assert observed.value(promised, policy="contently", state="breached") == 1
        assert observed.value(promised, policy="contently", state="overdue") == 0

    async def test_a_breach_is_counted_once_with_its_policy_and_clock(
        self, observed: Observed
    ) -> None:
        clock = {"policy": "contently", "clock": "first_response"}
        assert observed.value("desk_clock_changes_total", **clock, state="running") == 1
        assert observed.value("desk_clock_changes_total", **clock, state="breached") == 1

    async def test_the_lateness_of_every_rung_is_measured(self, observed: Observed) -> None:
        rungs = len(CATALOG.latest("contently").clocks["first_response"].ladder)
        counted = observed.value("desk_timer_lateness_seconds_count", duty="first_response")
        assert counted >= rungs > 0

    async def test_delivery_failures_are_counted_by_error(self, observed: Observed) -> None:
        failed = "desk_notice_failures_total"
        assert observed.value(failed, template="opened", error="MailServerUnavailable") >= 1
        assert observed.value(failed, template="opened", error="RecipientRefused") == 1

    async def test_requests_are_measured_by_route_without_numbers_of_tickets(
        self, observed: Observed
    ) -> None:
        measured = "desk_api_request_latency_seconds_count"
        route = "/tickets/{number}/respond"
        assert observed.value(measured, method="POST", route=route, status="200") == 1
        assert not [s for s in observed.series if observed.number in str(s.labels)]

    async def test_every_metric_of_the_project_is_documented_with_its_labels(
        self, observed: Observed
    ) -> None:
        documented = dict(_documented())
        exported = {name: labels for name, labels in _ours(observed.series) if name in documented}
        undocumented = {name for name, _ in _ours(observed.series)} - documented.keys()
        assert undocumented == set(), "add their rows under Metrics in docs/operations.md"
        assert documented.keys() - exported.keys() == NOT_EXPORTED_HERE, (
            "extend _live so that the metric is exported, or list it in NOT_EXPORTED_HERE"
        )
        assert {name: documented[name] for name in exported} == exported


class TestTraces:
    async def test_an_opening_is_one_trace_through_update_workflow_and_activity(
        self, observed: Observed
    ) -> None:
        names = [(span.service, span.name) for span in observed.collector.trace_of("POST /tickets")]
        for span in (
            ("desk-api", "StartUpdateWithStartWorkflow:Ticket"),
            ("desk-worker", "HandleUpdate:open"),
            ("desk-worker", "RunWorkflow:Ticket"),
            ("desk-worker", "StartActivity:send_notices"),
            ("desk-worker", "RunActivity:send_notices"),
        ):
            assert span in names

    async def test_an_action_is_one_trace_with_the_activities_that_follow(
        self, observed: Observed
    ) -> None:
        spans = observed.collector.trace_of("POST /tickets/{number}/respond")
        by_name = {span.name: span for span in spans}
        update = by_name["StartWorkflowUpdate:respond"]
        assert by_name["HandleUpdate:respond"].parent == update.id
        assert by_name["StartActivity:send_notices"].parent == update.id
        assert "RunActivity:send_notices" in by_name
        assert "RunWorkflow:Ticket" not in by_name

    async def test_health_checks_leave_no_trace(self, observed: Observed) -> None:
        assert not [span for span in observed.collector.spans if "healthz" in span.name]

    async def test_a_traced_history_replays_where_nothing_is_traced(
        self, observed: Observed
    ) -> None:
        handle = observed.client.get_workflow_handle(ticket_workflow_id(observed.number))
        replayer = THIS_CODE.replayer()
        await replayer.replay_workflow(await handle.fetch_history())


class TestAlerts:
    def test_they_fire_on_their_conditions_and_not_before(self) -> None:
        done = subprocess.run(
            [tool("promtool", "prometheus"), "test", "rules", str(ALERT_TESTS)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def test_each_has_a_test_in_which_it_fires(self) -> None:
        tested = {
            expected["alertname"]
            for case in YAML(typ="safe").load(ALERT_TESTS.read_text(encoding="utf-8"))["tests"]
            for expected in case["alert_rule_test"]
            if expected.get("exp_alerts")
        }
        assert tested == {rule["alert"] for rule in ALERTS}, "see tests/ops_alerts.yaml"


class TestRunbook:
    def test_every_alert_has_its_section_and_every_section_its_alert(self) -> None:
        assert SECTIONS.keys() == {rule["alert"] for rule in ALERTS}, "see docs/ops/runbook.md"

    @pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
    def test_an_alert_has_a_summary_a_severity_and_a_runbook_section(
        self, rule: dict[str, Any]
    ) -> None:
        assert rule["annotations"]["summary"]
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["runbook"] == f"docs/ops/runbook.md#{rule['alert'].lower()}"

    @pytest.mark.parametrize("name", SECTIONS)
    def test_a_section_has_meaning_diagnosis_and_action(self, name: str) -> None:
        parts = re.findall(r"^\*\*(.+?)\.\*\*", SECTIONS[name], re.MULTILINE)
        assert parts == ["Meaning", "Diagnosis", "Action"]

    @pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
    def test_a_section_states_severity_threshold_and_duration(self, rule: dict[str, Any]) -> None:
        assert rule["alert"] in SECTIONS, "docs/ops/runbook.md has no section for it"
        _, _, line, *_ = SECTIONS[rule["alert"]].strip().splitlines()
        severity, fires, resolved = (cell.strip() for cell in line.strip("|").split(" | "))
        assert severity == f"`{rule['labels']['severity']}`"
        assert resolved
        assert _duration(rule.get("for")) in fires
        for threshold in re.findall(r"> ([1-9]\d*)$", rule["expr"]):
            assert threshold in fires or f"{int(threshold) // 60} minutes" in fires

    def test_overdue_is_not_confused_with_a_breach_in_the_past(self) -> None:
        queries = re.findall(r"```sql\n(.+?)\n```", SECTIONS["DeskPromisesOverdue"])
        assert queries
        for query in queries:
            assert "TicketNextDue <= " in query
            assert "TicketBreached" not in query

    @pytest.mark.parametrize("query", QUERIES)
    async def test_temporal_accepts_its_queries(self, observed: Observed, query: str) -> None:
        assert (await observed.client.count_workflows(query)).count >= 0

    @pytest.mark.parametrize("expression", re.findall(r"^    (.+)$", RUNBOOK, re.MULTILINE))
    async def test_its_expressions_select_what_is_exported(
        self, observed: Observed, expression: str
    ) -> None:
        for selector in selectors(expression):
            assert any(selects(selector, series) for series in observed.series)


def _duration(held: str | None) -> str:
    """The words of the runbook for the `for` of an alert, such as `5m`."""
    if held is None:
        return "at once"
    amount, unit = int(held[:-1]), UNITS[held[-1]]
    return f"for {amount} {unit}{'s' if amount > 1 else ''}"


def _summed(expression: str) -> list[tuple[set[str], VectorSelector]]:
    """The labels of each sum, with every selector in it."""
    found: list[tuple[set[str], VectorSelector]] = []

    def note(node: Expr) -> None:
        if isinstance(node, AggregateExpr) and node.modifier is not None:
            labels = set(node.modifier.labels)
            found.extend((labels, s) for s in selectors(node.expr.prettify()))

    walk(parse(expression.replace("$__rate_interval", "5m")), note)
    return found


def _documented() -> Iterator[tuple[str, set[str]]]:
    text = (ROOT / "docs" / "operations.md").read_text()
    for name, labels in re.findall(r"^\| `(desk_\w+)` \| \w+ \| (.*?) ?\|", text, re.MULTILINE):
        yield name, set(re.findall(r"`(\w+)`", labels))


def _ours(series: list[Series]) -> Iterator[tuple[str, set[str]]]:
    """The metrics of the project with their labels, without those that the SDK adds."""
    for name, labels, _ in series:
        if name.startswith("desk_"):
            ours = labels.keys() - {
                "namespace",
                "task_queue",
                "workflow_type",
                "activity_type",
                "le",
            }
            yield re.sub(r"_seconds_(bucket|sum|count)$", "_seconds", name), set(ours)
