"""What encryption costs: the documented lifecycle with and without it, in the same run.

Both run on a server and a worker of their own, with the same settings, in one process. A round is
twenty concurrent tickets of each, in alternating order.
"""

import asyncio
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from pydantic import BaseModel
from temporalio.client import Client

from benchmarks.support.plain_server import plain_server
from benchmarks.support.report import at_least, at_most, command_line, leave, show
from benchmarks.support.throughput import Lifecycles, history_of, in_rounds, ticket_worker
from encryption.adapters.sqlite_key_store import SqliteKeyStore
from encryption.client_options import client_options
from encryption.key_ring import KeyRing
from encryption.master_keys import MasterKeys, new_master_key
from workflows.temporal.connection import ticket_workflow_id

ROUNDS = 12
TARGETS = {
    ("encryption", "share_of_clear"): at_least(0.9),
    ("encryption", "share_of_clear_bytes"): at_most(0.8),
}


def main() -> int:
    """Measures and prints a table or JSON; returns the exit code."""
    parser = command_line(__doc__)
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help=f"of twenty tickets each (default: {ROUNDS})"
    )
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    cost = asyncio.run(encryption_cost(options.rounds))
    return show({"encryption": cost.model_dump()}, TARGETS, as_json=options.json)


class EncryptionCost(BaseModel):
    """Medians over the rounds. Sizes are of one history, without waiting times."""

    share_of_clear: float
    cpu_ms_per_ticket: float
    cpu_ms_per_clear_ticket: float
    history_bytes: int
    clear_history_bytes: int
    share_of_clear_bytes: float


async def encryption_cost(rounds: int) -> EncryptionCost:
    """Runs twenty encrypted tickets and twenty in clear in each round."""
    with TemporaryDirectory() as directory:
        keys = KeyRing(
            SqliteKeyStore(Path(directory) / "data-keys.db"),
            MasterKeys.parse(f'{{"benchmark": "{new_master_key()}"}}'),
        )
        async with AsyncExitStack() as stack:
            clear = (await stack.enter_async_context(plain_server())).client
            other = (await stack.enter_async_context(plain_server())).client
            options = client_options(keys)
            encrypted = Client(other.service_client, namespace=other.namespace, **options)
            for client in (clear, encrypted):
                await stack.enter_async_context(ticket_worker(client))
            lives, clear_lives = Lifecycles(encrypted), Lifecycles(clear)
            size, clear_size = await _size(encrypted, lives), await _size(clear, clear_lives)
            own, bare = await in_rounds(rounds, lives.one, clear_lives.one)
    shares = [a.per_second / b.per_second for a, b in zip(own, bare, strict=True)]
    return EncryptionCost(
        share_of_clear=round(median(shares), 3),
        cpu_ms_per_ticket=round(median(each.cpu_ms for each in own), 1),
        cpu_ms_per_clear_ticket=round(median(each.cpu_ms for each in bare), 1),
        history_bytes=size,
        clear_history_bytes=clear_size,
        share_of_clear_bytes=round(size / clear_size, 3),
    )


async def _size(client: Client, lives: Lifecycles) -> int:
    history = await history_of(client, ticket_workflow_id(await lives.one()))
    return sum(event.ByteSize() for event in history.events)


if __name__ == "__main__":
    leave(main())
