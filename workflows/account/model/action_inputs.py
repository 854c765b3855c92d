"""The actions of an account, and their inputs."""

from enum import StrEnum

from policies.accounts.account_terms import AccountTerms
from policies.accounts.lateness import Lateness
from policies.accounts.outcomes import ClockOutcome
from policies.schema.contract import Slug
from workflows.account.model.fields import CreditIds, Day, EntryId, Hours, Instant, Line, Text
from workflows.shared.action_request import ActionInput


class AccountAction(StrEnum):
    """An action of an account. Its Temporal update has the same name."""

    RECORD_OUTAGE = "record_outage"
    END_OUTAGE = "end_outage"
    CORRECT_OUTAGE = "correct_outage"
    BOOK_SESSION = "book_session"
    CANCEL_SESSION = "cancel_session"
    CLAIM_CREDITS = "claim_credits"
    ACCEPT_CLAIM = "accept_claim"
    REFUSE_CLAIM = "refuse_claim"
    REPORT_LATENESS = "report_lateness"
    REPORT_OUTCOME = "report_outcome"
    ADOPT_TERMS = "adopt_terms"


class RecordOutage(ActionInput):
    """A period in which the service was not available, or will not be. Without an end, it lasts
    until one is recorded.
    """

    starts_at: Instant
    ends_at: Instant | None = None
    category: Slug
    description: Text
    announced_at: Instant | None = None


class EndOutage(ActionInput):
    """Ends an outage that was recorded without an end."""

    outage: EntryId
    ends_at: Instant


class CorrectOutage(ActionInput):
    """An outage as it should have been recorded; `withdrawn` if there was none."""

    outage: EntryId
    starts_at: Instant
    ends_at: Instant | None = None
    category: Slug
    announced_at: Instant | None = None
    withdrawn: bool = False
    reason: Text


class BookSession(ActionInput):
    """Books a session. Its hours count against the contract year of its date."""

    date: Day
    hours: Hours
    topic: Line
    requested_by: Line


class CancelSession(ActionInput):
    """Cancels a session. Until the day before, its hours are returned."""

    session: EntryId
    reason: Text | None = None


class ClaimCredits(ActionInput):
    """Claims service credits in writing."""

    credits: CreditIds
    statement: Text


class AcceptClaim(ActionInput):
    """Accepts a claim that waits for a review."""

    claim: EntryId
    reason: Text | None = None


class RefuseClaim(ActionInput):
    """Refuses a claim for a reason."""

    claim: EntryId
    reason: Text


class ReportLateness(ActionInput):
    """Reports how late a clock of a ticket is. Each cycle earns for itself, and counts once."""

    lateness: Lateness


class ReportOutcome(ActionInput):
    """Reports whether a clock of a ticket was in time. Each cycle counts once."""

    outcome: ClockOutcome


class AdoptTerms(ActionInput):
    """Puts the account under its contract and policy as they are now."""

    terms: AccountTerms


ACCOUNT_ACTION_INPUTS: dict[AccountAction, type[ActionInput]] = {
    AccountAction.RECORD_OUTAGE: RecordOutage,
    AccountAction.END_OUTAGE: EndOutage,
    AccountAction.CORRECT_OUTAGE: CorrectOutage,
    AccountAction.BOOK_SESSION: BookSession,
    AccountAction.CANCEL_SESSION: CancelSession,
    AccountAction.CLAIM_CREDITS: ClaimCredits,
    AccountAction.ACCEPT_CLAIM: AcceptClaim,
    AccountAction.REFUSE_CLAIM: RefuseClaim,
    AccountAction.REPORT_LATENESS: ReportLateness,
    AccountAction.REPORT_OUTCOME: ReportOutcome,
    AccountAction.ADOPT_TERMS: AdoptTerms,
}
