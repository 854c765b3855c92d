"""Reports to accounts count once, however often the activity is retried."""

from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment, WorkflowEnvironment

from activities.account_reports import AccountReports, ReportRefused
from activities.ports import UnknownAccount
from policies.accounts.account_terms import AccountTerms
from policies.accounts.lateness import Lateness
from policies.accounts.outcomes import ClockOutcome
from tests.policies.accounts.sample_accounts import CONTENTSQUARE, east
from workflows.client.accounts import AccountClient, AccountReporter

DUE = east("2027-03-10 15:00")
LATER = DUE + timedelta(hours=25)
LATE = Lateness(
    account="reporting",
    ticket="7K2M-0QXW-9HTE",
    clock="resolution",
    priority="p0",
    due_at=DUE,
    breached_at=DUE,
    late=timedelta(hours=25),
    reported_at=LATER,
    completed_at=LATER,
)
TERMS = CONTENTSQUARE.model_copy(update={"account": "reporting"})


class Refusing:
    """A ledger that refuses every report."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def report_lateness(self, late: Lateness) -> None:
        """Refuses."""
        del late
        raise self._error

    async def report_outcome(self, outcome: ClockOutcome) -> None:
        """Refuses."""
        del outcome
        raise self._error


async def terms_of(account: str) -> AccountTerms:
    assert account == TERMS.account
    return TERMS


@pytest.mark.clause("contentsquare/resolution-credit")
async def test_a_repeated_report_counts_once(desk: WorkflowEnvironment) -> None:
    reports = AccountReports(AccountReporter(desk.client, terms_of))
    for _ in range(2):
        await ActivityEnvironment().run(reports.report_lateness, LATE)
    (credit,) = (await AccountClient(desk.client).view(TERMS, LATER)).credits
    assert (credit.id, credit.days) == ("ticket:7K2M-0QXW-9HTE:resolution:1", 2)


@pytest.mark.parametrize("error", [ReportRefused("no"), UnknownAccount("no account")])
async def test_a_final_error_is_not_retried(error: Exception) -> None:
    reports = AccountReports(Refusing(error))
    with pytest.raises(ApplicationError) as failed:
        await ActivityEnvironment().run(reports.report_lateness, LATE)
    assert failed.value.non_retryable
    assert failed.value.type == type(error).__name__


async def test_a_temporary_error_is_retried() -> None:
    reports = AccountReports(Refusing(ConnectionError("nobody answers")))
    with pytest.raises(ConnectionError):
        await ActivityEnvironment().run(reports.report_lateness, LATE)
