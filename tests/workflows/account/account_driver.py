"""An account for tests, without a server: actions at given times."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from policies.accounts.account_terms import AccountTerms
from policies.accounts.lateness import Lateness
from policies.terms.model.recipient import Recipient
from policies.vocabulary import Role
from tests.harness import OPERATOR, REQUESTER
from workflows.account import views
from workflows.account.account import Account
from workflows.account.model.action_inputs import ACCOUNT_ACTION_INPUTS, AccountAction
from workflows.account.model.views import AccountView
from workflows.account.state import AccountState
from workflows.shared.action_request import SYSTEM, ActionInput, ActionRequest, Actor

MANAGER = Actor(id="max", role=Role.ACCOUNT_MANAGER, name="Max Manager")
WHO = {
    AccountAction.BOOK_SESSION: REQUESTER,
    AccountAction.CANCEL_SESSION: REQUESTER,
    AccountAction.CLAIM_CREDITS: REQUESTER,
    AccountAction.REPORT_LATENESS: SYSTEM,
    AccountAction.REPORT_OUTCOME: SYSTEM,
}


def request_for(
    action: AccountAction, id: str, by: Actor | None = None, **inputs: Any
) -> ActionRequest[ActionInput]:
    """A request for an action by its usual actor."""
    actor = by or WHO.get(action, OPERATOR)
    return ActionRequest[ActionInput](
        id=id, actor=actor, content=ACCOUNT_ACTION_INPUTS[action](**inputs)
    )


class AccountDriver:
    """Drives one account through actions and time."""

    def __init__(self, terms: AccountTerms, since: datetime) -> None:
        self.account = Account.begin(terms, since)
        self._acts = self.reports = 0

    def act(
        self,
        action: AccountAction,
        at: datetime,
        id: str | None = None,
        by: Actor | None = None,
        **inputs: Any,
    ) -> str:
        """Takes an action; returns the id of the entry that it made or changed."""
        self._acts += 1
        act = request_for(action, id or f"act-{self._acts}", by, **inputs)
        self.account.check(action, act, at)
        return self.account.act(action, act, at) or ""

    def down(
        self,
        begins: datetime,
        ends: datetime | None,
        *,
        at: datetime | None = None,
        category: str = "service_failure",
        **inputs: Any,
    ) -> str:
        """Records an outage, by default when it ends."""
        return self.act(
            AccountAction.RECORD_OUTAGE,
            at or ends or begins,
            starts_at=begins,
            ends_at=ends,
            category=category,
            description="The interface does not answer.",
            **inputs,
        )

    def book(self, day: str, hours: str, at: datetime, id: str | None = None) -> str:
        """Books a session."""
        return self.act(
            AccountAction.BOOK_SESSION,
            at,
            id,
            date=date.fromisoformat(day),
            hours=Decimal(hours),
            topic="Migration",
            requested_by="Mia",
        )

    def late(
        self,
        due: datetime,
        resolved: datetime,
        *,
        ticket: str = "7K2M-0QXW-9HTE",
        clock: str = "resolution",
        cycle: int = 1,
        priority: str | None = "p1",
        requester: Recipient | None = None,
        number: int | None = None,
        overdue: bool = False,
    ) -> str:
        """Reports a ticket's clock as completed late, or as still overdue at `resolved`.

        Each report is newer than the ones before it, unless `number` says otherwise.
        """
        self.reports = number or self.reports + 1
        lateness = Lateness(
            account=self.account.state.terms.account,
            ticket=ticket,
            clock=clock,
            cycle=cycle,
            number=self.reports,
            priority=priority,
            due_at=due,
            breached_at=due,
            late=max(resolved - due, timedelta(0)),
            reported_at=resolved,
            grows=overdue,
            completed_at=None if overdue else resolved,
            requester=requester,
        )
        return self.act(AccountAction.REPORT_LATENESS, resolved, lateness=lateness)

    def claim(self, at: datetime, *credits: str) -> str:
        """Claims credits."""
        statement = "We claim what the contract gives us."
        return self.act(AccountAction.CLAIM_CREDITS, at, credits=credits, statement=statement)

    def state(self, at: datetime) -> AccountState:
        """The state at a time, with all months closed that have ended."""
        account = Account(self.account.state.draft())
        account.catch_up(at)
        return account.state

    def view(self, at: datetime) -> AccountView:
        """The view at a time."""
        return views.view(self.state(at), at)

    def notified(self) -> list[tuple[str, str, str]]:
        """Template, audience and address of each notice, oldest first."""
        notices = self.account.state.notices
        return [(n.template, n.audience, n.to.email) for n in notices]

    def credits(self, at: datetime) -> dict[str, tuple[int, str]]:
        """The days and the state of each credit."""
        return {c.id: (c.days, str(c.state)) for c in self.view(at).credits}
