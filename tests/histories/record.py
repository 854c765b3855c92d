"""Records workflow histories into a folder next to this file.

    python -m tests.histories.record 0.2.0

Records every ticket and account of tests/e2e, a ticket that continued as new, and an announcement.
Do this once the code of a release is final. Newer code must replay these histories, so they never
change: the folder of a release in the changelog is refused.
"""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_memory import InMemoryContracts
from activities.announcements import PAGE
from bootstrap.senders import senders
from policies.vocabulary import Action
from tests.e2e.account_lives import ACCOUNT_LIVES, beginning_on, desk_for_accounts
from tests.e2e.lives import LIVES, RECEIVED, LifeScript, until
from tests.harness import CATALOG, HARBOUR, IDENTITY, REQUESTER, Life, RecordingMailer, opening
from tests.polling import eventually
from tests.workflows.account.life import SHORT_RUNS
from tests.workflows.announcement.announcing import Scene, contract
from tests.workflows.ticket.runtime.starts import REQUEST, PlainClient, refusal_of
from worker import DeskWorker, make_worker
from workflows.announcement.state import LONGEST_PAUSE
from workflows.temporal.dev_server import start_time_skipping_server

RESPONSE: dict[str, Any] = {
    "id": "r-1",
    "actor": {"id": "ada", "role": "agent"},
    "content": {"message": "We look into it.", "outcomes": ["escalation"]},
}
HERE = Path(__file__).parent
CHANGELOG = HERE.parents[1] / "CHANGELOG.md"
MACHINE_KEYS = frozenset({"identity", "stackTrace"})
STICKY_QUEUE = re.compile(r"^\d+@[\w.-]+$")


async def histories() -> AsyncIterator[tuple[str, WorkflowHistory]]:
    """Runs every ticket of LIVES and CONTINUED, and yields its history."""
    async with await start_time_skipping_server() as env:
        for name, tell in LIVES.items():
            yield name, await _life(env, tell)
        for name, begin in OVER_TEMPORAL.items():
            async with _worker(env, RecordingMailer()):
                yield name, await begin(await PlainClient.connect(env))
    async with await start_time_skipping_server(SHORT_RUNS) as env:
        for name, live in CONTINUED.items():
            async with _worker(env, RecordingMailer()):
                yield name, await live(env)


async def _life(env: WorkflowEnvironment, tell: LifeScript) -> WorkflowHistory:
    mailer = RecordingMailer()

    async def begin(received_at: datetime, **facts: Any) -> Life:
        return await Life.begin(env, opening(received_at, **facts))

    async with _worker(env, mailer):
        life = await tell(begin, mailer)
        await life.handle.result()
    return await life.handle.fetch_history()


async def _continued_ticket(env: WorkflowEnvironment) -> WorkflowHistory:
    """The latest run of an open ticket with many messages."""
    life = await Life.begin(env, opening(RECEIVED))
    said: dict[str, Any] = {"message": "Tell us more.", "questions": ["Since when?"]}
    await life.act(Action.RESPOND, outcomes=["escalation", "information_request"], **said)
    for number in range(20):
        await life.act(Action.PROVIDE_INFORMATION, REQUESTER, message=f"Fact {number}")
    await until(life, "2027-01-08 10:30")
    await life.act(
        Action.CONCLUDE_TRIAGE,
        resolved=False,
        conclusion="A regression.",
        not_run="The cause is clear.",
    )
    # The new run has begun once it takes an action.
    await life.act(Action.ADD_NOTE, note="The run after continue-as-new.")
    return await _latest_run(life.handle)


async def _opened_over_temporal(plain: PlainClient) -> WorkflowHistory:
    """A ticket whose first action came with its start."""
    handle, _ = await plain.start_with("respond", RESPONSE)
    requester = {"id": "mia", "role": "requester"}
    withdrawal = {"id": "w-1", "actor": requester, "content": {"reason": "Solved."}}
    await handle.execute_update("withdraw", withdrawal)
    await handle.result()
    return await handle.fetch_history()


async def _refused_over_temporal(plain: PlainClient) -> WorkflowHistory:
    """A start that the policy does not accept."""
    handle = await plain.start(REQUEST | {"priority": "p9"})
    await refusal_of(handle)
    return await handle.fetch_history()


OVER_TEMPORAL = {
    "opened_over_temporal": _opened_over_temporal,
    "refused_over_temporal": _refused_over_temporal,
}


async def _latest_run(handle: WorkflowHandle[Any, Any]) -> WorkflowHistory:
    history = await handle.fetch_history()
    start = history.events[0].workflow_execution_started_event_attributes
    if not start.continued_execution_run_id:
        raise RuntimeError(f"{history.workflow_id} never continued as new")
    return history


CONTINUED = {
    "continued_ticket": _continued_ticket,
}


def _worker(env: WorkflowEnvironment, mailer: RecordingMailer) -> DeskWorker:
    return make_worker(
        env.client,
        senders=senders(mailer, IDENTITY),
        contracts=InMemoryContracts([HARBOUR]),
        catalog=CATALOG,
    )


async def account_histories() -> AsyncIterator[tuple[str, WorkflowHistory]]:
    """Runs every account once, and yields the history of each of its runs."""
    async with await start_time_skipping_server(SHORT_RUNS) as env:
        for name, tell in ACCOUNT_LIVES.items():
            mailer = RecordingMailer()
            async with desk_for_accounts(env, mailer):
                life = await tell(beginning_on(env), mailer)
                runs = await life.runs()
            for number, history in enumerate(runs, start=1):
                yield f"{name}-{number}", history


async def announcement_histories() -> AsyncIterator[tuple[str, WorkflowHistory]]:
    """Runs an announcement in which addresses are refused and taken later, and yields the history
    of each of its runs.
    """
    refused, busy = "mia@customer-001.example", "mia@customer-002.example"
    async with await start_time_skipping_server(SHORT_RUNS) as env:
        accounts = [contract(f"customer-{number:03d}") for number in range(PAGE + 20)]
        scene = Scene.of(env.client, accounts)
        scene.mailer.refused, scene.mailer.busy = {refused}, {busy}
        async with scene.worker():
            await scene.announcement().begin()
            await eventually(scene.state, lambda state: state.is_listed and not state.todo)
            scene.mailer.busy = set()
            handle = env.client.get_workflow_handle(scene.announcement().id)
            await env.fast_forward(handle, LONGEST_PAUSE)
            await scene.ended()
        for number, history in enumerate(await scene.runs(), start=1):
            yield f"announcement-{number}", history


async def record(folder: Path) -> None:
    """Writes every history as JSON."""
    for recorded in (histories(), account_histories(), announcement_histories()):
        async for name, history in recorded:
            text = json.dumps(_anonymous(json.loads(history.to_json())), indent=1)
            (folder / f"{name}.json").write_text(text + "\n")


def _anonymous(node: Any) -> Any:
    """The same without identifiers of the machine."""
    if isinstance(node, dict):
        kept = {key: _anonymous(value) for key, value in node.items()}
        return {key: value for key, value in kept.items() if key not in MACHINE_KEYS}
    if isinstance(node, list):
        return [_anonymous(item) for item in node]
    return STICKY_QUEUE.sub("worker", node) if isinstance(node, str) else node


def releases(changelog: Path = CHANGELOG) -> list[str]:
    """The releases in the changelog, newest first."""
    return re.findall(r"^## \[(\d+\.\d+\.\d+)\]", changelog.read_text(), re.MULTILINE)


def folder_for(release: str, changelog: Path = CHANGELOG) -> Path:
    """The folder of an unreleased version; ValueError for any other."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", release):
        raise ValueError(f"{release} is not a version; write it as in the changelog: 0.2.0")
    if release in releases(changelog):
        raise ValueError(f"{release} is released; its histories cannot be recorded again")
    return HERE / release


def main(release: str) -> None:
    """Records into the folder of this version."""
    try:
        folder = folder_for(release)
    except ValueError as error:
        sys.exit(str(error))
    folder.mkdir(exist_ok=True)
    asyncio.run(record(folder))


if __name__ == "__main__":
    main(sys.argv[1])
