"""The input of a workflow as Temporal hands it over, whoever started it.

An exception while the input is decoded would fail the workflow task again and again, and the start
would run for ever. So workflows take the raw input, any number of arguments included, and decode it
here: a wrong one is a `InputRefused`, with which the workflow fails at once.
"""

from collections.abc import Awaitable, Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from temporalio import workflow
from temporalio.api.common.v1 import Payload as RawPayload
from temporalio.common import RawValue

from policies.coverage.stated_facts import Objection
from workflows.shared.input_refusals import InputRefused, not_json, objections_to

NO_ARGUMENT = RawValue(RawPayload())

Result = TypeVar("Result")
Model = TypeVar("Model", bound=BaseModel)


def any_arguments(function: Callable[[Any, RawValue], Result]) -> Callable[..., Result]:
    """`function` with one argument, however many a start had; `decoded_as` refuses another number.

    Without it, Temporal would call `function` with as many arguments as the start had.
    """

    @wraps(function)
    def with_one(self: Any, *arguments: RawValue) -> Result:
        return function(self, arguments[0] if len(arguments) == 1 else NO_ARGUMENT)

    return with_one


def any_arguments_async(
    function: Callable[[Any, RawValue], Awaitable[Result]],
) -> Callable[..., Awaitable[Result]]:
    """`any_arguments` for a coroutine."""

    @wraps(function)
    async def with_one(self: Any, *arguments: RawValue) -> Result:
        return await function(self, arguments[0] if len(arguments) == 1 else NO_ARGUMENT)

    return with_one


def decoded_as(model: type[Model], start: RawValue, others: Iterable[Objection] = ()) -> Model:
    """The input as this model. Raises InputRefused, which also has the `others`."""
    try:
        found = workflow.payload_converter().from_payload(start.payload, model)
    except ValidationError as error:
        raise InputRefused.invalid(*objections_to(model, error), *others) from None
    except Exception:
        raise not_json() from None
    if not isinstance(found, model):
        raise not_json()
    return found
