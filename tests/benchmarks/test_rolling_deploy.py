"""A changed workflow is deployed over open tickets, and none of them fails."""

import pytest_asyncio

from benchmarks.rolling_deploy import Report, deploy_on_dev_server

TICKETS = 25
SAMPLE = 8
"""Tickets that are replayed beforehand, have a clock fired and are read.

`python benchmarks/rolling_deploy.py` takes 1,000 tickets, all in the sample.
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def report() -> Report:
    return await deploy_on_dev_server(TICKETS, SAMPLE)


async def test_a_changed_workflow_takes_over_every_open_ticket(report: Report) -> None:
    assert report.failed_workflow_tasks == 0
    assert report.actions == TICKETS
    assert report.tasks_by_build["b"] >= TICKETS


async def test_histories_of_open_tickets_replay_on_the_next_build(report: Report) -> None:
    assert (report.replayed, report.cannot_be_replayed) == (SAMPLE, 0)


async def test_clocks_set_by_the_old_build_fire_on_the_new_one(report: Report) -> None:
    assert 0 < report.fired <= SAMPLE
    assert report.fired_on_the_old_build == 0


async def test_open_tickets_keep_the_old_path_and_new_tickets_take_the_new_one(
    report: Report,
) -> None:
    assert report.on_the_old_path == TICKETS
    assert report.on_the_new_path == 1


async def test_a_change_that_open_tickets_cannot_replay_is_found_before_the_deploy(
    report: Report,
) -> None:
    assert report.wrong_replayed > 0
    assert report.wrong_caught == report.wrong_replayed
