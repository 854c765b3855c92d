"""`assign` over HTTP: the assignee is `me`, the id of a known agent, or nobody.

The workflow takes a whole person, with name and address. A backend that uses Temporal states one;
a caller of the API does not, so that nobody can have notices sent to an address of their choice.
"""

from collections.abc import Iterator
from typing import Annotated, Any, cast

from pydantic import BaseModel, BeforeValidator, Field, create_model

from api.dependencies import Dependencies
from api.http.body import Body
from api.http.problem_types import INVALID_CONTENT
from api.http.problems import FieldError, Problem
from api.http.validation_errors import unknown
from api.identity.agents import Agent, AgentDirectory
from api.identity.caller import Caller
from api.tickets.access import visible_ticket
from policies.schema.contract import OneLine
from policies.vocabulary import Action
from workflows.ticket.actions.assignment import Assign
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.fields import ME, NOBODY, Assignee, is_findable

FIELD = "assignee"
EXAMPLE = {FIELD: "ada"}
_DESCRIPTION = (
    "Id of an agent, as `GET /agents` lists them; `me` is the person of the token. Without it, or "
    "with `nobody`, nobody is assigned."
)


def _written_as_id(value: object) -> object:
    if value is None or isinstance(value, str):
        return value
    raise ValueError(f'must be the id of an agent (GET /agents), "{ME}" or "{NOBODY}"')


def assignment_body() -> type[Body]:
    """The body of `assign`."""
    kind: Any = Annotated[OneLine | None, BeforeValidator(_written_as_id)]
    field: Any = Field(default=None, description=_DESCRIPTION, examples=[EXAMPLE[FIELD]])
    body = create_model("Assign", __base__=Body, __doc__=Assign.__doc__, assignee=(kind, field))
    return cast("type[Body]", body)


async def assignment_of(
    desk: Dependencies, caller: Caller, number: str, body: BaseModel
) -> dict[str, Any]:
    """The content of the action; a Problem if nobody known is meant, or somebody who may not see
    the account of the ticket.
    """
    given: str | None = getattr(body, FIELD, None)
    # The ticket refuses other roles, which learn nothing about agents.
    if given is None or given == NOBODY or caller.actor.role not in ACTIONS[Action.ASSIGN].by:
        return {}
    if given == ME:
        return {FIELD: _own(desk.agents, caller).model_dump()}
    agent = desk.agents.find(given)
    if agent is None or not agent.is_known_to(caller):
        raise _refused(unknown(given, _choices(desk.agents, caller)))
    if agent.accounts is not None:
        account = (await visible_ticket(desk, caller, number)).account
        if not agent.may_see(account):
            raise _refused(f"{given} has no access to the account {account}; assign somebody else")
    return {FIELD: _assignee(agent).model_dump()}


def _own(agents: AgentDirectory, caller: Caller) -> Assignee:
    """The person of the token: as the directory has it, else as the token states it."""
    actor, agent = caller.actor, agents.find(caller.actor.id)
    if agent is not None:
        return _assignee(agent)
    if not is_findable(actor.id):
        raise _refused(f"lists cannot be filtered by the id of this token, so {ME} has no tickets")
    if caller.email is None:
        raise _refused(
            f"this token states no e-mail address, so {ME} would get no notices: "
            "add it to the token, or this person to the agents of the desk (DESK_AGENTS_FILE)"
        )
    return Assignee(id=actor.id, name=actor.name or actor.id, email=caller.email)


def _assignee(agent: Agent) -> Assignee:
    return Assignee(id=agent.id, name=agent.name, email=agent.email)


def _choices(agents: AgentDirectory, caller: Caller) -> Iterator[str]:
    yield from (ME, NOBODY)
    yield from (agent.id for agent in agents.all() if agent.is_known_to(caller))


def _refused(wrong: str) -> Problem:
    errors = (FieldError(field=FIELD, message=wrong),)
    return Problem(INVALID_CONTENT, f"{FIELD}: {wrong}", errors=errors)
