"""Parameters that routes share: ticket numbers, idempotency keys and versions.

These dependencies are coroutines although they never wait: FastAPI runs plain functions in another
thread, and on a busy machine the two thread switches cost more than the work.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Annotated, TypeAlias

from fastapi import Depends, Header, Path, Request

from api.http.problem_types import INVALID_REQUEST
from api.http.problems import FieldError, Problem
from api.http.validation_errors import (
    MOST_ERRORS,
    is_repeatable,
    parameters_of,
    shortened,
    unknown,
)
from workflows.client.ticket_errors import TicketUnknown
from workflows.ticket.model.fields import canonical_number

_NUMBER = r"^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$"
_VERSION = re.compile(r'"([0-9]{1,9})(\.[0-9a-f]+)?"')
_MOST_VERSIONS = 20
_SINGLE_HEADERS = ("Idempotency-Key", "If-Match", "If-None-Match")


async def _number(
    number: Annotated[
        str,
        Path(
            description="Ticket number: three groups of four characters, in any case, with or "
            "without hyphens.",
            examples=["7K2M-0QXW-9HTE"],
            json_schema_extra={"pattern": "^[0-9A-Za-z]{4}-?[0-9A-Za-z]{4}-?[0-9A-Za-z]{4}$"},
        ),
    ],
) -> str:
    # Not a constraint of the parameter: a malformed number is an unknown ticket (404), not a 422.
    canonical = str(canonical_number(number))
    if not re.fullmatch(_NUMBER, canonical):
        raise TicketUnknown("there is no ticket with this number")
    return canonical


async def refuse_unknown_parameters(request: Request) -> None:
    """Rejects unknown parameters, and repeated ones and headers that have a single value: a
    misspelled filter would match everything, and all values but one would be ignored.
    """
    errors = tuple(islice(_parameter_errors(request), MOST_ERRORS))
    if errors:
        detail = "; ".join(f"{error.field}: {error.message}" for error in errors)
        raise Problem(INVALID_REQUEST, detail, errors=errors)


def _parameter_errors(request: Request) -> Iterator[FieldError]:
    endpoint, query = request.scope["endpoint"], request.query_params
    names = parameters_of(endpoint)
    for name in dict.fromkeys(query):
        if name not in names:
            yield FieldError(field=shortened(name), message=unknown(name, names))
        elif len(query.getlist(name)) > 1 and not is_repeatable(endpoint, name):
            yield FieldError(field=name, message="can be given only once")
    for header in _SINGLE_HEADERS:
        if len(request.headers.getlist(header)) > 1:
            yield FieldError(field=header, message="can be given only once")


Number: TypeAlias = Annotated[str, Depends(_number)]
"""The ticket number in the path."""

Key: TypeAlias = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,128}$",
        description="Makes retries safe: the same request by the same caller with the same key "
        "takes effect once, and every retry gets the same response.",
        examples=["8e03978e-40d5-43dd-bc93-6894a57f9324"],
    ),
]
"""The idempotency key, if any."""


async def _versions(
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match",
            max_length=1_000,
            description="Takes the action only if the ticket has not changed: the `ETag` of a "
            'reading, or `"17"` for `version` 17. Otherwise the response is 412.',
            examples=['"17"'],
        ),
    ] = None,
) -> tuple[int, ...] | None:
    """The versions of `If-Match`; None without it, and for `*`. Other tags match no version."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = [_VERSION.fullmatch(tag.strip()) for tag in if_match.split(",")]
    return tuple(int(version[1]) for version in found[:_MOST_VERSIONS] if version)


IfVersions: TypeAlias = Annotated[tuple[int, ...] | None, Depends(_versions)]
"""The versions of a ticket at which an action may be taken; None for any."""

IfNoneMatch: TypeAlias = Annotated[
    str | None,
    Header(
        alias="If-None-Match",
        max_length=1_000,
        description="The `ETag` of an earlier reading. If it is still right, the response is 304.",
    ),
]
"""The entity tags that the caller has, if any."""
