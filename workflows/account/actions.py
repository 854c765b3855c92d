"""What can be done on an account, by whom, when, and what it does: one table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from policies.business_time.months import Month
from policies.vocabulary import Role
from workflows.account import credits, enablement, outages
from workflows.account.messages import AccountAction, AccountEventType, AdoptTerms
from workflows.account.refusals import NoSuchEntry
from workflows.account.state import AccountState
from workflows.shared.action_request import ActionRequest

CUSTOMER = (Role.REQUESTER, Role.SERVICE, Role.ACCOUNT_MANAGER)

Check = Callable[[AccountState, ActionRequest[Any], datetime], None]
"""Returns when an action is possible; raises the Refusal otherwise, and changes nothing."""
Effect = Callable[[AccountState, ActionRequest[Any], datetime], str | None]
"""Changes the state by an action that was checked; the id of the entry concerned."""


@dataclass(frozen=True)
class Rule:
    """Who may take an action, whether it is possible, and what it does."""

    by: tuple[Role, ...]
    check: Check
    effect: Effect


def check_adoption(state: AccountState, act: ActionRequest[AdoptTerms], at: datetime) -> None:
    """Whether these are terms of this account."""
    del at
    new, old = act.content.terms, state.terms
    if new.account != old.account:
        raise NoSuchEntry("other_account", account=new.account, own=old.account)


def adopt_terms(state: AccountState, act: ActionRequest[AdoptTerms], at: datetime) -> None:
    """The account goes on under other terms, from the open month on; credits that were earned
    keep their claim period. Availability promised anew is measured from this month on.
    """
    state.terms = new = act.content.terms
    if new.availability is None:
        state.next_month = None
    elif state.next_month is None:
        state.next_month = str(Month.at(max(at, new.begins_at or at), new.zone))
    data = {"policy": new.policy, "revision": str(new.revision), "plan": new.plan}
    state.record_event(AccountEventType.TERMS_ADOPTED, at, act.actor, data, act.id)


RULES: dict[AccountAction, Rule] = {
    AccountAction.RECORD_OUTAGE: Rule((Role.OPERATOR,), outages.check_record, outages.record),
    AccountAction.END_OUTAGE: Rule((Role.OPERATOR,), outages.check_end, outages.end),
    AccountAction.CORRECT_OUTAGE: Rule((Role.OPERATOR,), outages.check_correction, outages.correct),
    AccountAction.BOOK_SESSION: Rule(CUSTOMER, enablement.check_booking, enablement.book),
    AccountAction.CANCEL_SESSION: Rule(CUSTOMER, enablement.check_cancellation, enablement.cancel),
    AccountAction.CLAIM_CREDITS: Rule(CUSTOMER, credits.check_claim, credits.claim),
    AccountAction.REFUSE_CLAIM: Rule(
        (Role.OPERATOR, Role.ACCOUNT_MANAGER), credits.check_refusal, credits.refuse_claim
    ),
    AccountAction.REPORT_LATE_COMPLETION: Rule(
        (Role.SYSTEM,), credits.check_report, credits.report
    ),
    AccountAction.ADOPT_TERMS: Rule((Role.OPERATOR, Role.SYSTEM), check_adoption, adopt_terms),
}
