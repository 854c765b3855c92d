"""Builds and runs the Temporal worker. `python worker.py` starts one."""

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from pydantic import ValidationError
from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.account_reports import AccountReports
from activities.announcements import Announcements
from activities.build_checks import BuildChecks
from activities.carriers import Sender
from activities.merge_requests import MergeRequests
from activities.notifications import Notifications
from activities.ports import PagedDirectory
from activities.terms_settlement import Settlements
from bootstrap.contracts import contract_directory
from bootstrap.encryption import connected
from bootstrap.exit_codes import ExitCode, Failure
from bootstrap.logs import log_to_terminal
from bootstrap.own_templates import own_templates
from bootstrap.replays.open_workflows import OpenWorkflows
from bootstrap.senders import configured_senders, connections
from bootstrap.settings_errors import explain_settings_error
from bootstrap.telemetry import telemetry
from policies.loading.policy_catalog import PolicyCatalog
from policies.terms.model.recipient import Recipient
from policies.vocabulary import Carrier
from settings import Settings
from workflows.client.accounts import AccountReporter, terms_finder
from workflows.client.merges import SurvivingTickets
from workflows.release import THIS_CODE, Release
from workflows.temporal.connection import TASK_QUEUE, TemporalUnavailable
from workflows.temporal.task_queues import internal_queue, queue_of
from workflows.temporal.ui_details import DetailsOnDemand

logger = logging.getLogger("desk.worker")

GRACE = timedelta(seconds=10)
AT_ONCE = {Carrier.MAIL: 100, Carrier.PAGER: 20}
STICKY_TIMEOUT = timedelta(seconds=8)
"""How long a workflow task waits for the worker that has the ticket cached. If that worker was
killed, requests wait this long, so it must be below RPC_TIMEOUT. For an overloaded worker a shorter
value costs extra replays.
"""

NEW_OBJECTS = 10_000
"""How many more objects there must be before the next garbage collection; Python's own limit is
700.
"""


HEARTBEATS_APART = timedelta(seconds=1)
"""The shortest time between two heartbeats of an activity. By default the SDK holds them back for
most of the heartbeat timeout, and the receipts in them with them.
"""


class DeskWorker:
    """The workers of a process, one for each task queue. They start and stop together."""

    def __init__(self, *workers: Worker) -> None:
        self._workers = workers
        self._running = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Starts them."""
        async with AsyncExitStack() as starting:
            for each in self._workers:
                await starting.enter_async_context(each)
            self._running = starting.pop_all()
        return self

    async def __aexit__(self, *error: Any) -> None:
        """Stops them at once, so that all have the same time for running activities."""
        await asyncio.gather(*(each.shutdown() for each in self._workers))
        await self._running.__aexit__(*error)


def utc_now() -> datetime:
    """The wall clock; workflows must not use it."""
    return datetime.now(UTC)


def make_worker(  # noqa: PLR0913  # one keyword for each dependency
    client: Client,
    *,
    senders: Mapping[Carrier, Sender],
    contracts: PagedDirectory,
    catalog: PolicyCatalog,
    grace: timedelta = GRACE,
    now: Callable[[], datetime] = utc_now,
    release: Release = THIS_CODE,
    mailbox: str | None = None,
    at_once: Mapping[Carrier, int] = AT_ONCE,
    task_queue: str = TASK_QUEUE,
) -> DeskWorker:
    """A worker for `task_queue` and those beside it. `now` selects the policy revision of a new
    account.

    `mailbox` is the address of the support team, for tickets whose policy is not known. `at_once`
    is how many deliveries by each carrier run at the same time.
    """
    notifications = Notifications(senders)
    desk = Recipient(name="Support", email=mailbox) if mailbox else None
    settlements = Settlements(contracts, catalog, desk)
    reports = AccountReports(
        AccountReporter(client, terms_finder(catalog, contracts, now), task_queue)
    )
    merges = MergeRequests(SurvivingTickets(client))
    announcements = Announcements(contracts, catalog, notifications)
    checks = BuildChecks(OpenWorkflows(client, release))
    common: dict[str, Any] = {
        "graceful_shutdown_timeout": grace,
        "max_heartbeat_throttle_interval": HEARTBEATS_APART,
        "deployment_config": release.deployment,
    }
    tickets = Worker(
        client,
        task_queue=queue_of(Carrier.MAIL, task_queue),
        workflows=release.workflows,
        # `admit` runs as a local activity, in the worker of its workflow.
        activities=[notifications.send_notices, announcements.announce_to, settlements.admit],
        max_concurrent_activities=at_once[Carrier.MAIL],
        sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        workflow_runner=UnsandboxedWorkflowRunner(),
        interceptors=[DetailsOnDemand()],
        **common,
    )
    pages = Worker(
        client,
        task_queue=queue_of(Carrier.PAGER, task_queue),
        activities=[notifications.send_notices],
        max_concurrent_activities=at_once[Carrier.PAGER],
        **common,
    )
    internal = Worker(
        client,
        task_queue=internal_queue(task_queue),
        activities=[
            settlements.settle_terms,
            reports.report_lateness,
            reports.report_outcome,
            merges.request_merge,
            announcements.page_of_accounts,
            checks.replay_open,
        ],
        **common,
    )
    return DeskWorker(tickets, pages, internal)


def collect_less_garbage() -> None:
    """Exempts the objects made so far from garbage collection, because they live as long as the
    process. Lets it begin after `NEW_OBJECTS`: the cycles of a workflow task are small.
    """
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)


def release_of(settings: Settings) -> Release:
    """The deployment and build of this process, as configured."""
    if settings.deployment is None or settings.build is None:
        return THIS_CODE
    return Release(WorkerDeploymentVersion(settings.deployment, settings.build))


async def work(settings: Settings) -> None:
    """Runs until SIGTERM (or Ctrl-C, through asyncio), then finishes running tasks."""
    release = release_of(settings)
    logger.info("on-call pages are sent %s", settings.paging_route)
    with telemetry(settings, "desk-worker") as started:
        catalog = PolicyCatalog.load(settings.policies)
        own = own_templates(settings.policies, catalog)
        worker = make_worker(
            await connected(settings, started),
            senders=configured_senders(settings, own),
            contracts=contract_directory(settings),
            catalog=catalog,
            grace=timedelta(seconds=settings.grace_seconds),
            release=release,
            mailbox=settings.mail_from,
            at_once=connections(settings),
            task_queue=settings.task_queue,
        )
        collect_less_garbage()
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        async with worker:
            logger.info("%s", _startup_message(settings.task_queue, release))
            await stop.wait()
            logger.info("Stopping; running activities have %d s to finish.", settings.grace_seconds)


def _startup_message(task_queue: str, release: Release) -> str:
    polling = f"Polling the task queue {task_queue}"
    version = release.version
    if version is None:
        return f"{polling}, unversioned."
    name, build = version.deployment_name, version.build_id
    return (
        f"{polling} as build {build} of {name}. To route work to it, run "
        f"desk promote --deployment {name} --build {build}"
    )


def main() -> int:
    """Runs the worker until it is stopped; returns the exit code."""
    log_to_terminal()
    try:
        asyncio.run(work(Settings()))
    except ValidationError as error:
        logger.error("%s", explain_settings_error(error))
        return ExitCode.BAD_SETTINGS
    except Failure as failure:
        logger.error("%s", failure)
        return failure.code
    except TemporalUnavailable as error:
        logger.error("%s", error)
        return ExitCode.NO_SERVER
    except ValueError as error:
        logger.error("%s", error)
        return ExitCode.BAD_SETTINGS
    return 0


if __name__ == "__main__":
    sys.exit(main())
