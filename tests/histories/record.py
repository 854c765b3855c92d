"""Records the histories of all lives beside this file: `python -m tests.histories.record`.

Do this for a release, into a folder of its name. Never change what is recorded: these are the
tickets and accounts that lived while older code ran, and newer code has to replay them.
"""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory

from activities.adapters.given_contracts import GivenContracts
from tests.e2e.account_lives import ACCOUNT_LIVES, beginning_on, desk_for_accounts
from tests.e2e.lives import LIVES
from tests.harness import CATALOGUE, HARBOUR, IDENTITY, Life, RecordingMailer, opening
from tests.workflows.account.life import SHORT_RUNS
from worker import make_worker
from workflows.server import start_time_skipping_server

HERE = Path(__file__).parent
WHEREABOUTS = frozenset({"identity", "stackTrace"})
STICKY_QUEUE = re.compile(r"^\d+@[\w.-]+$")


async def histories() -> AsyncIterator[tuple[str, WorkflowHistory]]:
    """Runs every life once, and gives its history."""
    async with await start_time_skipping_server() as env:
        for name, tell in LIVES.items():
            mailer = RecordingMailer()

            async def begin(received_at: Any, **facts: Any) -> Life:
                return await Life.begin(env, opening(received_at, **facts))

            async with make_worker(
                env.client,
                mailer=mailer,
                identity=IDENTITY,
                contracts=GivenContracts([HARBOUR]),
                catalogue=CATALOGUE,
            ):
                life = await tell(begin, mailer)
                await life.handle.result()
            yield name, await life.handle.fetch_history()


async def account_histories() -> AsyncIterator[tuple[str, WorkflowHistory]]:
    """Runs the life of every account once, and gives the history of each of its runs."""
    async with await start_time_skipping_server(SHORT_RUNS) as env:
        for name, tell in ACCOUNT_LIVES.items():
            mailer = RecordingMailer()
            async with desk_for_accounts(env, mailer):
                life = await tell(beginning_on(env), mailer)
                runs = await life.runs()
            for number, history in enumerate(runs, start=1):
                yield f"{name}-{number}", history


async def record(folder: Path) -> None:
    """Writes the history of every life as JSON."""
    for recorded in (histories(), account_histories()):
        async for name, history in recorded:
            text = json.dumps(_without_whereabouts(json.loads(history.to_json())), indent=1)
            (folder / f"{name}.json").write_text(text + "\n")


def _without_whereabouts(node: Any) -> Any:
    """The same without what tells of the machine it ran on."""
    if isinstance(node, dict):
        told = {key: _without_whereabouts(value) for key, value in node.items()}
        return {key: value for key, value in told.items() if key not in WHEREABOUTS}
    if isinstance(node, list):
        return [_without_whereabouts(item) for item in node]
    return STICKY_QUEUE.sub("worker", node) if isinstance(node, str) else node


if __name__ == "__main__":
    target = HERE / sys.argv[1]
    target.mkdir(exist_ok=True)
    asyncio.run(record(target))
