"""Dependencies of the routes of accounts: terms, view, and the actions of the caller."""

from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Path

from activities.ports import UnknownAccount
from api.dependencies import Dependencies, DependsOnDesk
from api.http import problem_types
from api.http.action_ids import action_id
from api.http.auth import AuthenticCaller, check_granted
from api.http.body import Body
from api.http.parameters import Key
from api.http.problems import Problem
from api.identity.caller import Caller, Scope
from policies.accounts.account_terms import AccountTerms
from workflows.account.account import RULES
from workflows.account.model.action_inputs import ACCOUNT_ACTION_INPUTS, AccountAction
from workflows.account.model.views import AccountReply, AccountView
from workflows.shared.action_request import ActionInput, ActionRequest
from workflows.shared.refusals import WrongRole
from workflows.shared.texts.phrases import PHRASES


async def _terms(
    desk: DependsOnDesk,
    caller: AuthenticCaller,
    account: Annotated[
        str, Path(description="Id of the account.", examples=["harbour-media"], max_length=200)
    ],
) -> AccountTerms:
    """The current terms of the account; 404 if the caller may not read it."""
    unknown = Problem(problem_types.ACCOUNT_UNKNOWN, "there is no such account")
    if not caller.may_see(account):
        raise unknown
    if caller.scope is Scope.OWN:
        detail = "the token sees the tickets of its address, not the account"
        raise Problem(problem_types.ACCOUNT_UNKNOWN, detail)
    try:
        contract = await desk.contracts.find(account)
    except UnknownAccount:
        raise unknown from None
    now = desk.now()
    return desk.account_terms_of(desk.catalog.in_force(contract.policy, now), contract, now.year)


Terms: TypeAlias = Annotated[AccountTerms, Depends(_terms)]


def _entry(example: str) -> Any:
    """The dependency that reads the id of an entry like this one."""

    async def read(
        terms: Terms,
        entry: Annotated[
            str, Path(description="Id of an entry.", examples=[example], max_length=80)
        ],
    ) -> str:
        # A malformed id is an unknown entry (404), not a 422.
        if not (entry.isascii() and entry.isprintable()) or " " in entry:
            raise entry_missing(terms, "gone")
        return entry

    return Depends(read)


Outage: TypeAlias = Annotated[str, _entry("outage-1")]
Session: TypeAlias = Annotated[str, _entry("session-1")]
Claim: TypeAlias = Annotated[str, _entry("claim-1")]


def entry_missing(terms: AccountTerms, phrase: str, **values: object) -> Problem:
    """A 404 with a phrase in the language of the account."""
    return Problem.from_phrase(problem_types.NO_SUCH_ENTRY, terms.locale, phrase, **values)


async def _view(desk: DependsOnDesk, terms: Terms) -> AccountView:
    return await desk.accounts.view(terms, desk.now())


View: TypeAlias = Annotated[AccountView, Depends(_view)]


class AccountActions:
    """Takes actions on one account as the caller, with the idempotency key of the request."""

    def __init__(
        self, desk: Dependencies, caller: Caller, terms: AccountTerms, key: str | None
    ) -> None:
        self._desk = desk
        self._caller = caller
        self._id = action_id(caller, key)
        self.terms = terms

    async def take(self, action: AccountAction, body: Body, **more: Any) -> AccountReply:
        """Takes an action; its input is the body and `more`.

        Role and grant are checked here: a refused action must not start the workflow of a new
        account.
        """
        check_granted(self._caller, action)
        rule, role = RULES[action], self._caller.actor.role
        if role not in rule.by:
            refusal = WrongRole("wrong_role", action=action, may=rule.by, role=role)
            detail = refusal.text(self.terms.locale)
            language = PHRASES.language(self.terms.locale)
            raise Problem(problem_types.WRONG_ROLE, detail, language=language)
        content = ACCOUNT_ACTION_INPUTS[action].model_validate(body.model_dump() | more)
        request = ActionRequest[ActionInput](
            id=self._id,
            actor=self._caller.actor,
            content=content,
            received_at=self._desk.received_at(),
        )
        return await self._desk.accounts.act(self.terms, action, request)


async def _actions(
    desk: DependsOnDesk, caller: AuthenticCaller, terms: Terms, idempotency_key: Key = None
) -> AccountActions:
    return AccountActions(desk, caller, terms, idempotency_key)


Actions: TypeAlias = Annotated[AccountActions, Depends(_actions)]
