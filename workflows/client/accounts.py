"""The client's side of an account: request on it, read it, report to it. Nothing else starts or
updates an account workflow; it comes into being with the first action.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, NoReturn, TypeAlias

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.account_reports import ReportRefused
from activities.ports import ContractDirectory
from policies.accounts.account_settlement import account_terms
from policies.accounts.account_terms import AccountTerms
from policies.accounts.late_completion import LateCompletion
from policies.business_time.months import Month
from policies.loading.policy_catalog import PolicyCatalog
from workflows.account import views
from workflows.account.account import Account
from workflows.account.messages import (
    AccountAction,
    AccountReply,
    AccountView,
    MonthView,
    ReportLateCompletion,
)
from workflows.account.refusals import ACCOUNT_REFUSALS, AccountRefusalDetails
from workflows.account.workflow import AccountStart, AccountWorkflow
from workflows.client.tickets import QUERY_PAUSES, AnyContent, DeskUnavailable
from workflows.shared.action_request import SYSTEM, ActionRequest
from workflows.shared.refusals import IdReused
from workflows.shared.texts import PHRASES
from workflows.temporal.connection import RPC_TIMEOUT, TASK_QUEUE, account_workflow_id

TermsOf: TypeAlias = Callable[[str], Awaitable[AccountTerms]]
"""Finds the terms of an account. Raises UnknownAccount or ContractUnavailable."""


class AccountRefused(Exception):
    """An account refused an action: `kind` is the class of the refusal, `reason` is for people, in
    the language that `details` name.
    """

    def __init__(self, kind: str, reason: str, details: AccountRefusalDetails) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.clause = details.clause
        self.language = details.language


class _NotBegun(LookupError):
    """Nothing happened on the account yet, so it has no workflow."""


class AccountClient:
    """The accounts of one desk, through a Temporal client."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def act(
        self, terms: AccountTerms, action: AccountAction, request: ActionRequest[AnyContent]
    ) -> AccountReply:
        """Takes an action; AccountRefused says why not. The same id again is the same action.

        An account that is not there yet begins with these terms.
        """
        operation = start_operation(terms)
        try:
            answer = await self._update(operation, action, request)
        except WorkflowUpdateFailedError as error:
            _raise_refusal(error)
        except (RPCError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
            _raise_unavailable(error)
        if answer.fingerprint != request.fingerprint:
            reason = IdReused("id_reused", id=request.id).text(terms.locale)
            details = AccountRefusalDetails(language=PHRASES.language(terms.locale))
            raise AccountRefused(IdReused.__name__, reason, details)
        return answer

    async def view(self, terms: AccountTerms, at: datetime) -> AccountView:
        """Everything about an account; one that nothing happened on is as it would begin."""
        try:
            found: AccountView = await self._query(terms, AccountWorkflow.view, at)
        except _NotBegun:
            return views.view(Account.begin(terms, at).state, at)
        return found

    async def availability(
        self, terms: AccountTerms, month: Month, at: datetime
    ) -> MonthView | None:
        """The availability of one month; None for one that is not measured."""
        query = AccountWorkflow.availability
        try:
            found: MonthView | None = await self._query(terms, query, str(month), at)
        except _NotBegun:
            return views.month(Account.begin(terms, at).state, month, at)
        return found

    async def _update(
        self,
        operation: WithStartWorkflowOperation[AccountWorkflow, None],
        action: AccountAction,
        request: ActionRequest[AnyContent],
    ) -> AccountReply:
        try:
            answer: AccountReply = await self._client.execute_update_with_start_workflow(
                str(action),
                request,
                start_workflow_operation=operation,
                id=request.id,
                result_type=AccountReply,
                rpc_timeout=RPC_TIMEOUT,
            )
        except BaseException:
            # The operation keeps the error too, and asyncio complains of one nobody looks at.
            with suppress(BaseException):
                async with asyncio.timeout(0):
                    await operation.workflow_handle()
            raise
        return answer

    async def _query(self, terms: AccountTerms, query: Any, *asked: Any) -> Any:
        handle = self._client.get_workflow_handle_for(
            AccountWorkflow.run, account_workflow_id(terms.account)
        )
        for pause in QUERY_PAUSES:
            try:
                return await handle.query(query, args=asked, rpc_timeout=RPC_TIMEOUT)
            except (RPCError, WorkflowQueryFailedError) as error:
                status = error.status if isinstance(error, RPCError) else None
                if status is RPCStatusCode.NOT_FOUND:
                    raise _NotBegun(terms.account) from error
                if status is not RPCStatusCode.FAILED_PRECONDITION:
                    _raise_unavailable(error)
            await asyncio.sleep(pause)
        raise DeskUnavailable(f"account {terms.account} is being moved to a new run; ask again")


class AccountReporter:
    """Brings what tickets report to the accounts they belong to (a port of the activities)."""

    def __init__(self, client: Client, terms_of: TermsOf) -> None:
        self._accounts = AccountClient(client)
        self._terms_of = terms_of

    async def report_late_completion(self, late: LateCompletion) -> None:
        """The account of the ticket knows of it, once however often it is reported."""
        content = ReportLateCompletion(**late.model_dump(exclude={"account"}))
        request = ActionRequest[ReportLateCompletion](id=late.id, actor=SYSTEM, content=content)
        terms = await self._terms_of(late.account)
        try:
            await self._accounts.act(terms, AccountAction.REPORT_LATE_COMPLETION, request)
        except AccountRefused as refused:
            raise ReportRefused(refused.reason) from refused


def terms_finder(
    catalogue: PolicyCatalog, contracts: ContractDirectory, now: Callable[[], datetime]
) -> TermsOf:
    """Finds terms by the contract of an account and the policy in force."""

    async def terms_of(account: str) -> AccountTerms:
        contract = await contracts.find(account)
        return account_terms(catalogue.in_force(contract.policy, now()), contract)

    return terms_of


def start_operation(terms: AccountTerms) -> WithStartWorkflowOperation[AccountWorkflow, None]:
    """The start of an account workflow, unless it runs already."""
    return WithStartWorkflowOperation(
        AccountWorkflow.run,
        AccountStart(terms=terms),
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        **start_options(terms),
    )


def start_options(terms: AccountTerms) -> dict[str, Any]:
    """Id, queue and summary of an account workflow."""
    return {
        "id": account_workflow_id(terms.account),
        "task_queue": TASK_QUEUE,
        "id_reuse_policy": WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        "static_summary": views.headline(terms),
    }


def _raise_refusal(error: WorkflowUpdateFailedError) -> NoReturn:
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.type in ACCOUNT_REFUSALS:
        found = [AccountRefusalDetails.model_validate(d) for d in cause.details[:1]]
        details = found[0] if found else AccountRefusalDetails()
        raise AccountRefused(cause.type, cause.message, details) from error
    raise error


def _raise_unavailable(error: Exception) -> NoReturn:
    raise DeskUnavailable(
        "the desk did not answer in time; the same request with the same id can be sent again"
    ) from error
