"""An account: its state and every way in which the state changes.

Actions enter by `act`; `catch_up` performs the duties that are due, such as closing a month. Both
record events, and the outbox gets the notices of these events. `check` refuses actions that are not
possible. `act` does not check again: a replay would check an old action by the rules of this
release. `RULES` is the one table of roles, checks and effects.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from policies.accounts.account_terms import AccountTerms
from policies.schema.remedies import CLAIM_REVIEWERS
from policies.vocabulary import Role
from workflows.account import (
    allowance,
    claims,
    credits,
    forgetting,
    months,
    outages,
    service_levels,
)
from workflows.account.model.action_inputs import AccountAction, AdoptTerms
from workflows.account.model.events import AccountEventType
from workflows.account.model.person import Person, PersonInAccount
from workflows.account.outbox import Outbox
from workflows.account.refusals import NoSuchEntry
from workflows.account.retention import prune
from workflows.account.state import AccountState, Handled
from workflows.shared.action_request import SYSTEM, ActionInput, ActionRequest
from workflows.shared.refusals import IdReused, WrongRole


class Account:
    """One account. All methods are deterministic: the time `at` is passed in, in UTC."""

    def __init__(self, state: AccountState) -> None:
        self.restore(state)

    @classmethod
    def begin(cls, terms: AccountTerms, at: datetime) -> "Account":
        """A new account. Recent months that have ended are closed at once."""
        first = months.first(terms, at)
        account = cls(
            AccountState(terms=terms, begun_at=at, next_month=first.name if first else None)
        )
        account.catch_up(at)
        return account

    def restore(self, state: AccountState) -> None:
        """Sets the state, and builds the outbox from it."""
        self.state = state
        self.outbox = Outbox(state)

    def check(
        self, action: AccountAction, request: ActionRequest[ActionInput], at: datetime
    ) -> None:
        """Raises the Refusal if the action is not possible now. A repeated action is possible."""
        if self.has_handled(request):
            return
        rule = RULES[action]
        if request.actor.role not in rule.by:
            raise WrongRole("wrong_role", action=action, may=rule.by, role=request.actor.role)
        account = Account(self.state.draft())
        account.catch_up(at)
        rule.check(account.state, request, at)

    def act(self, action: AccountAction, request: ActionRequest[Any], at: datetime) -> str | None:
        """Takes an action that `check` has allowed; returns the id of the entry it made or changed.

        The same action id again changes nothing.
        """
        if self.has_handled(request):
            return self.state.handled[request.id].entry
        self.catch_up(at)
        since = self.state.last_event
        entry = RULES[action].effect(self.state, request, at)
        self.outbox.announce(since)
        if action is not AccountAction.REPORT_OUTCOME:
            # Outcomes have numbers of their own. There are so many that others would be forgotten.
            handled = Handled(fingerprint=request.fingerprint, entry=entry)
            self.state.handled[request.id] = handled
        prune(self.state, at)
        return entry

    def has_handled(self, request: ActionRequest[Any]) -> bool:
        """Whether this action was taken before. Raises IdReused if another one has its id."""
        handled = self.state.handled.get(request.id)
        if handled is not None and handled.fingerprint != request.fingerprint:
            raise IdReused("id_reused", id=request.id)
        return handled is not None

    def catch_up(self, at: datetime) -> None:
        """Performs every duty that is due by now, oldest first."""
        while (duty := next_duty(self.state)) is not None and duty.at <= at:
            since = self.state.last_event
            duty.perform(self.state, duty.at)
            self.outbox.announce(since)
            prune(self.state, duty.at)

    def forget(self, person: Person, at: datetime) -> None:
        """Removes a person from the state. The figures stay."""
        forgetting.forget(self.state, person)
        self.state.scrubbed_at = at

    def has_of(self, person: Person) -> PersonInAccount:
        """What the account has of a person."""
        return PersonInAccount(
            mentions=forgetting.mentions(self.state, person),
            is_contact=forgetting.is_contact(self.state, person),
            scrubbed_at=self.state.scrubbed_at,
        )

    def undeliverable(self, key: str, error: str, at: datetime) -> None:
        """Marks a notice as undeliverable, which the policy may notify the support team of."""
        record, since = self.outbox.fail(key, error), self.state.last_event
        data = {
            "key": key,
            "template": record.template,
            "audience": record.audience,
            "to": record.to.email,
            "error": error,
        }
        self.state.record_event(AccountEventType.NOTICE_UNDELIVERABLE, at, SYSTEM, data)
        # No notice about an undeliverable notice of that kind, which could go on without end.
        if record.template != AccountEventType.NOTICE_UNDELIVERABLE:
            self.outbox.announce(since)


class Duty(NamedTuple):
    """An automatic step of an account: its time, its name in the Temporal UI, and its effect."""

    at: datetime
    name: str
    perform: Callable[[AccountState, datetime], None]


def next_duty(state: AccountState) -> Duty | None:
    """The earliest duty; of several at the same time, the first of `_duties`."""
    return min(_duties(state), key=lambda duty: duty.at, default=None)


def _duties(state: AccountState) -> Iterator[Duty]:
    if (at := months.closes_at(state)) is not None:
        yield Duty(at, f"close {state.next_month}", months.close)
    if (at := service_levels.closes_at(state)) is not None:
        yield Duty(at, "settle service levels", service_levels.close)
    if (at := claims.overdue_at(state)) is not None:
        yield Duty(at, "report overdue claims", claims.report_overdue)


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
        begins = max(at, new.begins_at or at).astimezone(new.zone).date()
        state.next_month = new.availability_period(begins).name
    credits.price(state)
    data = {"policy": new.policy, "revision": str(new.revision), "plan": new.plan}
    state.record_event(AccountEventType.TERMS_ADOPTED, at, request.actor, data, request.id)


RULES: dict[AccountAction, Rule] = {
    AccountAction.RECORD_OUTAGE: Rule((Role.OPERATOR,), outages.check_record, outages.record),
    AccountAction.END_OUTAGE: Rule((Role.OPERATOR,), outages.check_end, outages.end),
    AccountAction.CORRECT_OUTAGE: Rule((Role.OPERATOR,), outages.check_correction, outages.correct),
    AccountAction.BOOK_SESSION: Rule(CUSTOMER, allowance.check_booking, allowance.book),
    AccountAction.CANCEL_SESSION: Rule(CUSTOMER, allowance.check_cancellation, allowance.cancel),
    AccountAction.CLAIM_CREDITS: Rule(CUSTOMER, claims.check_claim, claims.claim),
    AccountAction.ACCEPT_CLAIM: Rule(CLAIM_REVIEWERS, claims.check_acceptance, claims.accept),
    AccountAction.REFUSE_CLAIM: Rule(CLAIM_REVIEWERS, claims.check_refusal, claims.refuse),
    AccountAction.REPORT_LATENESS: Rule((Role.SYSTEM,), credits.check_report, credits.report),
    AccountAction.REPORT_OUTCOME: Rule(
        (Role.SYSTEM,), service_levels.check_report, service_levels.report
    ),
    AccountAction.ADOPT_TERMS: Rule((Role.OPERATOR, Role.SYSTEM), check_adoption, adopt_terms),
}
