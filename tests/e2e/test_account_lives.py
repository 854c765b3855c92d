"""Lives of accounts on the real server, up to a year long, through continue-as-new."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from policies.vocabulary import NoticeStatus
from tests.e2e.account_lives import ACCOUNT_LIVES, beginning_on, desk_for_accounts
from tests.harness import RecordingMailer
from tests.workflows.account.life import SHORT_RUNS, AccountLife
from workflows.account.model.views import AccountView
from workflows.temporal.dev_server import start_time_skipping_server


@pytest_asyncio.fixture(scope="module")
async def short_runs() -> AsyncIterator[WorkflowEnvironment]:
    """A server with short workflow runs."""
    async with await start_time_skipping_server(SHORT_RUNS) as server:
        yield server


async def lived(
    name: str, env: WorkflowEnvironment, mailer: RecordingMailer
) -> tuple[AccountLife, AccountView]:
    """Runs a life on this server; returns it with the state of the account at its end."""
    async with desk_for_accounts(env, mailer):
        life = await ACCOUNT_LIVES[name](beginning_on(env), mailer)
        return life, await life.view()


@pytest.mark.clause(
    "contentsquare/availability", "contentsquare/resolution-credit", "contentsquare/claims"
)
async def test_a_contract_year_keeps_its_entries_over_several_runs(
    short_runs: WorkflowEnvironment,
) -> None:
    mailer = RecordingMailer()
    life, view = await lived("contract_year", short_runs, mailer)
    assert len(await life.runs()) > 1
    assert [m.month for m in view.months][-12:] == [f"2027-{month:02d}" for month in range(1, 13)]
    assert {c.id: (c.credits, str(c.state)) for c in view.credits} == {
        "month:2027-02": (2, "claimed"),
        "ticket:7K2M-0QXW-9HTE:resolution:1": (3, "refused"),
        "ticket:7K2M-0QXW-9HTE:resolution:2": (1, "expired"),
        "month:2027-07": (3, "claimed"),
    }
    assert [str(claim.state) for claim in view.claims] == ["accepted", "refused", "accepted"]
    assert {notice.status for notice in view.notices} == {NoticeStatus.SENT}
    assert len({letter["Message-ID"] for letter in mailer.emails}) == len(mailer.emails) == 12


async def test_undelivered_notices_delay_nothing(
    short_runs: WorkflowEnvironment,
) -> None:
    mailer = RecordingMailer()
    _, view = await lived("letters_lost", short_runs, mailer)
    statuses = [notice.status for notice in view.notices]
    assert statuses.count(NoticeStatus.UNDELIVERABLE) == 1
    assert statuses.count(NoticeStatus.OWED) == 0
    assert view.months[-1].month == "2027-03"


@pytest.mark.clause("prismic/enablement")
async def test_hours_are_those_of_the_year_of_their_date(short_runs: WorkflowEnvironment) -> None:
    _, view = await lived("hours_of_workshops", short_runs, RecordingMailer())
    years = {str(year.begins): str(year.booked) for year in view.years}
    assert years == {"2027-06-01": "8"}
    assert len(view.sessions) == 3
