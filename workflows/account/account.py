"""An account: its state, and the only ways in which that changes.

`act` is somebody's action, `catch_up` the account's own; notices become owed by what they note.
`check` says whether an action is possible; what it let pass is never judged again, so that no
rule of a later version refuses, on replay, what was accepted.
"""

from datetime import datetime
from typing import Any

from policies.accounts.account_terms import AccountTerms
from workflows.account import months
from workflows.account.actions import RULES
from workflows.account.messages import AccountAction, AccountEventType
from workflows.account.outbox import Outbox
from workflows.account.retention import prune
from workflows.account.state import AccountState, Handled
from workflows.shared.action_request import SYSTEM, ActionInput, ActionRequest
from workflows.shared.refusals import IdReused, WrongRole


class Account:
    """One account, alive. Everything here is deterministic; `at` is passed in, in UTC."""

    def __init__(self, state: AccountState) -> None:
        self.restore(state)

    @classmethod
    def begin(cls, terms: AccountTerms, at: datetime) -> "Account":
        """An account that comes into being; months that ended lately are closed at once."""
        first = months.first(terms, at)
        account = cls(AccountState(terms=terms, next_month=str(first) if first else None))
        account.catch_up(at)
        return account

    def restore(self, state: AccountState) -> None:
        """Goes back to an earlier state, as if nothing had happened since."""
        self.state = state
        self.outbox = Outbox(state)

    def check(self, action: AccountAction, act: ActionRequest[ActionInput], at: datetime) -> None:
        """Returns when the action can be taken now, or was; raises the Refusal otherwise."""
        if self.has_handled(act):
            return
        rule = RULES[action]
        if act.actor.role not in rule.by:
            raise WrongRole("wrong_role", action=action, may=rule.by, role=act.actor.role)
        account = Account(self.state.draft())
        account.catch_up(at)
        rule.check(account.state, act, at)

    def act(self, action: AccountAction, act: ActionRequest[Any], at: datetime) -> str | None:
        """Takes an action that `check` found possible; the id of the entry it made or changed.
        The same id again is the same action, and changes nothing.
        """
        if self.has_handled(act):
            return self.state.handled[act.id].entry
        self.catch_up(at)
        since = self.state.last_event
        entry = RULES[action].effect(self.state, act, at)
        self.outbox.announce(since)
        self.state.handled[act.id] = Handled(fingerprint=act.fingerprint, entry=entry)
        prune(self.state, at)
        return entry

    def has_handled(self, act: ActionRequest[Any]) -> bool:
        """Whether this very action was taken before; IdReused when another one was."""
        known = self.state.handled.get(act.id)
        if known is not None and known.fingerprint != act.fingerprint:
            raise IdReused("id_reused", id=act.id)
        return known is not None

    def catch_up(self, at: datetime) -> None:
        """Closes every month that has ended by now, in their order."""
        while (ends := months.closes_at(self.state)) is not None and ends <= at:
            since = self.state.last_event
            months.close(self.state, ends)
            self.outbox.announce(since)
            prune(self.state, ends)

    def undeliverable(self, key: str, error: str, at: datetime) -> None:
        """A notice cannot be delivered; it stays on the record, and is told to the desk."""
        record, since = self.outbox.fail(key, error), self.state.last_event
        data = {
            "key": key,
            "template": record.template,
            "audience": record.audience,
            "to": record.to.email,
            "error": error,
        }
        self.state.record_event(AccountEventType.NOTICE_UNDELIVERABLE, at, SYSTEM, data)
        if record.template != AccountEventType.NOTICE_UNDELIVERABLE:
            self.outbox.announce(since)
