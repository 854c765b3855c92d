"""The account workflow: one account, for as long as it exists.

`run` is a loop. It performs the duties that are due, such as closing a month, starts deliveries,
sets one durable timer for the next duty, and waits until there is work again. Duties and the table
of actions are in `account.py`.

Handlers never await. The validator of an update checks the action, the handler applies it, and the
loop does the rest.

A forgotten person is removed from the state, and the account continues as new at once: the runs
before then hold nothing that is needed, and can be deleted.
"""

from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from policies.accounts.account_terms import AccountTerms
from policies.coverage.stated_facts import Objection
from workflows.account import views
from workflows.account.account import Account, next_duty
from workflows.account.credits import credits_of_ticket
from workflows.account.model.action_inputs import ACCOUNT_ACTION_INPUTS, AccountAction
from workflows.account.model.person import Person, PersonInAccount
from workflows.account.model.ticket_credits import TicketCredits
from workflows.account.model.views import AccountReply, AccountView, MonthView
from workflows.account.refusals import AccountRefusalDetails
from workflows.account.state import AccountState
from workflows.shared.action_request import ActionInput, ActionRequest
from workflows.shared.action_updates import action_update
from workflows.shared.callers_message import takes_one
from workflows.shared.cancellation import Cancellation
from workflows.shared.deliveries import Deliveries
from workflows.shared.durable_timer import DurableTimer
from workflows.shared.input_refusals import InputRefused
from workflows.shared.payload import Payload
from workflows.shared.refusals import InternalDefect, Refusal
from workflows.shared.start_input import (
    NO_ARGUMENT,
    any_arguments,
    any_arguments_async,
    decoded_as,
)
from workflows.shared.texts.phrases import PHRASES
from workflows.temporal.run_length import RunLength

FORGET_REQUESTER = "forget_requester"
"""The name of the update that removes a person."""


class AccountStart(Payload):
    """The input of an account workflow: its terms, or the state carried from the run before."""

    terms: AccountTerms | None = None
    carried: AccountState | None = None


def _action(action: AccountAction) -> Any:
    return action_update(action, ACCOUNT_ACTION_INPUTS[action], AccountReply)


@workflow.defn(name="Account")
class AccountWorkflow:
    """The promises to an account apart from its tickets: sessions, availability, credits."""

    @workflow.init
    @any_arguments
    def __init__(self, start: RawValue = NO_ARGUMENT) -> None:
        self.refusal: InputRefused | None = None
        self.changed = True
        # An account exists as long as its customer: a cancellation has no effect.
        self.cancellation = Cancellation()
        self.names_the_forgotten = False
        """Whether the history of this run names a person who was removed from the state."""
        try:
            self.account = _begin(decoded_as(AccountStart, start))
        except InputRefused as refusal:
            self.refusal = refusal
            return
        self.timer = DurableTimer()
        self.run_length = RunLength()
        self.deliveries = Deliveries(self.account, self._catch_up_now)

    @workflow.run
    @any_arguments_async
    async def run(self, start: RawValue = NO_ARGUMENT) -> None:
        """Runs for as long as the account exists, from one continue-as-new to the next."""
        del start
        if self.refusal is not None:
            raise self.refusal
        while not self._can_continue_as_new:
            self._do_due_work()
            await self.cancellation.wait(lambda: self._has_work or self._can_continue_as_new)
        self.deliveries.stop()
        await self.cancellation.wait(
            lambda: self.deliveries.are_stopped and workflow.all_handlers_finished()
        )
        workflow.continue_as_new(AccountStart(carried=self.account.state))

    @workflow.query(name="account", description="Everything about the account")
    def view(self, at: datetime) -> AccountView:
        """The account at a time. The caller states it, because time stands still in an idle
        workflow.
        """
        return views.view(self._as_of(at), max(at, workflow.now()))

    @workflow.query(name="availability", description="The availability of one month")
    def availability(self, month: str, at: datetime) -> MonthView | None:
        """The availability of one month; None if it is not measured."""
        state = self._as_of(at)
        return views.month(state, state.period(month), max(at, workflow.now()))

    @workflow.query(name="credits_of_ticket", description="What the lateness of a ticket earned")
    def credits_of_ticket(self, number: str, at: datetime) -> list[TicketCredits]:
        """The credits for each late cycle of a ticket, at a time."""
        return list(credits_of_ticket(self._as_of(at), number, at))

    @workflow.query(name="personal_data", description="What the account has of a person")
    def personal_data(self, person: Person) -> PersonInAccount:
        """What the account has of a person, by hashes."""
        has = self.account.has_of(person)
        return has.model_copy(update={"is_renewing": self.names_the_forgotten})

    @workflow.update(name=FORGET_REQUESTER, description="Removes a person from the account")
    async def forget_requester(self, person: Person) -> None:
        """Removes a person from the state, by hashes, and continues as new."""
        before = self.account.state.draft()
        try:
            self.account.forget(person, workflow.now())
        except Exception as error:
            self.account.restore(before)
            raise _refused(FORGET_REQUESTER, error, before.terms.locale) from error
        self.changed = self.names_the_forgotten = True

    @forget_requester.validator
    @takes_one
    def _check_person(self, person: Person) -> None:
        del person
        if self.refusal is not None:
            raise self.refusal

    def details(self) -> str:
        """The account in Markdown, for the Temporal UI."""
        return views.details(self.account.state, workflow.now())

    record_outage = _action(AccountAction.RECORD_OUTAGE)
    end_outage = _action(AccountAction.END_OUTAGE)
    correct_outage = _action(AccountAction.CORRECT_OUTAGE)
    book_session = _action(AccountAction.BOOK_SESSION)
    cancel_session = _action(AccountAction.CANCEL_SESSION)
    claim_credits = _action(AccountAction.CLAIM_CREDITS)
    accept_claim = _action(AccountAction.ACCEPT_CLAIM)
    refuse_claim = _action(AccountAction.REFUSE_CLAIM)
    report_lateness = _action(AccountAction.REPORT_LATENESS)
    report_outcome = _action(AccountAction.REPORT_OUTCOME)
    adopt_terms = _action(AccountAction.ADOPT_TERMS)

    def _as_of(self, at: datetime) -> AccountState:
        """A copy of the state in which every duty is performed that is due by then."""
        account = Account(self.account.state.draft())
        account.catch_up(at)
        return account.state

    @property
    def _can_continue_as_new(self) -> bool:
        self.run_length.look()
        if self.names_the_forgotten or self.run_length.is_long:
            return self.deliveries.is_safe_to_abandon or self.run_length.is_overdue
        return False

    @property
    def _has_work(self) -> bool:
        return self.changed or self.timer.fired or self.deliveries.needs_attention

    def _do_due_work(self) -> None:
        """One pass of the loop."""
        self.changed = self.timer.fired = self.deliveries.needs_attention = False
        self._catch_up_now()
        if not self.names_the_forgotten:
            self.deliveries.start()
        duty = next_duty(self.account.state)
        self.timer.set(duty.at if duty else None, duty.name if duty else "")

    def _catch_up_now(self) -> datetime:
        """Performs the duties that are due, so that they precede a change that is made now."""
        now = workflow.now()
        self.account.catch_up(now)
        return now

    def _stands_at(self, request: ActionRequest[ActionInput]) -> datetime:
        return request.stands_at(self.account.state.changed_at, workflow.now())

    def _validate(self, action: AccountAction, request: ActionRequest[ActionInput]) -> None:
        if self.refusal is not None:
            raise self.refusal
        try:
            self.account.check(action, request, self._stands_at(request))
        except Exception as error:
            raise _refused(action, error, self.account.state.terms.locale) from error

    async def _apply(
        self, action: AccountAction, request: ActionRequest[ActionInput]
    ) -> AccountReply:
        """Applies an action that the validator accepted.

        It is not checked again: a replay would check an old action by the rules of this release.
        """
        self.changed = True
        at, before = self._stands_at(request), self.account.state.draft()
        try:
            entry = self.account.act(action, request, at)
        except Exception as error:
            # A defect costs one refused action, not the account: an exception that left the handler
            # would fail the workflow task again and again.
            self.account.restore(before)
            raise _refused(action, error, before.terms.locale) from error
        return views.reply(self.account.state, entry, request.fingerprint, at)


def _refused(action: str, error: Exception, locale: str) -> ApplicationError:
    if not isinstance(error, Refusal):
        workflow.logger.error("%s failed and was undone", action, exc_info=error)
        error = InternalDefect("defect", action=action)
    details = AccountRefusalDetails(clause=error.clause, language=PHRASES.language(locale))
    return ApplicationError(error.text(locale), details, type=type(error).__name__)


def _begin(start: AccountStart) -> Account:
    if start.carried is not None:
        return Account(start.carried)
    if start.terms is None:
        raise InputRefused.invalid(Objection("terms", "are missing"))
    return Account.begin(start.terms, workflow.now())
