"""Response models of discovery."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from api.http.body import Body
from api.identity.caller import Scope
from policies.schema.contract import OneLine, Slug
from policies.vocabulary import Action, Received, Role
from workflows.account.model.action_inputs import AccountAction


class Me(BaseModel):
    """The actor of the token, and what it can do."""

    id: str = Field(examples=["ada"])
    role: Role
    name: str | None = None
    email: str | None = Field(default=None, examples=["ada@desk.example"])
    account: str | None = Field(
        default=None, description="The account that the token can see, if it is only one."
    )
    accounts: tuple[str, ...] | None = Field(
        default=None, description="The accounts that the token can see, if it is limited."
    )
    scope: Scope = Field(
        description="`own`: only the tickets of the address of the caller; `account`: all tickets "
        "of the accounts."
    )
    opens_tickets: bool
    exports_personal_data: bool
    erases_personal_data: bool = Field(
        description="Only a token for all accounts does: a person is erased from all of them."
    )
    actions: tuple[Action, ...] = Field(
        description="Actions of the token on tickets. Policy and stage can narrow them: see "
        "`allowed_actions` of a ticket."
    )
    account_actions: tuple[AccountAction, ...] = Field(
        description="Actions of the token on accounts."
    )


class AccountEntry(BaseModel):
    """An account. Without a usable contract, only its id is known."""

    account: str = Field(examples=["harbour-media"])
    name: str | None = None
    policy: str | None = None
    plan: str | None = None
    is_usable: bool = Field(
        default=True, description="Whether the contract can be read, so that tickets have terms."
    )


class AccountList(BaseModel):
    """One page of accounts, by id."""

    accounts: tuple[AccountEntry, ...]
    next_cursor: str | None = Field(
        default=None, description="Value of `cursor` for the next page; absent on the last page."
    )


class AccountFilters(Body):
    """The page of accounts to read."""

    limit: Annotated[int, Field(ge=1, le=100)] = Field(default=50, description="Accounts per page.")
    cursor: Slug | None = Field(default=None, description="`next_cursor` of the previous page.")


class AgentEntry(BaseModel):
    """An agent that a ticket can be assigned to."""

    id: str = Field(description="Value of `assignee` in `assign`.", examples=["ada"])
    name: str = Field(examples=["Ada Agent"])
    email: str = Field(examples=["ada@desk.example"])
    accounts: tuple[str, ...] | None = Field(
        default=None,
        description="The only accounts whose tickets the agent can be assigned, of those that the "
        "token can see; absent for all.",
    )


class AgentList(BaseModel):
    """One page of agents, by id."""

    agents: tuple[AgentEntry, ...]
    next_cursor: str | None = Field(
        default=None, description="Value of `cursor` for the next page; absent on the last page."
    )


class AgentFilters(Body):
    """The page of agents to read."""

    limit: Annotated[int, Field(ge=1, le=100)] = Field(default=50, description="Agents per page.")
    cursor: OneLine | None = Field(default=None, description="`next_cursor` of the previous page.")


class PolicyEntry(BaseModel):
    """A policy, and its revision for requests received now."""

    policy: str = Field(examples=["contently"])
    title: str
    revision: date
    locale: str = Field(description="Language of its texts.", examples=["en"])


class OfferFilters(Body):
    """The account that an offer is for, and its language."""

    account: Slug | None = Field(
        default=None,
        description="Account whose contract may replace values of the policy. Default: the only "
        "account of the token, if it is limited to one.",
        examples=["harbour-media"],
    )

    locale: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{2,20}$")] | None = Field(
        default=None, description="Language of the words, if the policy has it.", examples=["fr"]
    )


class Choice(BaseModel):
    """A value to send, with the words to show."""

    value: str = Field(examples=["high"])
    label: str = Field(examples=["High"])
    says: str | None = Field(default=None, description="Description in the policy.")


class Condition(BaseModel):
    """The requests for which a channel is accepted: any of each list that is given."""

    plans: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None
    priorities: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None
    received: tuple[Received, ...] | None = None
    facts: dict[str, tuple[str, ...]] | None = None


class Channel(Choice):
    """A channel. Without `when`, it is accepted for every request."""

    when: tuple[Condition, ...] | None = Field(
        default=None, description="Conditions of which one must hold."
    )


class Fact(BaseModel):
    """A fact that a request can state, and the question that asks for it."""

    name: str = Field(examples=["browser"])
    type: str = Field(examples=["string", "bool", "int", "double", "date"])
    ask: str = Field(examples=["Which browser is it?"])
    required: bool = Field(
        description="Whether some requests need it: without it, the requester is asked."
    )
    kinds: tuple[str, ...] | None = Field(
        default=None, description="The kinds of request that need it, if not all."
    )
    plans: tuple[str, ...] | None = Field(
        default=None, description="The plans that need it, if not all."
    )
    choices: tuple[Choice, ...] | None = Field(
        default=None, description="The possible values, if they are limited."
    )
    allow_other: bool = Field(default=False, description="Whether another text is accepted.")


class Offer(PolicyEntry):
    """What a request under a policy can be: the fields of `POST /tickets` and their values."""

    account: str | None = Field(
        default=None, description="Account whose contract is applied; absent for the policy itself."
    )
    plan: str | None = Field(default=None, description="Plan of that account.")
    region: str | None = Field(default=None, description="Region of that account.")
    language: str = Field(description="Language that the words are in if the policy has it.")
    plans: tuple[Choice, ...] = Field(description="Stated in the contract, not in a request.")
    regions: tuple[Choice, ...] = Field(description="Stated in the contract, not in a request.")
    kinds: tuple[Choice, ...]
    priorities: tuple[Choice, ...] = Field(description="Most urgent first.")
    channels: tuple[Channel, ...]
    defaults: dict[str, str] = Field(
        description="Values of requests that do not state one.", examples=[{"priority": "normal"}]
    )
    facts: tuple[Fact, ...]
