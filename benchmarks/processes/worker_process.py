"""A worker as a separate process, as in a deployment. It discards its e-mails.

    python worker_process.py ADDRESS CATALOG OVERRIDES

OVERRIDES are settings of the Temporal worker as a JSON object. The process prints `ready` and ends
when its standard input does.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen

sys.path.insert(0, str(Path(__file__).parents[2]))

from temporalio.client import Client

from activities.adapters.contract_memory import InMemoryContracts
from benchmarks.support.throughput import TakesEverything
from benchmarks.support.worker_overrides import WorkerOverrides
from bootstrap.senders import senders
from commands.simulation.simulated_desk import IDENTITY
from policies.loading.policy_catalog import PolicyCatalog
from worker import collect_less_garbage, make_worker
from workflows.temporal.connection import DATA_CONVERTER

READY = "ready"
SHIPPED = Path(__file__).parents[2] / "policies" / "catalog"


@contextmanager
def worker_process(
    address: str, catalog: Path = SHIPPED, **overrides: int
) -> Iterator["Popen[str]"]:
    """A worker with these overrides that runs until the end of the block."""
    command = [sys.executable, __file__, address, str(catalog), json.dumps(overrides)]
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        if process.stdout.readline().strip() != READY:
            sys.exit("the worker did not start")
        try:
            yield process
        finally:
            process.terminate()


async def work(address: str, catalog: Path, overrides: dict[str, int]) -> None:
    """Runs the worker until standard input ends."""
    worker = make_worker(
        await Client.connect(
            address, data_converter=DATA_CONVERTER, plugins=[WorkerOverrides(**overrides)]
        ),
        senders=senders(TakesEverything(), IDENTITY),
        contracts=InMemoryContracts(),
        catalog=PolicyCatalog.load(catalog),
    )
    collect_less_garbage()
    async with worker:
        print(READY, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3])))
