"""The actions of an account: one table of roles, checks and effects."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from policies.business_time.months import Month
from policies.vocabulary import Role
from workflows.account import allowance, credits, outages, service_levels
from workflows.account.messages import AccountAction, AccountEventType, AdoptTerms
from workflows.account.refusals import NoSuchEntry
from workflows.account.state import AccountState
from workflows.shared.action_request import ActionRequest

CUSTOMER = (Role.REQUESTER, Role.SERVICE, Role.ACCOUNT_MANAGER)

Check = Callable[[AccountState, ActionRequest[Any], datetime], None]
"""Raises the Refusal if an action is not possible. Changes nothing."""
Effect = Callable[[AccountState, ActionRequest[Any], datetime], str | None]
"""Changes the state by a checked action; returns the id of the entry it made or changed."""


@dataclass(frozen=True)
class Rule:
    """One action: the roles that may take it, its check, and its effect."""

    by: tuple[Role, ...]
    check: Check
    effect: Effect


def check_adoption(state: AccountState, request: ActionRequest[AdoptTerms], at: datetime) -> None:
    """The terms are for this account."""
    del at
    new, old = request.content.terms, state.terms
    if new.account != old.account:
        raise NoSuchEntry("other_account", account=new.account, own=old.account)


def adopt_terms(state: AccountState, request: ActionRequest[AdoptTerms], at: datetime) -> None:
    """Other terms apply from the open month on. Credits keep their claim period.

    Availability that was not promised before is measured from this month on.
    """
    state.terms = new = request.content.terms
    if new.availability is None:
        state.next_month = None
    elif state.next_month is None:
        state.next_month = str(Month.at(max(at, new.begins_at or at), new.zone))
    credits.price(state)
    data = {"policy": new.policy, "revision": str(new.revision), "plan": new.plan}
    state.record_event(AccountEventType.TERMS_ADOPTED, at, request.actor, data, request.id)


RULES: dict[AccountAction, Rule] = {
    AccountAction.RECORD_OUTAGE: Rule((Role.OPERATOR,), outages.check_record, outages.record),
    AccountAction.END_OUTAGE: Rule((Role.OPERATOR,), outages.check_end, outages.end),
    AccountAction.CORRECT_OUTAGE: Rule((Role.OPERATOR,), outages.check_correction, outages.correct),
    AccountAction.BOOK_SESSION: Rule(CUSTOMER, allowance.check_booking, allowance.book),
    AccountAction.CANCEL_SESSION: Rule(CUSTOMER, allowance.check_cancellation, allowance.cancel),
    AccountAction.CLAIM_CREDITS: Rule(CUSTOMER, credits.check_claim, credits.claim),
    AccountAction.REFUSE_CLAIM: Rule(
        (Role.OPERATOR, Role.ACCOUNT_MANAGER), credits.check_refusal, credits.refuse_claim
    ),
    AccountAction.REPORT_LATENESS: Rule((Role.SYSTEM,), credits.check_report, credits.report),
    AccountAction.REPORT_OUTCOME: Rule(
        (Role.SYSTEM,), service_levels.check_report, service_levels.report
    ),
    AccountAction.ADOPT_TERMS: Rule((Role.OPERATOR, Role.SYSTEM), check_adoption, adopt_terms),
}
