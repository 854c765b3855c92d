"""The checker: reads every ticket from the desk after the run and compares it with the model."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.client import Client, WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from tests.chaos.checker.accounts import (
    desk_recorded,
    emails_owed,
    levels_in,
    levels_of,
    model_recorded,
)
from tests.chaos.checker.comparison import SLACK, Comparison, refused_openings
from tests.chaos.checker.differences import Difference, Emails, Observed
from tests.chaos.checker.features import features_of, features_of_account
from tests.chaos.checker.merges import compare_all, merge_differences
from tests.chaos.model.account.account import Account
from tests.chaos.model.document import Plain
from tests.chaos.nemesis.desk import ChaosDesk
from tests.chaos.nemesis.time_travel import TimeMover, TimeNotReached
from tests.chaos.workload.http_client import ApiClient
from tests.chaos.workload.ticket_workload import TicketWorkload
from workflows.account.workflow import AccountWorkflow
from workflows.temporal.connection import DATA_CONVERTER
from workflows.ticket.workflow import TicketWorkflow

POLL_SECONDS = 0.25
ACCOUNT_PREFIX = "account-"
"""Precedes the account in the Message-ID of an e-mail that an account sends."""
CONCURRENCY = 8
POLLS_BEFORE_A_MOVE = 40
BACK_OFF = timedelta(minutes=11)
"""Longer than the longest retry interval of a delivery."""
LONG_SILENCE = timedelta(days=3)
EXPECTED_CAUSES = {
    # Something new arrived while the task was completing; the server repeats the task.
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
}


@dataclass
class CheckResult:
    """Differences between desk and model, and counts over all tickets."""

    differences: list[Difference] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


class Checker:
    """Checks one desk once its workloads are done."""

    def __init__(self, desk: ChaosDesk, api: ApiClient, timeout: float) -> None:
        self._desk = desk
        self._api = api
        self._mover = TimeMover(desk.client)
        self._timeout = timeout
        self._slots = asyncio.Semaphore(CONCURRENCY)

    async def check(self, workloads: list[TicketWorkload]) -> CheckResult:
        """Every difference between desk and model."""
        result = CheckResult()
        for workload in workloads:
            result.counts["openings refused"] += len(workload.refused)
            result.differences += refused_openings(workload)
        opened = [workload for workload in workloads if workload.number]
        await asyncio.gather(*(self._until_delivered(workload, result) for workload in opened))
        before = _by_ticket(self._desk.emails)
        observed = await asyncio.gather(*(self._observe(workload) for workload in opened))
        emails = _by_ticket(self._desk.emails)
        result.counts["e-mails"] = len(self._desk.emails)
        result.counts["e-mails sent again"] = _repeated(self._desk.emails)
        for workload, ticket in zip(opened, observed, strict=True):
            number = workload.number
            ticket.emails = Emails(before.get(number, []), emails.pop(number, []))
        comparisons = compare_all(opened, observed)
        for number in emails:
            if not number.startswith(ACCOUNT_PREFIX):
                result.differences.append(Difference(number, "e-mail", "none", "an e-mail"))
        for comparison in comparisons:
            result.differences += comparison.differences
            _count(result.counts, comparison)
        result.differences += merge_differences(comparisons)
        for account in _accounts_of(comparisons):
            result.counts.update(features_of_account(account, datetime.now(UTC)))
        result.differences += await self._accounts(comparisons)
        result.differences += _account_emails(comparisons, _by_ticket(self._desk.emails))
        result.differences += await self._lists(comparisons)
        result.differences += await self._histories(result.counts)
        return result

    async def _until_delivered(self, workload: TicketWorkload, result: CheckResult) -> None:
        """Returns once no notice of the ticket is owed, or after the timeout."""
        until = datetime.now(UTC).timestamp() + self._timeout
        polls = 0
        while datetime.now(UTC).timestamp() < until:
            async with self._slots:
                view = (await self._api.get(f"/tickets/{workload.number}")).body
            if all(notice["status"] != "owed" for notice in view["notices"]):
                return
            polls += 1
            if polls % POLLS_BEFORE_A_MOVE == 0:
                await self._skip_back_off(workload)
            await asyncio.sleep(POLL_SECONDS)
        owed = [n["key"] for n in view["notices"] if n["status"] == "owed"]
        result.differences.append(Difference(workload.number, "stuck", "nothing owed", owed))

    async def _skip_back_off(self, workload: TicketWorkload) -> None:
        """Moves the ticket's time past the longest retry interval."""
        with suppress(TimeNotReached):
            await self._mover.move(f"ticket/{workload.number}", BACK_OFF, 1.0)

    async def _observe(self, workload: TicketWorkload) -> Observed:
        async with self._slots:
            time = await self._mover.time_of(f"ticket/{workload.number}")
            until = datetime.now(UTC) + time.ahead - SLACK
            view = (await self._api.get(f"/tickets/{workload.number}")).body
            timeline = (await self._api.get(f"/tickets/{workload.number}/timeline")).body
        if view["stage"] == "closed":
            until = datetime.min.replace(tzinfo=UTC)
        return Observed(view, timeline["events"], None, until)

    async def _accounts(self, comparisons: Iterable[Comparison]) -> list[Difference]:
        """What the tickets of each account have earned, and its service levels."""
        differences = []
        for account in _accounts_of(comparisons):
            differences += await self._account(account)
        return differences

    async def _account(self, account: Account) -> list[Difference]:
        """Reads the account until it has all reports and has notified all, or after the timeout."""
        name, now = account.contract["account"], datetime.now(UTC)
        until = now.timestamp() + self._timeout
        expected = model_recorded(account, now), levels_of(account, now)
        while True:
            document = (await self._api.get(f"/accounts/{name}", "operator")).body
            found = desk_recorded(document), levels_in(document)
            is_notified = all(n["status"] != "owed" for n in document.get("notices", []))
            if (found == expected and is_notified) or datetime.now(UTC).timestamp() > until:
                break
            await asyncio.sleep(POLL_SECONDS)
        fields = zip(("credits", "service levels"), expected, found, strict=True)
        return [Difference(name, what, *pair) for what, *pair in fields if pair[0] != pair[1]]

    async def _lists(self, comparisons: Iterable[Comparison]) -> list[Difference]:
        """The list of tickets has every ticket with its stage, waiting party and priority."""
        listed: dict[str, Plain] = {}
        cursor = ""
        while True:
            answer = await self._api.get(f"/tickets?limit=100{cursor}")
            listed |= {ticket["number"]: ticket for ticket in answer.body["tickets"]}
            if "next_cursor" not in answer.body:
                break
            cursor = f"&cursor={answer.body['next_cursor']}"
        differences = []
        for comparison in comparisons:
            number, ticket = comparison.workload.number, comparison.ticket
            entry = listed.get(number, {})
            expected = (ticket.stage, ticket.waiting_on, ticket.priority)
            found = (entry.get("stage"), entry.get("waiting_on"), entry.get("priority"))
            if expected != found:
                differences.append(Difference(number, "list", expected, found))
        return differences

    async def _histories(self, counts: Counter[str]) -> list[Difference]:
        """No workflow task failed, and every history can be replayed."""
        differences: list[Difference] = []
        histories: list[WorkflowHistory] = []
        client: Client = self._desk.client
        async for execution in client.list_workflows():
            if not execution.id.startswith(("ticket/", "account/")):
                # The API probes its workers, which the nemesis kills.
                continue
            handle = client.get_workflow_handle(execution.id, run_id=execution.run_id)
            history = await handle.fetch_history()
            histories.append(history)
            counts["events"] += len(history.events)
            counts["activities timed out"] += sum(
                event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT
                for event in history.events
            )
            differences += [
                Difference(execution.id, "workflow task", "none", failure)
                for failure in failures(history)
            ]
        counts["runs"] = len(histories)
        replayer = Replayer(
            workflows=[TicketWorkflow, AccountWorkflow],
            data_converter=DATA_CONVERTER,
            workflow_runner=UnsandboxedWorkflowRunner(),
            # A busy machine can take the two seconds after which the SDK suspects a deadlock.
            debug_mode=True,
        )
        for history in histories:
            result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
            if result.replay_failure is not None:
                failed = Difference(history.workflow_id, "replay", "success", result.replay_failure)
                differences.append(failed)
        return differences


def failures(history: WorkflowHistory) -> Iterator[str]:
    """Unexpectedly failed workflow tasks, and runs that failed, timed out or were terminated."""
    for event in history.events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
            failed = event.workflow_task_failed_event_attributes
            if failed.cause not in EXPECTED_CAUSES:
                cause = WorkflowTaskFailedCause.Name(failed.cause)
                yield f"event {event.event_id}: {cause} {failed.failure.message}"
        if event.event_type in {
            EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
            EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
            EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
        }:
            yield f"event {event.event_id}: {EventType.Name(event.event_type)}"


def _account_emails(
    comparisons: list[Comparison], emails: dict[str, list[dict[str, str]]]
) -> Iterator[Difference]:
    """The account sends one e-mail to each recipient of each credit."""
    expected: Counter[tuple[str, str]] = Counter()
    for account in _accounts_of(comparisons):
        sender = ACCOUNT_PREFIX + account.contract["account"]
        owed = emails_owed(account, datetime.now(UTC))
        expected.update({(sender, address): times for address, times in owed.items()})
    found = Counter(
        (account, to)
        for account, sent in emails.items()
        if account.startswith(ACCOUNT_PREFIX)
        for _, to in {(email["id"], email["to"]) for email in sent}
    )
    for sender, to in sorted((expected - found) | (found - expected)):
        times = (expected[sender, to], found[sender, to])
        yield Difference(sender, f"e-mails to {to}", *times)


def _accounts_of(comparisons: Iterable[Comparison]) -> list[Account]:
    """Every account with the tickets of the model."""
    by_name: dict[str, list[Comparison]] = {}
    for comparison in comparisons:
        by_name.setdefault(comparison.workload.contract["account"], []).append(comparison)
    accounts = []
    for same in by_name.values():
        workload, tickets = same[0].workload, [comparison.ticket for comparison in same]
        zone = ZoneInfo(workload.contract.get("zone", "UTC"))
        accounts.append(Account(workload.policy, workload.contract, tickets, zone))
    return accounts


def _by_ticket(emails: Iterable[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for email in emails:
        number = email["id"].lstrip("<").partition(".")[0]
        found.setdefault(number, []).append(email)
    return found


def _repeated(emails: list[dict[str, str]]) -> int:
    return len(emails) - len({(email["id"], email["to"]) for email in emails})


def _count(counts: Counter[str], comparison: Comparison) -> None:
    ticket, workload = comparison.ticket, comparison.workload
    counts["tickets"] += 1
    counts["actions accepted"] += sum(attempt.status == 200 for attempt in workload.attempts)
    counts["actions refused"] += sum(attempt.status != 200 for attempt in workload.attempts)
    counts["moves of time"] += len(workload.moves)
    counts["silences over 3 days"] += sum(move > LONG_SILENCE for move in workload.moves)
    counts["reclassifications"] += sum(e.type == "reclassified" for e in ticket.events)
    counts["notices"] += len(ticket.notices)
    counts.update(features_of(ticket))
    counts["merges"] += ticket.merged_into is not None
    counts[f"stage {ticket.stage}"] += 1
    for event in ticket.events:
        if event.type.startswith("clock_") or event.role == "system":
            counts[f"{event.type} (automatic)"] += 1
