"""The activity that reports late completions to accounts."""

from typing import Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.ports import UnknownAccount
from policies.accounts.lateness import Lateness


class ReportRefused(Exception):
    """The account refuses a report. A retry changes nothing."""


class AccountLedger(Protocol):
    """The accounts, with their credits."""

    async def report_lateness(self, late: Lateness) -> None:
        """Records the credits that a late completion earns its account, once.

        ReportRefused and UnknownAccount are final; other errors can be retried.
        """


class AccountReports:
    """Reports to accounts."""

    def __init__(self, ledger: AccountLedger) -> None:
        self._ledger = ledger

    @activity.defn
    async def report_lateness(self, late: Lateness) -> None:
        """Reports a late completion. Repeated reports count once, by the identity of the breach."""
        try:
            await self._ledger.report_lateness(late)
        except (ReportRefused, UnknownAccount) as error:
            activity.logger.error("Account %s: %s", late.account, error)
            raise ApplicationError(
                str(error), type=type(error).__name__, non_retryable=True
            ) from error
