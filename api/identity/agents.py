"""The agents that a ticket can be assigned to.

They come from the file of `DESK_AGENTS_FILE`, and from the static tokens of agents that state an
address. Both are the same for every API process and survive a restart, which people who were only
seen with an access token would not. A person who is in neither can still assign tickets to itself.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path as File
from typing import ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, Field

from api.identity.caller import MOST_ACCOUNTS, Caller
from api.identity.static_tokens import TokenActor
from policies.documents.document import Document
from policies.documents.problems import Finding
from policies.email_addresses import EmailAddress
from policies.loading.loader import checked
from policies.schema.contract import OneLine, Slug
from policies.vocabulary import Role
from workflows.ticket.model.fields import is_findable

MOST_AGENTS = 1_000


class Agent(BaseModel):
    """A person that a ticket can be assigned to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: OneLine = Field(description="Id, the same as that of the person's tokens and keys.")
    name: OneLine = Field(description="Display name.")
    email: EmailAddress = Field(description="Address that notices to the assignee are sent to.")
    accounts: tuple[Slug, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=MOST_ACCOUNTS,
        description="The only accounts whose tickets the person can be assigned; all without it.",
    )

    def may_see(self, account: str) -> bool:
        """Whether tickets of the account can be assigned to this agent."""
        return self.accounts is None or account in self.accounts

    def is_known_to(self, caller: Caller) -> bool:
        """Whether the agent and the caller can see the tickets of one account."""
        if self.accounts is None or caller.accounts is None:
            return True
        return not caller.accounts.isdisjoint(self.accounts)


class AgentDirectory(Protocol):
    """The known agents."""

    def find(self, id: str) -> Agent | None:
        """The agent with this id; None if there is none."""
        ...

    def all(self) -> tuple[Agent, ...]:
        """All agents by id."""
        ...


class ListedAgents:
    """The agents of a file, which can be replaced, and those of static tokens. Of two with one id,
    that of the file counts.
    """

    def __init__(
        self,
        listed: Iterable[Agent] = (),
        actors: Callable[[], Iterable[TokenActor]] = tuple,
    ) -> None:
        self._actors = actors
        self.replace(listed)

    def replace(self, listed: Iterable[Agent]) -> None:
        """These are the agents of the file from now on."""
        self._listed: Mapping[str, Agent] = {agent.id: agent for agent in listed}

    def listed(self) -> tuple[Agent, ...]:
        """The agents of the file."""
        return tuple(self._listed.values())

    def find(self, id: str) -> Agent | None:
        """As AgentDirectory."""
        return self._by_id().get(id)

    def all(self) -> tuple[Agent, ...]:
        """As AgentDirectory."""
        found = self._by_id()
        return tuple(found[id] for id in sorted(found))

    def _by_id(self) -> dict[str, Agent]:
        return {agent.id: agent for agent in _agents_of(self._actors())} | {**self._listed}


class AgentsFile(BaseModel):
    """The file of `DESK_AGENTS_FILE`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    missing_key_hints: ClassVar[Mapping[str, str]] = {
        "agents": "list the agents, each with id, name and email",
        "id": "give the id that the person's tokens and keys have, such as ada",
        "name": "give the name to show, such as Ada Agent",
        "email": "give the address for notices, such as ada@desk.example",
    }

    agents: tuple[Agent, ...] = Field(max_length=MOST_AGENTS)


def read_agents_file(file: File) -> tuple[Agent, ...]:
    """The agents in a YAML or JSON file.

    PolicyErrors lists all problems with their places; OSError if the file cannot be read.
    """
    return parse_agents(file.read_bytes(), file)


def parse_agents(content: bytes, file: File) -> tuple[Agent, ...]:
    """The agents in the content of a file; PolicyErrors lists all problems."""
    return checked(Document.read(content, str(file)), AgentsFile, _errors).agents


def _errors(file: AgentsFile) -> Iterator[Finding]:
    """The errors between the entries."""
    seen: set[str] = set()
    for index, agent in enumerate(file.agents):
        path = ("agents", index, "id")
        if agent.id in seen:
            yield Finding(path, "the id is in the list twice", "remove one of them")
        seen.add(agent.id)
        if not is_findable(agent.id):
            yield Finding(
                path,
                "lists cannot be filtered by this id",
                "use an id without quotation marks, question marks and backslashes that is not me "
                "or nobody",
            )


def _agents_of(actors: Iterable[TokenActor]) -> Iterator[Agent]:
    """The agents among the actors of tokens. One with several tokens is as its first one says."""
    seen = set()
    for actor in actors:
        if actor.role is not Role.AGENT or actor.email is None:
            continue
        if actor.id in seen or not is_findable(actor.id):
            continue
        seen.add(actor.id)
        accounts = actor.visible_accounts
        yield Agent.model_construct(
            id=actor.id,
            name=actor.name or actor.id,
            email=actor.email,
            accounts=tuple(sorted(accounts)) if accounts is not None else None,
        )
