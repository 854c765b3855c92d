"""An account: its state and every way in which the state changes.

Actions enter by `act`; `catch_up` closes the months that have ended. Both record events, and the
outbox gets the notices of these events. `check` refuses actions that are not possible. `act` does
not check again: a replay would check an old action by the rules of this release.
"""

from datetime import datetime
from typing import Any

from policies.accounts.account_terms import AccountTerms
from workflows.account import months, service_levels
from workflows.account.actions import RULES
from workflows.account.messages import AccountAction, AccountEventType
from workflows.account.outbox import Outbox
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
            AccountState(terms=terms, begun_at=at, next_month=str(first) if first else None)
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
        """Closes every month and period that has ended by now, oldest first."""
        while (ends := closes_next(self.state)[0]) is not None and ends <= at:
            since = self.state.last_event
            if ends == months.closes_at(self.state):
                months.close(self.state, ends)
            else:
                service_levels.close(self.state, max(ends, self.state.changed_at))
            self.outbox.announce(since)
            prune(self.state, ends)

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


def closes_next(state: AccountState) -> tuple[datetime | None, str]:
    """When the next month or period is closed, and what that is; None if nothing will be."""
    month, period = months.closes_at(state), service_levels.closes_at(state)
    if month is not None and (period is None or month <= period):
        return month, f"close {state.next_month}"
    return period, "settle service levels"
