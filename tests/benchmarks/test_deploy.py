"""A changed workflow is deployed over open tickets, and none of them fails."""

import pytest_asyncio

from benchmarks.deploy import Report, deploy

TICKETS = 30
RINGING = 10
"""So that it takes seconds; `python benchmarks/deploy.py` does it over a thousand."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def report() -> Report:
    return await deploy(TICKETS, RINGING)


async def test_a_changed_workflow_takes_over_every_open_ticket(report: Report) -> None:
    assert report.failed_workflow_tasks == 0
    assert (report.replayed, report.cannot_be_replayed) == (TICKETS, 0)
    assert report.actions == TICKETS
    assert report.tasks_by_build["b"] >= TICKETS


async def test_clocks_that_were_set_by_the_old_build_ring_on_the_new_one(report: Report) -> None:
    assert 0 < report.rang <= RINGING
    assert report.rang_on_the_old_build == 0


async def test_open_tickets_keep_the_old_way_and_new_ones_take_the_new(report: Report) -> None:
    assert report.old_ways_kept == TICKETS
    assert report.new_ways_taken == 1


async def test_a_change_that_open_tickets_cannot_take_is_caught_before(report: Report) -> None:
    assert report.wrong_replayed > 0
    assert report.wrong_caught == report.wrong_replayed
