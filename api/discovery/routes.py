"""The routes of discovery: the caller, the accounts, the agents, and the policies."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from activities.ports import ContractUnavailable, UnknownAccount
from api.dependencies import Dependencies, DependsOnDesk
from api.discovery.models import (
    AccountEntry,
    AccountFilters,
    AccountList,
    AgentEntry,
    AgentFilters,
    AgentList,
    Me,
    Offer,
    OfferFilters,
    PolicyEntry,
)
from api.discovery.offers import offer_of, offer_to
from api.http import problem_types
from api.http.auth import AuthenticCaller
from api.http.openapi import problem_responses
from api.http.parameters import refuse_unknown_parameters
from api.http.problems import Problem
from api.identity.agents import Agent
from api.identity.caller import Caller
from api.identity.grantable import (
    ERASE_PERSONAL_DATA,
    ERASERS,
    EXPORT_PERSONAL_DATA,
    EXPORTERS,
    OPEN_TICKET,
    account_actions,
    ticket_actions,
)
from api.identity.own_policies import own_policies
from policies.loading.policy_catalog import UnknownPolicy
from policies.schema.policy import SupportPolicy
from policies.vocabulary import Action
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.ticket_request import OPENERS

router = APIRouter(tags=["Discovery"], dependencies=[Depends(refuse_unknown_parameters)])
_READING = (problem_types.UNAUTHENTICATED, problem_types.INVALID_REQUEST)
_OF_CONTRACTS = (*_READING, problem_types.CONTRACT_UNAVAILABLE)


@router.get(
    "/me",
    operation_id="read_me",
    summary="Read the caller",
    response_model_exclude_none=True,
    responses=problem_responses(*_READING),
)
async def read_me(caller: AuthenticCaller) -> Me:
    """The actor that the token stands for, and what it can do: the actions of its role, or those of
    them that the token is limited to.
    """
    actor = caller.actor
    return Me(
        id=actor.id,
        role=actor.role,
        name=actor.name,
        email=caller.email,
        account=caller.account,
        accounts=None if caller.accounts is None else tuple(sorted(caller.accounts)),
        scope=caller.scope,
        opens_tickets=actor.role in OPENERS and caller.may_take(OPEN_TICKET),
        exports_personal_data=actor.role in EXPORTERS and caller.may_take(EXPORT_PERSONAL_DATA),
        erases_personal_data=actor.role in ERASERS
        and caller.may_take(ERASE_PERSONAL_DATA)
        and not caller.is_limited,
        actions=tuple(filter(caller.may_take, ticket_actions(actor.role))),
        account_actions=tuple(filter(caller.may_take, account_actions(actor.role))),
    )


@router.get(
    "/accounts",
    operation_id="list_accounts",
    summary="List accounts",
    response_model_exclude_none=True,
    responses=problem_responses(*_OF_CONTRACTS),
)
async def list_accounts(
    desk: DependsOnDesk, caller: AuthenticCaller, filters: Annotated[AccountFilters, Query()]
) -> AccountList:
    """The accounts that the token may see, by id."""
    if caller.accounts is None:
        accounts = await desk.contracts.accounts(desk.catalog.slugs)
    else:
        accounts = tuple(sorted(caller.accounts))
    rest = [account for account in accounts if account > (filters.cursor or "")]
    page = rest[: filters.limit]
    return AccountList(
        accounts=tuple([await _entry(desk, account) for account in page]),
        next_cursor=page[-1] if len(rest) > len(page) else None,
    )


@router.get(
    "/agents",
    operation_id="list_agents",
    summary="List agents",
    response_model_exclude_none=True,
    responses=problem_responses(*_READING, problem_types.WRONG_ROLE),
)
async def list_agents(
    desk: DependsOnDesk, caller: AuthenticCaller, filters: Annotated[AgentFilters, Query()]
) -> AgentList:
    """The agents that a ticket can be assigned to, by id. A token limited to accounts gets those
    who can see one of them.
    """
    roles = ACTIONS[Action.ASSIGN].by
    if caller.actor.role not in roles:
        raise Problem(
            problem_types.WRONG_ROLE, f"the list of agents is for the roles {', '.join(roles)}"
        )
    known = (agent for agent in desk.agents.all() if agent.is_known_to(caller))
    rest = [agent for agent in known if agent.id > (filters.cursor or "")]
    page = rest[: filters.limit]
    return AgentList(
        agents=tuple(_agent(agent, caller) for agent in page),
        next_cursor=page[-1].id if len(rest) > len(page) else None,
    )


@router.get(
    "/policies",
    operation_id="list_policies",
    summary="List policies",
    responses=problem_responses(*_OF_CONTRACTS),
)
async def list_policies(desk: DependsOnDesk, caller: AuthenticCaller) -> list[PolicyEntry]:
    """The policies in force now. A token limited to accounts gets those of their contracts."""
    in_force = [_in_force(desk, slug) for slug in await _slugs(desk, caller)]
    return [
        PolicyEntry(
            policy=policy.policy,
            title=offer_of(policy).title,
            revision=policy.revision,
            locale=policy.locale,
        )
        for policy in in_force
        if policy is not None
    ]


@router.get(
    "/policies/{policy}",
    operation_id="read_policy",
    summary="Read what a policy offers",
    response_model_exclude_none=True,
    responses=problem_responses(
        *_OF_CONTRACTS, problem_types.POLICY_UNKNOWN, problem_types.UNKNOWN_ACCOUNT
    ),
)
async def read_policy(
    desk: DependsOnDesk,
    caller: AuthenticCaller,
    policy: Annotated[str, Path(description="Id of the policy.", examples=["contently"])],
    filters: Annotated[OfferFilters, Query()],
) -> Offer:
    """What a request under the policy can be: channels, kinds, priorities, and the facts with
    their questions, choices and words.

    The contract of an account can replace values of its policy: with `account`, the offer is that
    of the account. A token of one account always gets the offer of its own.
    """
    account = filters.account or caller.account
    if account is not None and not caller.may_see(account):
        # The same message as for an account that does not exist.
        raise UnknownAccount(f"There is no account {account!r}")
    found = _in_force(desk, policy) if policy in await _slugs(desk, caller) else None
    contract = await desk.contracts.find(account) if found and account else None
    if found is None or (contract is not None and contract.policy != policy):
        raise Problem(problem_types.POLICY_UNKNOWN, "there is no such policy in force")
    if contract is None:
        return offer_of(found, filters.locale)
    return offer_to(contract, found, filters.locale)


def _agent(agent: Agent, caller: Caller) -> AgentEntry:
    visible = None if agent.accounts is None else tuple(filter(caller.may_see, agent.accounts))
    return AgentEntry(id=agent.id, name=agent.name, email=agent.email, accounts=visible)


async def _slugs(desk: Dependencies, caller: Caller) -> tuple[str, ...]:
    return await own_policies(caller, desk.catalog, desk.contracts)


def _in_force(desk: Dependencies, slug: str) -> SupportPolicy | None:
    try:
        return desk.catalog.in_force(slug, desk.now())
    except UnknownPolicy:
        return None


async def _entry(desk: Dependencies, account: str) -> AccountEntry:
    try:
        contract = await desk.contracts.find(account)
    except (ContractUnavailable, UnknownAccount):
        return AccountEntry(account=account, is_usable=False)
    return AccountEntry(
        account=account, name=contract.name, policy=contract.policy, plan=contract.plan
    )
