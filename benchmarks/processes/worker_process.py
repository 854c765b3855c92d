"""A worker that is a process of its own, as in a deployment; its mails go nowhere.

    python worker_process.py ADDRESS CATALOGUE SETTINGS

SETTINGS are those of a Temporal worker that are to be otherwise, as a JSON object.

It says `ready`, and ends with its standard input.
"""

import asyncio
import gc
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen

from bootstrap.senders import senders

sys.path.insert(0, str(Path(__file__).parents[2]))

from temporalio.client import Client

from activities.adapters.contract_memory import InMemoryContracts
from benchmarks.support.worker_overrides import WorkerOverrides
from benchmarks.throughput import TakesEverything
from commands.simulation.simulated_desk import IDENTITY
from policies.loading.policy_catalog import PolicyCatalog
from worker import make_worker
from workflows.temporal.connection import DATA_CONVERTER

READY = "ready"
SHIPPED = Path(__file__).parents[2] / "policies" / "catalog"


@contextmanager
def worker_process(
    address: str, catalogue: Path = SHIPPED, **settings: int
) -> Iterator["Popen[str]"]:
    """A worker that is there until this is left, with these settings of Temporal's otherwise."""
    command = [sys.executable, __file__, address, str(catalogue), json.dumps(settings)]
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        if process.stdout.readline().strip() != READY:
            sys.exit("the worker did not start")
        try:
            yield process
        finally:
            process.terminate()


async def work(address: str, catalogue: Path, settings: dict[str, int]) -> None:
    """Works until there is no more to read."""
    worker = make_worker(
        await Client.connect(
            address, data_converter=DATA_CONVERTER, plugins=[WorkerOverrides(**settings)]
        ),
        senders=senders(TakesEverything(), IDENTITY),
        contracts=InMemoryContracts(),
        catalogue=PolicyCatalog.load(catalogue),
    )
    gc.freeze()
    async with worker:
        print(READY, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3])))
