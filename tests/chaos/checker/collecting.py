"""The inquiry: what the desk has of every ticket once the fire is out and all is quiet."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.client import Client, WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from tests.chaos.checker.comparison import SLACK, Hearing, refused_openings
from tests.chaos.checker.differences import Difference, Found, Letters
from tests.chaos.model.document import Plain
from tests.chaos.model.merges import hear_together, unheard
from tests.chaos.nemesis.desk import ChaosDesk
from tests.chaos.nemesis.time_travel import Mover, NeverArrived
from tests.chaos.workload.http_client import Caller
from tests.chaos.workload.ticket_life import Life
from workflows.account.workflow import AccountWorkflow
from workflows.temporal.connection import DATA_CONVERTER
from workflows.ticket.workflow import TicketWorkflow

PAUSE = 0.25
OF_ACCOUNT = "account-"
"""Before the account, where a letter has the number of no ticket."""
AT_ONCE = 8
LOOKS_BEFORE_A_PUSH = 40
BACK_OFF = timedelta(minutes=11)
"""Longer than deliveries wait before they are tried again."""
EXPECTED_CAUSES = {
    # Something new arrived while a task was completing: the server has it done again.
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
}


@dataclass
class Verdict:
    """What the inquiry found."""

    differences: list[Difference] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


class Inquiry:
    """Asks the desk about everything that was done to it."""

    def __init__(self, desk: ChaosDesk, caller: Caller, patience: float) -> None:
        self._desk = desk
        self._caller = caller
        self._mover = Mover(desk.client)
        self._patience = patience
        self._hands = asyncio.Semaphore(AT_ONCE)

    async def hold(self, lives: list[Life]) -> Verdict:
        """Every difference there is."""
        verdict = Verdict()
        for life in lives:
            verdict.counts["openings refused"] += len(life.refused)
            verdict.differences += refused_openings(life)
        opened = [life for life in lives if life.number]
        await asyncio.gather(*(self._until_quiet(life, verdict) for life in opened))
        before = _by_ticket(self._desk.letters)
        founds = await asyncio.gather(*(self._find(life) for life in opened))
        letters = _by_ticket(self._desk.letters)
        verdict.counts["letters"] = len(self._desk.letters)
        verdict.counts["letters sent again"] = _repeated(self._desk.letters)
        for life, found in zip(opened, founds, strict=True):
            found.letters = Letters(before.get(life.number, []), letters.pop(life.number, []))
        hearings = hear_together(opened, founds)
        for number in letters:
            if not number.startswith(OF_ACCOUNT):
                verdict.differences.append(Difference(number, "letter", "none", "a letter"))
        for hearing in hearings:
            verdict.differences += hearing.differences
            _count(verdict.counts, hearing)
        verdict.differences += unheard(hearings)
        verdict.differences += await self._credits(hearings)
        verdict.differences += _letters_of_accounts(hearings, _by_ticket(self._desk.letters))
        verdict.differences += await self._lists(hearings)
        verdict.differences += await self._histories(verdict.counts)
        return verdict

    async def _until_quiet(self, life: Life, verdict: Verdict) -> None:
        """Returns once nothing is on its way any more."""
        until = datetime.now(UTC).timestamp() + self._patience
        looks = 0
        while datetime.now(UTC).timestamp() < until:
            async with self._hands:
                view = (await self._caller.get(f"/tickets/{life.number}")).body
            if all(notice["status"] != "owed" for notice in view["notices"]):
                return
            looks += 1
            if looks % LOOKS_BEFORE_A_PUSH == 0:
                await self._push(life)
            await asyncio.sleep(PAUSE)
        owed = [n["key"] for n in view["notices"] if n["status"] == "owed"]
        verdict.differences.append(Difference(life.number, "stuck", "nothing owed", owed))

    async def _push(self, life: Life) -> None:
        """What waits to be tried again need not wait for long: its time can be moved."""
        with suppress(NeverArrived):
            await self._mover.move(f"ticket/{life.number}", BACK_OFF, 1.0)

    async def _find(self, life: Life) -> Found:
        async with self._hands:
            its_time = await self._mover.its_time(f"ticket/{life.number}")
            until = datetime.now(UTC) + its_time.ahead - SLACK
            view = (await self._caller.get(f"/tickets/{life.number}")).body
            events = (await self._caller.get(f"/tickets/{life.number}/timeline")).body["events"]
        if view["stage"] == "closed":
            until = datetime.min.replace(tzinfo=UTC)
        return Found(view, events, None, until)

    async def _credits(self, hearings: Iterable[Hearing]) -> list[Difference]:
        expected: dict[str, dict[str, int]] = {}
        for hearing in hearings:
            earned = expected.setdefault(hearing.life.contract["account"], {})
            earned.update(hearing.ticket.credits)
        differences = []
        for account, earned in expected.items():
            found = await self._credits_of(account, earned)
            if found != earned:
                differences.append(Difference(account, "credits", earned, found))
        return differences

    async def _credits_of(self, account: str, expected: dict[str, int]) -> dict[str, int]:
        """The credits of an account, once they are all there and told, or had long enough."""
        until = datetime.now(UTC).timestamp() + self._patience
        while True:
            answer = await self._caller.get(f"/accounts/{account}", "operator")
            earned = dict(map(_earned, answer.body.get("credits", [])))
            is_told = all(n["status"] != "owed" for n in answer.body.get("notices", []))
            if (earned == expected and is_told) or datetime.now(UTC).timestamp() > until:
                return earned
            await asyncio.sleep(PAUSE)

    async def _lists(self, hearings: Iterable[Hearing]) -> list[Difference]:
        """Every ticket is found in the list of its stage, and in no other."""
        listed: dict[str, Plain] = {}
        cursor = ""
        while True:
            answer = await self._caller.get(f"/tickets?limit=100{cursor}")
            listed |= {ticket["number"]: ticket for ticket in answer.body["tickets"]}
            if "next_cursor" not in answer.body:
                break
            cursor = f"&cursor={answer.body['next_cursor']}"
        differences = []
        for hearing in hearings:
            number, ticket = hearing.life.number, hearing.ticket
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
        )
        for history in histories:
            result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
            if result.replay_failure is not None:
                failed = Difference(history.workflow_id, "replay", "sound", result.replay_failure)
                differences.append(failed)
        return differences


def failures(history: WorkflowHistory) -> Iterator[str]:
    """Workflow tasks that failed and were not done again as a matter of course, and bad ends."""
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


def _earned(credit: Plain) -> tuple[str, int]:
    basis = credit["basis"]
    due = datetime.fromisoformat(basis["due_at"]).isoformat(timespec="seconds")
    return f"{basis['ticket_number']} {basis['clock']} {due}", credit["days"]


def _letters_of_accounts(
    hearings: list[Hearing], letters: dict[str, list[dict[str, str]]]
) -> Iterator[Difference]:
    """Of each credit everybody concerned hears once, in a letter of the account."""
    expected: Counter[tuple[str, str]] = Counter()
    for hearing in hearings:
        account = OF_ACCOUNT + hearing.life.contract["account"]
        expected.update((account, address) for address in hearing.ticket.told_of_credits)
    found = Counter(
        (thread, to)
        for thread, sent in letters.items()
        if thread.startswith(OF_ACCOUNT)
        for _, to in {(letter["id"], letter["to"]) for letter in sent}
    )
    for thread, to in sorted((expected - found) | (found - expected)):
        times = (expected[thread, to], found[thread, to])
        yield Difference(thread, f"letters to {to}", *times)


def _by_ticket(letters: Iterable[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for letter in letters:
        number = letter["id"].lstrip("<").partition(".")[0]
        found.setdefault(number, []).append(letter)
    return found


def _repeated(letters: list[dict[str, str]]) -> int:
    return len(letters) - len({(letter["id"], letter["to"]) for letter in letters})


def _count(counts: Counter[str], hearing: Hearing) -> None:
    ticket, life = hearing.ticket, hearing.life
    counts["tickets"] += 1
    counts["actions accepted"] += sum(attempt.status == 200 for attempt in life.attempts)
    counts["actions refused"] += sum(attempt.status != 200 for attempt in life.attempts)
    counts["moves of time"] += len(life.moved)
    counts["notices"] += len(ticket.notices)
    counts["credits"] += len(ticket.credits)
    counts["merges"] += ticket.merged_into is not None
    counts[f"stage {ticket.stage}"] += 1
    for event in ticket.events:
        if event.type.startswith("clock_") or event.role == "system":
            counts[f"{event.type} by itself"] += 1
