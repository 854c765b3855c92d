"""An account: its state, and the only ways in which that changes.

`act` is somebody's action, `close_month` the account's own. An action is tried on a draft of
the state, which is kept only when nothing refused it: a refused action changes nothing.
"""

from datetime import datetime
from typing import Any

from policies.account_terms import AccountTerms
from workflows.account import months
from workflows.account.actions import RULES
from workflows.account.messages import AccountAction
from workflows.account.state import AccountState, Handled
from workflows.account.tidying import tidy
from workflows.ticket.contents import Content
from workflows.ticket.messages import Act
from workflows.ticket.refusals import IdReused, WrongRole


class Account:
    """One account, alive. Everything here is deterministic; `at` is passed in, in UTC."""

    def __init__(self, state: AccountState) -> None:
        self.state = state

    @classmethod
    def begin(cls, terms: AccountTerms, at: datetime) -> "Account":
        """An account that comes into being; months that ended lately are closed at once."""
        first = months.first(terms, at)
        account = cls(AccountState(terms=terms, next_month=str(first) if first else None))
        account.catch_up(at)
        return account

    def check(self, action: AccountAction, act: Act[Content], at: datetime) -> None:
        """Returns when the action can be taken now, or was; raises the Refusal otherwise."""
        Account(self.state.draft()).act(action, act, at)

    def act(self, action: AccountAction, act: Act[Any], at: datetime) -> str | None:
        """Takes an action; the id of the entry it made or changed. The same id again is the
        same action, and changes nothing.
        """
        known = self.state.handled.get(act.id)
        if known is not None and known.fingerprint != act.fingerprint:
            raise IdReused("id_reused", id=act.id)
        if known is not None:
            return known.entry
        self.catch_up(at)
        rule, draft = RULES[action], self.state.draft()
        if act.actor.role not in rule.by:
            raise WrongRole("wrong_role", action=action, may=rule.by, role=act.actor.role)
        entry = rule.effect(draft, act, at)
        draft.handled[act.id] = Handled(fingerprint=act.fingerprint, entry=entry)
        tidy(draft, at)
        self.state = draft
        return entry

    def catch_up(self, at: datetime) -> None:
        """Closes every month that has ended by now, in their order."""
        while (ends := months.closes_at(self.state)) is not None and ends <= at:
            months.close(self.state, ends)
            tidy(self.state, ends)
