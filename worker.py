"""The composition root of the worker: settings, adapters, registration. `python worker.py`."""

import asyncio
import logging
import signal
import sys
from datetime import UTC, datetime, timedelta

from pydantic import ValidationError
from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig

from activities.accounts import AccountReports
from activities.adapters.smtp import SmtpMailer, Tls
from activities.letters import Identity, Letters
from activities.notifications import Notifications
from activities.ports import ContractDirectory, Mailer
from activities.settlements import Settlements
from commands.contracts import contract_directory
from commands.failure import Failure
from commands.logs import log_to_terminal
from commands.telemetry import telemetry
from policies.catalogue import Catalogue
from settings import Settings, explain_settings_error
from workflows.account.workflow import AccountWorkflow
from workflows.account_gateway import ReportsToAccounts, terms_finder
from workflows.connection import TASK_QUEUE, TemporalUnavailable, connect
from workflows.sandbox import Sandbox
from workflows.ticket.workflow import TicketWorkflow

logger = logging.getLogger("desk.worker")

DEPLOYMENT = WorkerDeploymentVersion(deployment_name="durable-desk", build_id="0.1.0")
GRACE = timedelta(seconds=10)
NO_SERVER = 69
"""Exit code when no Temporal server answers (EX_UNAVAILABLE of sysexits.h)."""
BAD_SETTINGS = 78
"""Exit code when a setting is wrong (EX_CONFIG of sysexits.h)."""


def make_worker(
    client: Client,
    *,
    mailer: Mailer,
    identity: Identity,
    contracts: ContractDirectory,
    catalogue: Catalogue,
    grace: timedelta = GRACE,
) -> Worker:
    """The worker of the `desk` task queue, with everything it needs wired in."""
    notifications = Notifications(mailer, Letters(identity))
    settlements = Settlements(contracts, catalogue)
    reports = AccountReports(ReportsToAccounts(client, terms_finder(catalogue, contracts, utc_now)))
    return Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[TicketWorkflow, AccountWorkflow],
        activities=[
            notifications.send_notices,
            settlements.settle_terms,
            reports.report_late_resolution,
        ],
        graceful_shutdown_timeout=grace,
        workflow_runner=Sandbox(),
        # Without a deployment, construction hashes every module that is loaded: a second or two.
        deployment_config=WorkerDeploymentConfig(version=DEPLOYMENT, use_worker_versioning=False),
    )


def utc_now() -> datetime:
    """The wall clock, for what happens outside workflows."""
    return datetime.now(UTC)


def smtp_mailer(settings: Settings) -> SmtpMailer:
    """The mail server that the settings name."""
    if settings.mail_host is None:
        raise ValueError("no mail server is configured; set DESK_MAIL_HOST")
    password = settings.mail_password.get_secret_value() if settings.mail_password else None
    return SmtpMailer(
        settings.mail_host,
        settings.mail_port,
        username=settings.mail_username,
        password=password,
        tls=Tls(settings.mail_tls),
    )


async def work(settings: Settings) -> None:
    """Works until SIGTERM, or Ctrl-C by way of asyncio; then finishes what is in hand."""
    with telemetry(settings, "desk-worker") as shown:
        worker = make_worker(
            await connect(**shown.client_options),
            mailer=smtp_mailer(settings),
            identity=Identity(settings.mail_from, settings.mail_domain),
            contracts=contract_directory(settings),
            catalogue=Catalogue.load(settings.policies),
            grace=timedelta(seconds=settings.grace_seconds),
        )
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        async with worker:
            await stop.wait()


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
