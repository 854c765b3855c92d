"""The client of accounts: actions, queries, and reports of tickets.

Nothing else starts or updates an account workflow. The first action on an account starts it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any, NoReturn, TypeAlias

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowExecutionStatus,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import (
    QueryRejectCondition,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.account_reports import ReportRefused
from activities.ports import ContractDirectory
from policies.accounts.account_settlement import account_terms
from policies.accounts.account_terms import AccountTerms
from policies.accounts.lateness import Lateness
from policies.accounts.outcomes import ClockOutcome
from policies.business_time.periods import Period
from policies.loading.policy_catalog import PolicyCatalog
from workflows.account import views
from workflows.account.account import Account
from workflows.account.model.action_inputs import AccountAction, ReportLateness, ReportOutcome
from workflows.account.model.ticket_credits import TicketCredits
from workflows.account.model.views import AccountReply, AccountView, MonthView
from workflows.account.refusals import ACCOUNT_REFUSALS, AccountRefusalDetails
from workflows.account.workflow import AccountStart, AccountWorkflow
from workflows.client.calls import DeskUnavailable, query, unavailable, update_with_start
from workflows.client.tickets import AnyInput
from workflows.client.turns import Turns
from workflows.shared.action_request import SYSTEM, ActionRequest
from workflows.shared.markdown import plain
from workflows.shared.refusals import IdReused
from workflows.shared.texts.phrases import PHRASES
from workflows.temporal.connection import (
    ACCOUNT_PREFIX,
    RPC_TIMEOUT,
    TASK_QUEUE,
    account_workflow_id,
)

TermsOf: TypeAlias = Callable[[str], Awaitable[AccountTerms]]
"""Returns the terms of an account. Raises UnknownAccount or ContractUnavailable."""


class AccountRefused(Exception):
    """An account refused an action. `kind` is the class of the refusal, `reason` its text in
    `language`.
    """

    def __init__(self, kind: str, reason: str, details: AccountRefusalDetails) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.clause = details.clause
        self.language = details.language


class AccountEnded(DeskUnavailable):
    """Somebody ended the workflow of the account in Temporal, for example by `terminate`.

    Its entries are in its history, so no other one begins in its place: an operator restores it.
    """

    def __init__(self, account: str) -> None:
        super().__init__(
            f"the workflow of the account {account!r} was ended in Temporal; "
            "an operator must reset it, see DeskAccountEnded in the runbook"
        )


class _NotBegun(LookupError):
    """The account has had no action yet, so it has no workflow."""


class AccountClient:
    """The accounts of one desk, through a Temporal client."""

    def __init__(self, client: Client, task_queue: str = TASK_QUEUE) -> None:
        """New accounts go to `task_queue`."""
        self._client = client
        self._task_queue = task_queue
        self._turns = Turns()

    async def act(
        self, terms: AccountTerms, action: AccountAction, request: ActionRequest[AnyInput]
    ) -> AccountReply:
        """Takes an action, or raises AccountRefused. A repeated id returns the same reply.

        A new account starts with these terms. Raises AccountEnded, or DeskUnavailable.
        """
        try:
            async with self._turns.of(terms.account):
                reply: AccountReply = await update_with_start(
                    self._client,
                    start_operation(terms, self._task_queue),
                    str(action),
                    request,
                    id=request.id,
                    reply=AccountReply,
                )
        except WorkflowAlreadyStartedError as error:
            raise AccountEnded(terms.account) from error
        except WorkflowUpdateFailedError as error:
            _raise_refusal(error)
        except (RPCError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
            workflow_id = account_workflow_id(terms.account)
            raise await unavailable(self._client, workflow_id) from error
        if reply.fingerprint != request.fingerprint:
            reason = IdReused("id_reused", id=request.id).text(terms.locale)
            details = AccountRefusalDetails(language=PHRASES.language(terms.locale))
            raise AccountRefused(IdReused.__name__, reason, details)
        return reply

    async def view(self, terms: AccountTerms, at: datetime) -> AccountView:
        """Everything about an account; without a workflow, as it would start.

        Raises AccountEnded, or DeskUnavailable.
        """
        try:
            view: AccountView = await self._query(terms.account, AccountWorkflow.view, at)
        except _NotBegun:
            return views.view(Account.begin(terms, at).state, at)
        return view

    async def recorded(self, account: str, at: datetime) -> AccountView | None:
        """Everything on the record about an account; None if it has had no action yet."""
        try:
            view: AccountView = await self._query(account, AccountWorkflow.view, at)
        except _NotBegun:
            return None
        return view

    async def all_recorded(self) -> AsyncIterator[str]:
        """The ids of all accounts that have had an action. Raises DeskUnavailable."""
        try:
            async for account in recorded_accounts(self._client):
                yield account
        except RPCError as error:
            raise DeskUnavailable("accounts cannot be listed at the moment") from error

    async def availability(
        self, terms: AccountTerms, period: Period, at: datetime
    ) -> MonthView | None:
        """The availability of one month, or other period; None if it is not measured."""
        name = AccountWorkflow.availability
        try:
            view: MonthView | None = await self._query(terms.account, name, period.name, at)
        except _NotBegun:
            return views.month(Account.begin(terms, at).state, period, at)
        return view

    async def credits_of_ticket(
        self, account: str, number: str, at: datetime
    ) -> list[TicketCredits]:
        """What the lateness of a ticket has earned; nothing if the account has had no action yet.

        Raises AccountEnded, or DeskUnavailable.
        """
        name = AccountWorkflow.credits_of_ticket
        try:
            credits: list[TicketCredits] = await self._query(account, name, number, at)
        except _NotBegun:
            return []
        return credits

    async def _query(self, account: str, name: Any, *args: Any) -> Any:
        workflow_id = account_workflow_id(account)
        handle = self._client.get_workflow_handle_for(AccountWorkflow.run, workflow_id)
        try:
            not_open = QueryRejectCondition.NOT_OPEN
            return await query(self._client, handle, name, *args, reject_condition=not_open)
        except WorkflowQueryRejectedError as error:
            raise AccountEnded(account) from error
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise _NotBegun(account) from error
            raise await unavailable(self._client, workflow_id) from error


class AccountReporter:
    """Delivers reports of tickets to their accounts (the adapter of `AccountLedger`)."""

    def __init__(self, client: Client, terms_of: TermsOf, task_queue: str = TASK_QUEUE) -> None:
        self._accounts = AccountClient(client, task_queue)
        self._terms_of = terms_of

    async def report_lateness(self, late: Lateness) -> None:
        """Reports a late completion, which counts once however often it is reported."""
        content = ReportLateness(lateness=late)
        request = ActionRequest[ReportLateness](id=late.id, actor=SYSTEM, content=content)
        await self._report(late.account, AccountAction.REPORT_LATENESS, request)

    async def report_outcome(self, outcome: ClockOutcome) -> None:
        """Reports the outcome of a clock, which counts once however often it is reported."""
        content = ReportOutcome(outcome=outcome)
        request = ActionRequest[ReportOutcome](id=outcome.id, actor=SYSTEM, content=content)
        await self._report(outcome.account, AccountAction.REPORT_OUTCOME, request)

    async def _report(
        self, account: str, action: AccountAction, request: ActionRequest[AnyInput]
    ) -> None:
        terms = await self._terms_of(account)
        try:
            await self._accounts.act(terms, action, request)
        except AccountRefused as refused:
            raise ReportRefused(refused.reason) from refused


def terms_finder(
    catalog: PolicyCatalog, contracts: ContractDirectory, now: Callable[[], datetime]
) -> TermsOf:
    """Terms by the contract of an account and the policy in force."""

    async def terms_of(account: str) -> AccountTerms:
        contract = await contracts.find(account)
        at = now()
        return account_terms(catalog.in_force(contract.policy, at), contract, at.year)

    return terms_of


async def recorded_accounts(client: Client) -> AsyncIterator[str]:
    """The ids of all accounts that have had an action, also of those whose workflow was ended; one
    that was restored comes twice. Raises RPCError.
    """
    # A failed workflow was refused at its start, so there are no entries in it.
    listed = "WorkflowType = 'Account' AND ExecutionStatus NOT IN ('ContinuedAsNew', 'Failed')"
    async for execution in client.list_workflows(listed, rpc_timeout=RPC_TIMEOUT):
        yield execution.id.removeprefix(ACCOUNT_PREFIX)


async def ended_accounts(client: Client) -> int:
    """The number of accounts whose workflow was ended, and not restored. Raises RPCError."""
    over = "WorkflowType = 'Account' AND ExecutionStatus NOT IN ('Running', 'ContinuedAsNew')"
    listed = client.list_workflows(over, rpc_timeout=RPC_TIMEOUT)
    ids = {execution.id async for execution in listed}
    return sum([await _has_ended(client, id) for id in ids])


async def _has_ended(client: Client, workflow_id: str) -> bool:
    """Whether the latest run has ended; lists have those before a reset as well, and deleted ones
    for a moment.
    """
    try:
        found = await client.get_workflow_handle(workflow_id).describe(rpc_timeout=RPC_TIMEOUT)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return found.status is not WorkflowExecutionStatus.RUNNING


def start_operation(
    terms: AccountTerms, task_queue: str = TASK_QUEUE
) -> WithStartWorkflowOperation[AccountWorkflow, None]:
    """Starts an account workflow, unless there is one."""
    return WithStartWorkflowOperation(
        AccountWorkflow.run,
        AccountStart(terms=terms),
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        **start_options(terms, task_queue),
    )


def start_options(terms: AccountTerms, task_queue: str = TASK_QUEUE) -> dict[str, Any]:
    """The start options of an account workflow: id, task queue, summary."""
    return {
        "id": account_workflow_id(terms.account),
        "task_queue": task_queue,
        # An ended account must not begin again without its credits and bookings.
        "id_reuse_policy": WorkflowIDReusePolicy.REJECT_DUPLICATE,
        "static_summary": plain(views.headline(terms)),
    }


def _raise_refusal(error: WorkflowUpdateFailedError) -> NoReturn:
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.type in ACCOUNT_REFUSALS:
        details = [AccountRefusalDetails.model_validate(d) for d in cause.details[:1]]
        first = details[0] if details else AccountRefusalDetails()
        raise AccountRefused(cause.type, cause.message, first) from error
    raise error
