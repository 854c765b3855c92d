"""Sends thousands of generated requests to the API, in every phase of Schemathesis, by role:

    python -m tests.api.fuzzing.run_fuzzing --requests 10000

It exits with 1 if a response is a server error, has an undocumented status, or does not match the
OpenAPI document. A test sends a few hundred of these requests in the same way
(`tests/api/test_conformance.py`).
"""

import argparse
import asyncio
import os
import sys
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from activities.adapters.contract_memory import InMemoryContracts
from api.gate.request_limits import Limits
from api.server.server import serve
from tests.api.caller import SALT, Caller, make_app
from tests.harness import HARBOUR, desk_worker, opening
from tests.ports import free_port
from workflows.client.tickets import TicketClient
from workflows.temporal.dev_server import start_time_skipping_server

ROLES = ("agent", "service", "requester")
PHASES = "examples,coverage,fuzzing,stateful"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
ROOT = Path(__file__).parents[3]
HOOKS = Path(__file__).with_name("hooks.py")
TICKETS = 40
EXAMPLES = 25
"""Generated requests for each operation in one run; runs are repeated with other seeds."""


class Counting:
    """Counts requests by the status of their responses."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.statuses: Counter[int] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, and counts its response."""

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.statuses[message["status"]] += 1
            await send(message)

        await self._app(scope, receive, send_counted)


async def main() -> int:
    """Runs every role until it has sent enough requests."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--requests", type=int, default=10_000, help="for each role")
    parser.add_argument("--roles", nargs="+", choices=ROLES, default=ROLES)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    port = free_port()
    failed = []
    async with await start_time_skipping_server({}) as env, desk_worker(env):
        # A busy machine answers late; a time-out is not a defect.
        limits = Limits(timeout=Limits().timeout * 6)
        # Every contract is usable: without one, 503 would be the right response.
        app = make_app(env.client, limits=limits, contracts=InMemoryContracts([HARBOUR, SALT]))
        counting = Counting(app)
        serving = asyncio.create_task(serve(counting, "127.0.0.1", port))
        url = f"http://127.0.0.1:{port}"
        await _wait_until_ready(url)
        for role in arguments.roles:
            counting.statuses.clear()
            seed, code = arguments.seed, 0
            while counting.statuses.total() < arguments.requests and not code:
                numbers = [await _opened(TicketClient(env.client)) for _ in range(TICKETS)]
                await _progressed(Caller(app, "agent-token"), numbers)
                code = await _fuzz(url, role, seed, numbers)
                seed += 1
            failed += [role] if code else []
            statuses = ", ".join(f"{s}: {n}" for s, n in sorted(counting.statuses.items()))
            print(f"{role}: {counting.statuses.total()} requests ({statuses})", flush=True)
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving
    return 1 if failed else 0


async def _fuzz(url: str, role: str, seed: int, numbers: list[str]) -> int:
    """One run of Schemathesis; its output is shown if it fails."""
    with TemporaryDirectory() as directory:
        command = [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json"),
            *("--phases", PHASES, "--checks", ",".join(CHECKS), "--no-color"),
            *("--max-examples", str(EXAMPLES), "--seed", str(seed), "--no-shrink"),
            *("--header", f"Authorization: Bearer {role}-token"),
            *("--suppress-health-check", "all", "--warnings", "off", "--request-timeout", "60"),
            *("--generation-database", "none"),
        ]
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=directory,
            env=os.environ
            | {
                "PYTHONPATH": str(ROOT),
                "SCHEMATHESIS_HOOKS": str(HOOKS),
                "FUZZED_TICKETS": " ".join(numbers),
                "FUZZED_ACCOUNT": HARBOUR.account,
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
    if process.returncode:
        print(output.decode(errors="replace"), flush=True)
    return process.returncode or 0


async def _opened(tickets: TicketClient) -> str:
    return (await tickets.open(opening(datetime.now(UTC)))).number


async def _progressed(agent: Caller, numbers: list[str]) -> None:
    """Brings a part of the tickets into later stages."""
    for number in numbers[::2]:
        await agent.act(number, "respond", message="We look.", outcomes=["escalation"])
    for number in numbers[::4]:
        await agent.act(
            number,
            "conclude-triage",
            resolved=True,
            conclusion="Fixed.",
            undelivered="No test waits for mail.",
            not_run="It is fixed.",
        )


async def _wait_until_ready(url: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(100):
            with suppress(httpx.TransportError):
                if (await client.get(f"{url}/healthz")).is_success:
                    return
            await asyncio.sleep(0.1)
    sys.exit("the API did not start")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
