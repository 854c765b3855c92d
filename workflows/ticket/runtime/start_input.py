"""The input of a ticket workflow as Temporal hands it over, whoever started it.

An exception while the input is decoded would fail the workflow task again and again, and the start
would run for ever. So the workflow takes the raw input, any number of arguments included, and
decodes it here: what cannot be a ticket is a `StartRefused`, with which the workflow fails at once.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from temporalio import workflow
from temporalio.api.common.v1 import Payload as RawPayload
from temporalio.common import RawValue

from policies.coverage.stated_facts import Objection
from workflows.temporal.connection import ticket_workflow_id
from workflows.ticket.model.fields import TICKET_NUMBER
from workflows.ticket.model.refusals import INVALID_REQUEST, StartRefused
from workflows.ticket.model.request_errors import objections_to
from workflows.ticket.model.start import Start
from workflows.ticket.model.ticket_number import number_of_key
from workflows.ticket.model.ticket_request import TicketStart

NO_ARGUMENT = RawValue(RawPayload())
LARGEST_REQUEST = 256 * 1024
"""Bytes of a request, as over HTTP."""
ARGUMENT = "input"
"""The field of an objection to the input as a whole."""
WORKFLOW_ID = "workflow_id"
OPTIONS = "options"

Result = TypeVar("Result")
Model = TypeVar("Model", bound=BaseModel)


def any_arguments(function: Callable[[Any, RawValue], Result]) -> Callable[..., Result]:
    """`function` with one argument, however many a start had; the decoder refuses wrong numbers."""

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


def decoded(start: RawValue) -> Start | TicketStart:
    """A start by this project, or a request of another Temporal client. Raises StartRefused."""
    own = _decoded_as(Start, start)
    if own.carried is not None:
        return own
    number, wrong = _number(workflow.info().workflow_id)
    if own.opening is None:
        return _request(start, number, wrong)
    if own.opening.number != number:
        raise _invalid(*wrong, Objection("opening.number", "is not that of the workflow"))
    return own


def _request(start: RawValue, number: str, wrong: list[Objection]) -> TicketStart:
    """The request of another client. Its objections are reported all at once."""
    if len(start.payload.data) > LARGEST_REQUEST:
        raise _invalid(Objection(ARGUMENT, f"is larger than {LARGEST_REQUEST // 1024} KiB"))
    wrong = [*wrong, *_options()]
    request = _decoded_as(TicketStart, start, wrong)
    wrong += _key(request, number)
    if wrong:
        raise _invalid(*wrong)
    return request


def _decoded_as(model: type[Model], start: RawValue, wrong: Iterable[Objection] = ()) -> Model:
    try:
        found = workflow.payload_converter().from_payload(start.payload, model)
    except ValidationError as error:
        raise _invalid(*objections_to(model, error), *wrong) from error
    except Exception as error:
        raise _not_json() from error
    if not isinstance(found, model):
        raise _not_json()
    return found


def _number(workflow_id: str) -> tuple[str, list[Objection]]:
    """The ticket number of a workflow id, and what is wrong with it."""
    prefix = ticket_workflow_id("")
    number = workflow_id.removeprefix(prefix)
    if workflow_id.startswith(prefix) and TICKET_NUMBER.fullmatch(number):
        return number, []
    reason = (
        f"is not {prefix} and a ticket number: three groups of four capital letters or digits, "
        f"for example {prefix}7K2M-0QXW-9HTE"
    )
    return number, [Objection(WORKFLOW_ID, reason)]


def _key(request: TicketStart, number: str) -> Iterator[Objection]:
    if request.key is None:
        return
    right = number_of_key(request.opened_by.id, request.key)
    if number != right:
        reason = f"belongs to the workflow id {ticket_workflow_id(right)}; use it, or omit the key"
        yield Objection("key", reason)


def _options() -> Iterator[Objection]:
    """Objections to start options that would end or repeat the ticket by themselves."""
    info = workflow.info()
    for name, limit in (
        ("execution timeout", info.execution_timeout),
        ("run timeout", info.run_timeout),
    ):
        if limit is not None and limit > timedelta(0):
            yield Objection(OPTIONS, f"a ticket must have no {name}: it would end while it is open")
    if info.cron_schedule:
        yield Objection(OPTIONS, "a ticket must have no cron schedule: it opens once")


def _not_json() -> StartRefused:
    reason = "is not one JSON object (encoding json/plain) with the fields of a request"
    return _invalid(Objection(ARGUMENT, reason))


def _invalid(*objections: Objection) -> StartRefused:
    named = (Objection(o.field or ARGUMENT, o.reason) for o in objections)
    return StartRefused(INVALID_REQUEST, tuple(named))
