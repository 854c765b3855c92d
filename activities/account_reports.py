"""The activity by which tickets report to the account they belong to."""

from typing import Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.ports import UnknownAccount
from policies.accounts.late_completion import LateCompletion


class ReportRefused(Exception):
    """An account does not take a report; trying again changes nothing."""


class AccountLedger(Protocol):
    """Keeps what accounts are owed."""

    async def report_late_completion(self, late: LateCompletion) -> None:
        """Earns the account of a ticket its credits, once.

        Raises ReportRefused or UnknownAccount for good, and anything else for now.
        """


class AccountReports:
    """The activities that report to accounts."""

    def __init__(self, books: AccountLedger) -> None:
        self._books = books

    @activity.defn
    async def report_late_completion(self, late: LateCompletion) -> None:
        """Report a late completion. It may be repeated; a breach has an identity, and counts
        once.
        """
        try:
            await self._books.report_late_completion(late)
        except (ReportRefused, UnknownAccount) as error:
            activity.logger.error("Account %s: %s", late.account, error)
            raise ApplicationError(
                str(error), type=type(error).__name__, non_retryable=True
            ) from error
