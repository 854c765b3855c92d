"""`assign` to `me`: the person that the token stands for."""

from typing import Annotated, Any, cast

from pydantic import (
    BaseModel,
    Field,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    create_model,
)
from pydantic.config import JsonDict

from api.http.body import Body
from api.http.problem_types import INVALID_CONTENT
from api.http.problems import FieldError, Problem
from api.identity.caller import Caller
from api.tickets.action_bodies import body_of
from workflows.ticket.actions.assignment import Assign
from workflows.ticket.model.fields import ME, Assignee

_DESCRIPTION = "Without one, nobody is assigned. `me` is the person of the token."


def assignment_body() -> type[Body]:
    """The body of `assign`, in which the assignee can be `me`."""
    strict = body_of(Assign)
    # Not a union with `me`, of which errors would name the parts instead of the fields.
    stated: Any = strict.model_fields["assignee"].annotation
    kind: Any = Annotated[stated, WrapValidator(_or_me)]
    field: Any = Field(default=None, description=_DESCRIPTION, json_schema_extra=_add_me)
    body = create_model(
        strict.__name__, __base__=strict, __doc__=strict.__doc__, assignee=(kind, field)
    )
    return cast("type[Body]", body)


def assignment_of(body: BaseModel, caller: Caller) -> dict[str, Any]:
    """The content of the action; a 422 problem if the token states no address for `me`."""
    if getattr(body, "assignee", None) == ME:
        return {"assignee": _assignee(caller).model_dump()}
    return body.model_dump(exclude_unset=True)


def _or_me(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    return ME if value == ME else handler(value)


def _add_me(schema: JsonDict) -> None:
    kinds = cast("list[Any]", schema["anyOf"])
    kinds.insert(1, {"const": ME, "type": "string"})


def _assignee(caller: Caller) -> Assignee:
    actor = caller.actor
    if caller.email is None:
        wrong = "this token states no e-mail address; give id, name and email of the assignee"
        errors = (FieldError(field="assignee", message=wrong),)
        raise Problem(INVALID_CONTENT, f"assignee: {wrong}", errors=errors)
    return Assignee(id=actor.id, name=actor.name or actor.id, email=caller.email)
