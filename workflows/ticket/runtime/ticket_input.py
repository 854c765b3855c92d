"""The input of a ticket workflow: a start by this project, or the request of another client."""

from collections.abc import Iterator
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RawValue

from policies.coverage.stated_facts import Objection
from workflows.shared.callers_json import check_json
from workflows.shared.input_refusals import ARGUMENT, InputRefused
from workflows.shared.start_input import decoded_as
from workflows.temporal.connection import ticket_workflow_id
from workflows.ticket.model.fields import TICKET_NUMBER
from workflows.ticket.model.ticket_number import number_of_key
from workflows.ticket.model.ticket_request import TicketStart
from workflows.ticket.state.start import Start

LARGEST_REQUEST = 256 * 1024
"""Bytes of a request, as over HTTP."""
WORKFLOW_ID = "workflow_id"
"""The field of an objection to the workflow id."""
OPTIONS = "options"
"""The field of an objection to the options of the start."""


def decoded(start: RawValue) -> Start | TicketStart:
    """A start by this project, or a request of another Temporal client. Raises InputRefused."""
    own = decoded_as(Start, start)
    if own.carried is not None:
        return own
    number, wrong = _number(workflow.info().workflow_id)
    if own.opening is None:
        return _request(start, number, wrong)
    if own.opening.number != number:
        raise InputRefused.invalid(
            *wrong, Objection("opening.number", "is not that of the workflow")
        )
    return own


def _request(start: RawValue, number: str, wrong: list[Objection]) -> TicketStart:
    """The request of another client. Its objections are reported all at once."""
    if len(start.payload.data) > LARGEST_REQUEST:
        raise InputRefused.invalid(
            Objection(ARGUMENT, f"is larger than {LARGEST_REQUEST // 1024} KiB")
        )
    check_json(start.payload.data)
    wrong = [*wrong, *_options()]
    request = decoded_as(TicketStart, start, wrong)
    wrong += _key(request, number)
    if wrong:
        raise InputRefused.invalid(*wrong)
    return request


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
    right = number_of_key(request.opened_by.id, request.account, request.key)
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
