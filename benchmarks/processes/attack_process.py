"""An attack on an API on loopback, in a process of its own.

It has a low priority, because its CPU would be that of other machines: a client on this one
would otherwise wait for the attacker instead of the API.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from subprocess import PIPE
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.processes.api_process import TOKEN
from tests.security import attacks
from tests.security.attacks import Outcome, Target, loopback_addresses

CONNECTIONS = 1_500
WORKERS = 64
MANY = 300
"""Addresses of a distributed attack."""
TimedAttack = Callable[[Target, float], Awaitable[Outcome]]


_ONE, _MANY = loopback_addresses(1), loopback_addresses(MANY)
SLOW: dict[str, tuple[tuple[str, ...], TimedAttack]] = {
    "half_heads": (_MANY, partial(attacks.held, CONNECTIONS, attacks.half_head())),
    "half_heads_of_one_address": (_ONE, partial(attacks.held, CONNECTIONS, attacks.half_head())),
    "half_bodies": (_MANY, partial(attacks.held, CONNECTIONS, attacks.half_body(TOKEN))),
    "unread_responses": (_MANY, partial(attacks.held, CONNECTIONS, attacks.unread_responses())),
}
"""Attacks that hold connections: the addresses they come from, and the attack."""
FLOODS: dict[str, tuple[tuple[str, ...], TimedAttack]] = {
    "large_heads": (_ONE, attacks.large_heads),
    "guesses": (_MANY, partial(attacks.guesses, WORKERS)),
    "guesses_of_one_address": (_ONE, partial(attacks.guesses, WORKERS)),
    "connections": (_MANY, partial(attacks.connects, WORKERS)),
    "connections_of_one_address": (_ONE, partial(attacks.connects, WORKERS)),
}
"""Attacks that send as much as is taken."""


async def run(name: str, url: str, seconds: float) -> Outcome:
    """Runs one attack for so many seconds."""
    sources, attack = (SLOW | FLOODS)[name]
    return await attack(Target.at(url, *sources), seconds)


@asynccontextmanager
async def attack_process(name: str, url: str, seconds: float) -> AsyncIterator[dict[str, Any]]:
    """Runs an attack during the block, and at most for so many seconds; then has its outcome."""
    command = (sys.executable, __file__, name, url, str(seconds))
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    outcome: dict[str, Any] = {}
    try:
        assert process.stdout is not None
        # The first line is written when the attack begins.
        await process.stdout.readline()
        yield outcome
        outcome.update(json.loads(await process.stdout.readline()))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


if __name__ == "__main__":
    os.nice(10)
    print("begins", flush=True)
    print(json.dumps(vars(asyncio.run(run(sys.argv[1], sys.argv[2], float(sys.argv[3]))))))
