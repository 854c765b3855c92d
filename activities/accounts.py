"""The activity by which tickets report to the account they belong to."""

from datetime import datetime
from typing import Protocol

from pydantic import BaseModel, ConfigDict
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.ports import UnknownAccount


class LateResolution(BaseModel):
    """A cycle of a ticket's `resolution` clock that was completed after it was due."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    account: str
    ticket: str
    cycle: int = 1
    priority: str | None = None
    due_at: datetime
    resolved_at: datetime

    @property
    def id(self) -> str:
        """The same for the same report, however often it is made."""
        return f"late:{self.ticket}:{self.cycle}:{int(self.resolved_at.timestamp())}"


class ReportRefused(Exception):
    """An account does not take a report; trying again changes nothing."""


class AccountBooks(Protocol):
    """Keeps what accounts are owed."""

    async def report_late_resolution(self, late: LateResolution) -> None:
        """Earns the account of a ticket its credits, once.

        Raises ReportRefused or UnknownAccount for good, and anything else for now.
        """


class AccountReports:
    """The activities that report to accounts."""

    def __init__(self, books: AccountBooks) -> None:
        self._books = books

    @activity.defn
    async def report_late_resolution(self, late: LateResolution) -> None:
        """Report a late resolution. It may be repeated; a breach has an identity, and counts
        once.
        """
        try:
            await self._books.report_late_resolution(late)
        except (ReportRefused, UnknownAccount) as error:
            activity.logger.error("Account %s: %s", late.account, error)
            raise ApplicationError(
                str(error), type=type(error).__name__, non_retryable=True
            ) from error
