"""A dump of both databases of a running cluster is restored later: what is lost, how it shows.

    python tests/deploy/cluster/run_restore.py [--tickets N]

1. N tickets are opened and acknowledged, and half of them are answered.
2. `pg_dump` of both databases, in the order of docs/operations.md, while the cluster works.
3. N more tickets are opened. The other half of the first ones is answered.
4. Everything but PostgreSQL is stopped, both dumps are restored, and everything is started again.
5. Every ticket is read, listed, replayed; every request of step 3 is sent again with its key.

The exit code is 1 if something of before the dump is lost, or a repeated request is not taken.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

import httpx

from activities.adapters.mail_catcher import MailCatcher
from commands.console.error_reporting import exit_code_of, flush_and_exit
from commands.processes.supervised_process import ambient
from deploy.cluster.addresses import LOOPBACK
from deploy.cluster.cluster import Cluster
from deploy.cluster.programs import program, search_path
from deploy.cluster.temporary import free_addresses, temporary_cluster

DATABASES = ("temporal", "temporal_visibility")
TICKETS = 40
ANSWER = {"message": "We look into it.", "outcomes": ["escalation"]}


def main() -> int:
    """Runs it and prints what it finds; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tickets", type=int, default=TICKETS, help=f"(default: {TICKETS})")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="desk-cluster-") as directory:
        return asyncio.run(_run(Path(directory), options.tickets))


async def _run(directory: Path, tickets: int) -> int:
    addresses = free_addresses()
    async with (
        MailCatcher(addresses.mail) as mail,
        temporary_cluster(directory, addresses, report=_say) as cluster,
        cluster.client() as http,
    ):
        desk = Desk(http, cluster.processes.state.secrets.token("agent"))
        before = [await desk.open(f"before-{n}") for n in range(tickets)]
        early, late = before[: tickets // 2], before[tickets // 2 :]
        for number in early:
            await desk.answer(number)
        dumps = directory / "dumps"
        dumps.mkdir()
        _say(f"dumped in {await _timed(_dump(cluster, dumps)):.1f} s")
        after = [await desk.open(f"after-{n}") for n in range(tickets)]
        for number in late:
            await desk.answer(number)
        sent = await _settled(mail)
        _say(f"restored in {await _timed(_restore(cluster, dumps)):.1f} s")
        _say(f"ready {await _timed(_restart(cluster)):.1f} s later")
        found = Counter(
            {
                "tickets of before the dump that are there": await desk.count(
                    before, answered=None
                ),
                "answers of before the dump that are there": await desk.count(early, answered=True),
                "answers of after it that are there": await desk.count(late, answered=True),
                "tickets of after it that are there": await desk.count(after, answered=None),
                "tickets of after it that are listed": len({*await desk.listed()} & {*after}),
                "tickets of before it that are listed": len({*await desk.listed()} & {*before}),
            }
        )
        code = await _replay(cluster)
        again = [await desk.open(f"after-{n}") for n in range(tickets)]
        found["openings repeated with their keys that are taken"] = len(again)
        found["of them with the number they had"] = len({*again} & {*after})
        for number in late:
            await desk.answer(number)
        found["answers repeated with their keys that are there"] = await desk.count(
            late, answered=True
        )
        everything = await _settled(mail)
        found["e-mails of before the restore"] = len(sent)
        found["e-mails sent after it with an id of before"] = len([*everything]) - len(
            {*everything}
        )
    for name, count in found.items():
        _say(f"{count:6} {name}")
    lost = found["tickets of before the dump that are there"] != tickets
    lost |= found["answers of before the dump that are there"] != len(early)
    lost |= found["answers repeated with their keys that are there"] != len(late)
    return 1 if lost or code else 0


class Desk:
    """An agent who repeats a request with its key until it is answered."""

    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self._http = http
        self._authorization = {"Authorization": f"Bearer {token}"}

    async def open(self, key: str) -> str:
        """Opens a ticket; returns its number."""
        body = {
            "account": "harbour-media",
            "channel": "widget",
            "requester": {"name": "Kim Harbour", "email": "kim@harbour-media.example"},
            "subject": f"The editor stays blank ({key})",
            "description": "No text since 9:00.",
        }
        number: str = (await self._post("/tickets", body, key))["number"]
        return number

    async def answer(self, number: str) -> None:
        """Answers it."""
        await self._post(f"/tickets/{number}/respond", ANSWER, f"answer-{number}")

    async def count(self, numbers: list[str], answered: bool | None) -> int:
        """How many exist, and how many of these were answered."""
        count = 0
        for number in numbers:
            read = await self._http.get(f"/tickets/{number}", headers=self._authorization)
            if read.status_code == httpx.codes.NOT_FOUND:
                continue
            read.raise_for_status()
            count += answered is None or (read.json()["stage"] == "triage") is answered
        return count

    async def listed(self) -> list[str]:
        """The numbers of all open tickets in the list."""
        numbers: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            query = {"open": "true", "limit": "100", **cursor}
            page = await self._http.get("/tickets", params=query, headers=self._authorization)
            page.raise_for_status()
            numbers += [ticket["number"] for ticket in page.json()["tickets"]]
            if (after := page.json().get("next_cursor")) is None:
                return numbers
            cursor = {"cursor": after}

    async def _post(self, path: str, body: Mapping[str, object], key: str) -> dict[str, str]:
        headers = self._authorization | {"Idempotency-Key": key}
        while True:
            answer = await self._http.post(path, json=body, headers=headers)
            if answer.status_code not in (429, 502, 503):
                assert answer.is_success, answer.text
                found: dict[str, str] = answer.json()
                return found
            await asyncio.sleep(0.2)


async def _dump(cluster: Cluster, dumps: Path) -> None:
    for database in DATABASES:
        file = f"--file={dumps / database}"
        await _postgres_tool(cluster, "pg_dump", "--format=custom", file, database)


async def _restore(cluster: Cluster, dumps: Path) -> None:
    """As docs/operations.md says."""
    temporal = [each for service in cluster.temporal.values() for each in service]
    for process in (*cluster.apis, *cluster.workers, *temporal):
        await process.stop()
    for database in DATABASES:
        options = ("--dbname=postgres", "--clean", "--if-exists", "--create")
        await _postgres_tool(cluster, "pg_restore", *options, str(dumps / database))


async def _restart(cluster: Cluster) -> None:
    await cluster.start_temporal()
    for process in (*cluster.workers, *cluster.apis):
        await process.start()
    await cluster.until_ready()


async def _postgres_tool(cluster: Cluster, name: str, *arguments: str) -> None:
    processes = cluster.processes
    process = await asyncio.create_subprocess_exec(
        str(program(name)),
        f"--host={LOOPBACK}",
        f"--port={processes.addresses.postgres}",
        "--username=temporal",
        *arguments,
        env=ambient() | {"PGPASSWORD": processes.state.secrets.password},
    )
    assert await process.wait() == 0, name


async def _replay(cluster: Cluster) -> int:
    environment = ambient() | cluster.processes.client_settings() | {"PATH": search_path()}
    process = await asyncio.create_subprocess_exec(
        str(program("desk")), "replay", "--open", env=environment
    )
    return await process.wait()


async def _settled(mail: MailCatcher) -> list[str]:
    """The ids of all e-mails, once none has come for some seconds."""
    number = -1
    while number != len(mail.messages):
        number = len(mail.messages)
        await asyncio.sleep(5)
    return [f"{message['Message-ID']} {message['To']}" for message in mail.messages]


async def _timed(work: Coroutine[Any, Any, None]) -> float:
    began = time.monotonic()
    await work
    return time.monotonic() - began


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    try:
        exit_code = main()
    except BaseException as error:
        exit_code = exit_code_of(error)
    flush_and_exit(exit_code)
