"""The activities that report late clocks, and the outcomes of clocks, to accounts."""

from collections.abc import Awaitable
from typing import Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.ports import UnknownAccount
from policies.accounts.lateness import Lateness
from policies.accounts.outcomes import ClockOutcome


class ReportRefused(Exception):
    """The account refuses a report. A retry changes nothing."""


class AccountLedger(Protocol):
    """The accounts, with their credits."""

    async def report_lateness(self, late: Lateness) -> None:
        """Records the credits that a late completion earns its account, once.

        ReportRefused and UnknownAccount are final; other errors can be retried.
        """

    async def report_outcome(self, outcome: ClockOutcome) -> None:
        """Counts the outcome of a clock for the service levels of its account, once."""


class AccountReports:
    """Reports to accounts."""

    def __init__(self, ledger: AccountLedger) -> None:
        self._ledger = ledger

    @activity.defn
    async def report_lateness(self, late: Lateness) -> None:
        """Reports a late completion. Repeated reports count once, by the identity of the breach."""
        await _report(late.account, self._ledger.report_lateness(late))

    @activity.defn
    async def report_outcome(self, outcome: ClockOutcome) -> None:
        """Reports the outcome of a clock. Repeated reports count once, by their number."""
        await _report(outcome.account, self._ledger.report_outcome(outcome))


async def _report(account: str, report: Awaitable[None]) -> None:
    try:
        await report
    except (ReportRefused, UnknownAccount) as error:
        activity.logger.error("Account %s: %s", account, error)
        raise ApplicationError(str(error), type=type(error).__name__, non_retryable=True) from error
