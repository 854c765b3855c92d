"""Newer time-zone data and holidays change the due times of new tickets, not of open ones.

The worker of the test is a process in which New York has the time of Kolkata, and `holidays` has
one more on each day of the first half of January.
"""

import asyncio
import json
import shutil
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.adapters.mail_catcher import MailCatcher
from policies.vocabulary import Action, ClockState
from tests.commands.processes.desk_process import run_desk
from tests.commands.processes.worker_process import worker_process
from tests.e2e.lives import RECEIVED, until
from tests.harness import REQUESTER, Life, desk_worker, opening, temporal_variables
from tests.policies.requests import explained

MORE_HOLIDAYS = """\
from datetime import date
import holidays
usual = holidays.HolidayBase.__init__
def more(self, *given, **named):
    usual(self, *given, **named)
    for year in self.years:
        for day in range(1, 16):
            self[date(year, 1, day)] = "Proclaimed"
holidays.HolidayBase.__init__ = more
"""
A_MOMENT = timedelta(minutes=1)


@pytest.fixture(scope="module")
def altered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a process with other zones and holidays."""
    directory = tmp_path_factory.mktemp("altered")
    (directory / "zones" / "America").mkdir(parents=True)
    shutil.copy(
        str(files("tzdata") / "zoneinfo" / "Asia" / "Kolkata"),
        directory / "zones" / "America" / "New_York",
    )
    (directory / "sitecustomize.py").write_text(MORE_HOLIDAYS)
    return {"PYTHONTZPATH": str(directory / "zones"), "PYTHONPATH": str(directory)}


async def go_on(life: Life) -> None:
    """Pauses and resumes clocks, escalates, and lets clocks run out."""
    await until(life, "2027-01-07 11:00")
    inputs: dict[str, Any] = {"message": "We look deeper.", "questions": ["Since when?"]}
    await life.act(Action.RESPOND, outcomes=["escalation", "information_request"], **inputs)
    await until(life, "2027-01-08 10:30")
    await life.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Since Monday.")
    await until(life, "2027-01-13 12:00")


async def clocks(life: Life) -> list[tuple[str, ClockState, datetime | None]]:
    return [(clock.name, clock.state, clock.due_at) for clock in (await life.view()).clocks]


def test_the_altered_process_computes_another_due_time(altered: dict[str, str]) -> None:
    options = ("--clock", "first_response", "--at", RECEIVED.isoformat(), "--json")
    done = run_desk("explain", "contently", *options, **altered)
    assert done.returncode == 0, done.stderr
    there = datetime.fromisoformat(json.loads(done.stdout)["due_at"])
    here = explained("contently", "first_response", RECEIVED).due_at
    assert isinstance(here, datetime)
    assert there > here + timedelta(days=1)


async def test_an_open_ticket_keeps_its_due_times_in_the_altered_process(
    server: WorkflowEnvironment, altered: dict[str, str], tmp_path: Path
) -> None:
    async with desk_worker(server):
        moved, stayed = [await Life.begin(server, opening(RECEIVED)) for _ in range(2)]
        promised = await clocks(moved)
        await go_on(stayed)
        expected = await clocks(stayed)
    replayed = await replayed_in(altered, server)
    assert (replayed["replayed"], replayed["failed"]) == (2, [])
    async with MailCatcher() as mails:
        output = tmp_path / "worker.txt"
        async with worker_process(server, mails.port, output, **altered):
            assert await clocks(moved) == promised
            await go_on(moved)
            became = await clocks(moved)
    assert [clock[:2] for clock in became] == [clock[:2] for clock in expected]
    assert len(became) > 1
    for (_, _, due), (_, _, expected_due) in zip(became, expected, strict=True):
        assert due is not None
        assert expected_due is not None
        assert abs(due - expected_due) < A_MOMENT


async def replayed_in(altered: dict[str, str], server: WorkflowEnvironment) -> Any:
    given = temporal_variables(server.client) | altered
    done = await asyncio.to_thread(run_desk, "replay", "--open", "--json", **given)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
