"""What can be done on an account, by whom, and what it does: one table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from policies.months import Month
from policies.vocabulary import Role
from workflows.account import credits, enablement, outages
from workflows.account.messages import AccountAction, AdoptTerms
from workflows.account.refusals import NoSuchEntry
from workflows.account.state import AccountState
from workflows.ticket.messages import Act

CUSTOMER = (Role.REQUESTER, Role.SERVICE, Role.ACCOUNT_MANAGER)

Effect = Callable[[AccountState, Act[Any], datetime], str | None]
"""Changes a draft of the state, or raises the Refusal; the id of the entry concerned."""


@dataclass(frozen=True)
class Rule:
    """Who may take an action, and what it does."""

    by: tuple[Role, ...]
    effect: Effect


def adopt_terms(state: AccountState, act: Act[AdoptTerms], at: datetime) -> None:
    """The account goes on under other terms, from the open month on; credits that were earned
    keep their claim period. Availability promised anew is measured from this month on.
    """
    new, old = act.content.terms, state.terms
    if new.account != old.account:
        raise NoSuchEntry("other_account", account=new.account, own=old.account)
    state.terms = new
    if new.availability is None:
        state.next_month = None
    elif state.next_month is None:
        state.next_month = str(Month.at(max(at, new.begins_at or at), new.zone))
    data = {"policy": new.policy, "revision": str(new.revision), "plan": new.plan}
    state.note("terms_adopted", at, act.actor, data, act.id)


RULES: dict[AccountAction, Rule] = {
    AccountAction.RECORD_OUTAGE: Rule((Role.OPERATOR,), outages.record),
    AccountAction.END_OUTAGE: Rule((Role.OPERATOR,), outages.end),
    AccountAction.CORRECT_OUTAGE: Rule((Role.OPERATOR,), outages.correct),
    AccountAction.BOOK_SESSION: Rule(CUSTOMER, enablement.book),
    AccountAction.CANCEL_SESSION: Rule(CUSTOMER, enablement.cancel),
    AccountAction.CLAIM_CREDITS: Rule(CUSTOMER, credits.claim),
    AccountAction.REFUSE_CLAIM: Rule((Role.OPERATOR, Role.ACCOUNT_MANAGER), credits.refuse_claim),
    AccountAction.REPORT_LATE_RESOLUTION: Rule((Role.SYSTEM,), credits.report),
    AccountAction.ADOPT_TERMS: Rule((Role.OPERATOR, Role.SYSTEM), adopt_terms),
}
