"""Readiness tells what is missing: workers, a Temporal that writes, clocks that agree, mail."""

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from activities.adapters.mail_catcher import LOOPBACK, MailCatcher
from activities.adapters.smtp import SmtpMailer, Tls
from api.agreed_clock import AgreedClock
from api.readiness import Check, Readiness
from policies.loading.policy_catalog import PolicyCatalog
from tests.api.caller import Caller, make_app, problem
from tests.harness import CATALOG
from tests.ports import free_port

pytestmark = pytest.mark.fault(66)


def readiness(env: WorkflowEnvironment, clock: AgreedClock | None = None) -> Readiness:
    return Readiness(env.client, CATALOG, clock or AgreedClock())


def mailer(port: int) -> SmtpMailer:
    return SmtpMailer(LOOPBACK, port, tls=Tls.NONE)


async def test_a_desk_with_a_worker_misses_nothing(desk: WorkflowEnvironment) -> None:
    assert await readiness(desk).missing() == {}


async def test_a_desk_without_a_worker_is_not_ready(server: WorkflowEnvironment) -> None:
    missing = await readiness(server).missing()
    assert missing == {Check.WORKERS: "no worker polls the task queue desk for workflows"}


async def test_a_temporal_that_writes_nothing_is_not_ready(desk: WorkflowEnvironment) -> None:
    client = Client(desk.client.service_client, namespace="nowhere")
    missing = await Readiness(client, CATALOG, AgreedClock()).missing()
    assert missing == {Check.TEMPORAL: "Temporal cannot write: Namespace nowhere is not found."}


async def test_a_catalog_without_policies_is_not_ready(desk: WorkflowEnvironment) -> None:
    checks = Readiness(desk.client, PolicyCatalog([]), AgreedClock())
    assert await checks.missing() == {Check.POLICIES: "the catalog has no policies"}


@pytest.mark.fault(67)
async def test_with_a_clock_48_hours_off_nothing_is_taken_and_both_times_are_named(
    desk: WorkflowEnvironment,
) -> None:
    clock = AgreedClock(lambda: datetime.now(UTC) + timedelta(hours=48))
    checks = readiness(desk, clock)
    app = make_app(desk.client, now=clock.now, readiness=checks)
    report = problem(await Caller(app, None).get("/readyz"), 503, "desk-unavailable")
    refused = problem(await Caller(app, "service-token").open(), 503, "desk-unavailable")
    for document in (report, refused):
        assert "the clocks disagree" in document["detail"]
        assert f"{datetime.now(UTC):%Y-%m-%d}" in document["detail"]


async def test_a_mail_server_that_is_away_is_reported_and_tolerated(
    desk: WorkflowEnvironment,
) -> None:
    checks = Readiness(desk.client, CATALOG, AgreedClock(), mailer(free_port()).check)
    response = await Caller(make_app(desk.client, readiness=checks), None).get("/readyz")
    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    assert "takes no mail" in response.json()["missing"]["mail"]


async def test_a_file_that_is_no_longer_valid_is_reported_and_tolerated(
    desk: WorkflowEnvironment,
) -> None:
    wrong = ["the file of DESK_TOKENS_FILE is not valid"]
    checks = Readiness(desk.client, CATALOG, AgreedClock(), files=lambda: wrong)
    report = (await Caller(make_app(desk.client, readiness=checks), None).get("/readyz")).json()
    assert report == {"status": "degraded", "missing": {"files": wrong[0]}}


async def test_a_mail_server_that_takes_mail_is_not_reported(desk: WorkflowEnvironment) -> None:
    async with MailCatcher() as mails:
        checks = Readiness(desk.client, CATALOG, AgreedClock(), mailer(mails.port).check)
        assert await checks.missing() == {}


async def test_requests_within_ten_seconds_share_one_examination(
    desk: WorkflowEnvironment,
) -> None:
    checked = 0

    async def mail() -> None:
        nonlocal checked
        checked += 1

    checks = Readiness(desk.client, CATALOG, AgreedClock(), mail)
    for _ in range(3):
        await checks.missing()
    assert checked == 1
