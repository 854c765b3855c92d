"""The composition root of the worker: settings, adapters, registration. `python worker.py`."""

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from pydantic import ValidationError
from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion
from temporalio.worker import Worker

from activities.account_reports import AccountReports
from activities.notifications import Notifications, OnCall
from activities.ports import ContractDirectory, Mailer, Pager
from activities.rendering.alert_composer import AlertComposer
from activities.rendering.email_composer import EmailComposer, Identity
from activities.rendering.template_renderer import TemplateRenderer
from activities.terms_settlement import Settlements
from bootstrap.contracts import contract_directory
from bootstrap.exit_codes import Failure
from bootstrap.logs import log_to_terminal
from bootstrap.mail import smtp_mailer
from bootstrap.pager import http_pager
from bootstrap.telemetry import telemetry
from policies.loading.policy_catalog import Catalogue
from settings import Settings, explain_settings_error
from workflows.client.accounts import AccountReporter, terms_finder
from workflows.release import THIS_CODE, Release
from workflows.temporal.connection import TASK_QUEUE, TemporalUnavailable, connect
from workflows.temporal.ui_details import DetailsOnDemand

logger = logging.getLogger("desk.worker")

GRACE = timedelta(seconds=10)
STICKY_FOR = timedelta(seconds=8)
"""How long a task of a ticket waits for the worker that remembers it. When that worker was killed,
what people ask of the ticket waits so long, which has to be less than they wait (RPC_TIMEOUT). A
worker that has more to do than it can is not killed: what it is not given soon enough costs more.
"""
NO_SERVER = 69
"""Exit code when no Temporal server answers (EX_UNAVAILABLE of sysexits.h)."""
BAD_SETTINGS = 78
"""Exit code when a setting is wrong (EX_CONFIG of sysexits.h)."""


def utc_now() -> datetime:
    """The wall clock, for what happens outside workflows."""
    return datetime.now(UTC)


def make_worker(  # noqa: PLR0913  # one keyword for each thing that is handed in
    client: Client,
    *,
    mailer: Mailer,
    identity: Identity,
    contracts: ContractDirectory,
    catalogue: Catalogue,
    pager: Pager | None = None,
    grace: timedelta = GRACE,
    now: Callable[[], datetime] = utc_now,
    release: Release = THIS_CODE,
) -> Worker:
    """The worker of the `desk` task queue, with everything it needs wired in. `now` decides which
    revision an account begins under. Without a `pager` pages go by mail.
    """
    renderer = TemplateRenderer()
    on_call = OnCall(pager, AlertComposer(renderer)) if pager else None
    notifications = Notifications(mailer, EmailComposer(identity, renderer), on_call)
    settlements = Settlements(contracts, catalogue)
    reports = AccountReports(AccountReporter(client, terms_finder(catalogue, contracts, now)))
    return Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=release.workflows,
        activities=[
            notifications.send_notices,
            settlements.settle_terms,
            reports.report_late_completion,
        ],
        graceful_shutdown_timeout=grace,
        sticky_queue_schedule_to_start_timeout=STICKY_FOR,
        workflow_runner=release.sandbox,
        interceptors=[DetailsOnDemand()],
        deployment_config=release.deployment,
    )


def release_of(settings: Settings) -> Release:
    """The release this process is, by the deployment and build that the settings name."""
    if settings.deployment is None or settings.build is None:
        return THIS_CODE
    return Release(WorkerDeploymentVersion(settings.deployment, settings.build))


async def work(settings: Settings) -> None:
    """Works until SIGTERM, or Ctrl-C by way of asyncio; then finishes what is in hand."""
    release = release_of(settings)
    logger.info("pages go %s", settings.pages_go)
    with telemetry(settings, "desk-worker") as shown:
        worker = make_worker(
            await connect(**shown.client_options),
            mailer=smtp_mailer(settings),
            identity=Identity(settings.mail_from, settings.mail_domain),
            contracts=contract_directory(settings),
            catalogue=Catalogue.load(settings.policies),
            pager=http_pager(settings),
            grace=timedelta(seconds=settings.grace_seconds),
            release=release,
        )
        # What is there from the start is no garbage, and need not be looked through for any.
        gc.freeze()
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        async with worker:
            logger.info("%s", _greeting(release))
            await stop.wait()
            logger.info("Stopping; what is in hand has %d s to finish.", settings.grace_seconds)


def _greeting(release: Release) -> str:
    polling = f"Polling the task queue {TASK_QUEUE}"
    version = release.version
    if version is None:
        return f"{polling}, without a build."
    name, build = version.deployment_name, version.build_id
    return (
        f"{polling} as build {build} of {name}. It is given work once it is current: "
        f"desk promote --deployment {name} --build {build}"
    )


def main() -> int:
    """The program; its exit code."""
    log_to_terminal()
    try:
        asyncio.run(work(Settings()))
    except ValidationError as error:
        logger.error("%s", explain_settings_error(error))
        return BAD_SETTINGS
    except Failure as failure:
        logger.error("%s", failure)
        return failure.code
    except (TemporalUnavailable, ValueError) as error:
        logger.error("%s", error)
        return NO_SERVER if isinstance(error, TemporalUnavailable) else BAD_SETTINGS
    return 0


if __name__ == "__main__":
    sys.exit(main())
