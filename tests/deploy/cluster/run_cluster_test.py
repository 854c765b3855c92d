"""`make cluster-test`: a ticket's life on a real cluster, then the tests of API and whole tickets.

    python tests/deploy/cluster/run_cluster_test.py [TEST ...] [--without-tests] [--directory DIR]

It starts a cluster of its own as `make cluster` does, and stops it at the end. Before the tests it
lives the stories of all five policies in real time (stories.py), replays their open tickets on this
code, and deploys a changed workflow over open tickets (benchmarks/rolling_deploy.py). The exit code
is 1 if anything fails. CI does not run it: it takes minutes, and builds the Temporal server.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

import asyncpg
from rich.console import Console

from activities.adapters.mail_catcher import MailCatcher
from benchmarks.rolling_deploy import deploy
from benchmarks.support.deploy_scene import DRAINS_AT_ONCE, scene_on_cluster
from commands.console.error_reporting import exit_code_of, flush_and_exit
from commands.processes.supervised_process import ambient
from deploy.cluster.addresses import LOOPBACK
from deploy.cluster.cluster import Cluster
from deploy.cluster.processes import Changes
from deploy.cluster.programs import search_path
from deploy.cluster.temporary import free_addresses, temporary_cluster
from settings import ROOT
from tests.deploy.cluster.stories import Stories, write_contracts
from workflows.temporal.dev_server import MOVABLE_TIME

CONSOLE = Console(highlight=False)
SECRET_TEXT = "The import stops at row 4711."
TICKET = {
    "account": "harbour-media",
    "channel": "widget",
    "requester": {"name": "Kim Harbour", "email": "kim@harbour-media.example"},
    "subject": "Import stops",
    "description": SECRET_TEXT,
}
TESTS = ("tests/e2e", "tests/api", "tests/workflows/temporal")
WITHIN = 60.0
DEPLOYED_OVER = 25
"""Open tickets of the deploy. `benchmarks/rolling_deploy.py --cluster` takes 1,000."""


def main() -> int:
    """Runs everything, and returns the exit code."""
    options = _arguments()
    with tempfile.TemporaryDirectory(prefix="desk-cluster-") as temporary:
        directory = options.directory or Path(temporary)
        directory.mkdir(parents=True, exist_ok=True)
        tests = () if options.without_tests else options.tests or TESTS
        return asyncio.run(_run(directory, tests, with_stories=not options.tests))


async def _run(directory: Path, tests: Sequence[str], *, with_stories: bool) -> int:
    addresses = free_addresses()
    began = time.monotonic()
    contracts = write_contracts(directory / "contracts")
    async with (
        MailCatcher(addresses.mail) as mail,
        temporary_cluster(
            directory,
            addresses,
            dynamic_config={**MOVABLE_TIME, **DRAINS_AT_ONCE},
            changes=Changes(variables={"CONTRACTS_DIR": str(contracts)}),
        ) as cluster,
    ):
        _say(f"ready after {time.monotonic() - began:.0f} s")
        await _live(cluster, mail)
        code = 0
        if with_stories:
            code = await _live_stories(cluster)
            code = code or await _deploy(cluster)
        if tests and not code:
            file = cluster.processes.write_environment()
            run = [sys.executable, "-m", "pytest", "-q", f"--temporal={file}", *tests]
            code = await _command(cluster, *run)
    _say("everything stopped")
    return 1 if code else 0


async def _live(cluster: Cluster, mail: MailCatcher) -> None:
    """Opens a ticket through the proxy, sees it in PostgreSQL, and ends it."""
    tokens = cluster.processes.state.secrets
    service, agent = (
        {"Authorization": f"Bearer {tokens.token(role)}"} for role in ("service", "agent")
    )
    async with cluster.client() as http:
        opened = await http.post("/tickets", json=TICKET, headers=service)
        opened.raise_for_status()
        number = opened.json()["number"]
        _say(f"opened {number} through {cluster.url}")
        await mail.wait_for(1)
        _say("its first e-mail has arrived")
        _say(f"in PostgreSQL: {await _row(cluster, number, 'received')}")
        assert not await _is_in_clear(cluster), "a text of the ticket is in the database in clear"
        _say("its texts are encrypted there")
        answer = {"message": "Solved.", "outcomes": ["resolution"]}
        for action, body in (("respond", answer), ("close", {"reason": "Solved."})):
            done = await http.post(f"/tickets/{number}/{action}", json=body, headers=agent)
            assert done.is_success, done.text
        assert done.json()["stage"] == "closed", done.text
        _say(f"in PostgreSQL: {await _row(cluster, number, 'closed')}")


async def _live_stories(cluster: Cluster) -> int:
    """Lives the stories of all policies. Their tickets are replayed while they are open; returns
    the exit code of that.
    """
    secrets = cluster.processes.state.secrets
    tokens = {role: secrets.token(role) for role in ("service", "agent")}
    async with cluster.client() as http:
        stories = Stories(http, tokens, _say)
        opened = await stories.open()
        for number in opened:
            # The replay finds open tickets by their rows.
            await _row(cluster, number, "received")
        code = await _command(cluster, "desk", "replay", "--open")
        await stories.live(opened)
    return code


async def _deploy(cluster: Cluster) -> int:
    """Deploys a changed workflow over open tickets of all policies."""
    async with scene_on_cluster(cluster.processes.client_settings()) as scene:
        report = await deploy(scene, DEPLOYED_OVER)
    _say(f"deployed over {report.tickets} open tickets: {report.model_dump_json()}")
    return report.failed_workflow_tasks + report.cannot_be_replayed


async def _row(cluster: Cluster, number: str, stage: str) -> str:
    """The row of the ticket in the database of lists, once it has this stage."""
    connection = await _database(cluster, "temporal_visibility")
    query = """
        SELECT workflow_id, search_attributes::text AS attributes
        FROM executions_visibility WHERE workflow_id = $1
    """
    try:
        async with asyncio.timeout(WITHIN):
            while True:
                row = await connection.fetchrow(query, f"ticket/{number}")
                if row is not None and f'"{stage}"' in row["attributes"]:
                    return f"{row['workflow_id']} {row['attributes']}"
                await asyncio.sleep(0.2)
    finally:
        await connection.close()


async def _is_in_clear(cluster: Cluster) -> bool:
    connection = await _database(cluster, "temporal")
    try:
        query = "SELECT count(*) FROM history_node WHERE position($1::bytea in data) > 0"
        return bool(await connection.fetchval(query, SECRET_TEXT.encode()))
    finally:
        await connection.close()


async def _database(cluster: Cluster, name: str) -> Any:
    return await asyncpg.connect(
        host=LOOPBACK,
        port=cluster.processes.addresses.postgres,
        user="temporal",
        password=cluster.processes.state.secrets.password,
        database=name,
    )


async def _command(cluster: Cluster, *command: str) -> int:
    """Runs a command with the variables of an API, and returns its exit code."""
    settings = cluster.processes.client_settings()
    if command[0] != "desk":
        settings = {}
    _say(f"$ {' '.join(Path(word).name if word.startswith('/') else word for word in command)}")
    environment = ambient() | settings | {"PATH": search_path()}
    run = asyncio.to_thread(subprocess.run, command, env=environment, cwd=ROOT, check=False)
    return (await run).returncode


def _say(line: str) -> None:
    CONSOLE.print(line, markup=False, soft_wrap=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "tests",
        nargs="*",
        metavar="TEST",
        help=f"only these tests, without the stories (default: {' '.join(TESTS)})",
    )
    parser.add_argument("--without-tests", action="store_true", help="not the tests of pytest")
    parser.add_argument("--directory", type=Path, help="keeps state and logs there")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        exit_code = main()
    except BaseException as error:
        exit_code = exit_code_of(error)
    flush_and_exit(exit_code)
