"""Parameters that routes share: ticket numbers and idempotency keys.

These dependencies are coroutines although they never wait: FastAPI runs plain functions in another
thread, and on a busy machine the two thread switches cost more than the work.
"""

import re
from typing import Annotated, TypeAlias

from fastapi import Depends, Header, Path, Request

from api.http.problem_types import INVALID_REQUEST
from api.http.problems import FieldError, Problem
from api.http.validation_errors import parameters_of, unknown
from workflows.client.tickets import TicketUnknown

_NUMBER = r"^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$"


async def _number(
    number: Annotated[
        str,
        Path(
            description="Ticket number: three groups of four characters. Case and hyphens do not "
            "matter.",
            examples=["7K2M-0QXW-9HTE"],
            json_schema_extra={"pattern": _NUMBER},
        ),
    ],
) -> str:
    written = _as_written(number)
    # Not a constraint of the parameter: a malformed number is an unknown ticket (404), not a 422.
    if not re.fullmatch(_NUMBER, written):
        raise TicketUnknown("there is no ticket with this number")
    return written


def _as_written(number: str) -> str:
    """A number as Durable Desk writes it: in capitals, in groups of four."""
    characters = number.replace("-", "").upper() if number.isascii() else number
    return "-".join(characters[start : start + 4] for start in range(0, len(characters), 4))


async def refuse_unknown_parameters(request: Request) -> None:
    """Rejects unknown parameters: a misspelled filter would silently match everything."""
    names = parameters_of(request.scope["endpoint"])
    errors = tuple(
        FieldError(field=name, message=unknown(name, names))
        for name in dict.fromkeys(request.query_params)
        if name not in names
    )
    if errors:
        raise Problem(INVALID_REQUEST, "unknown query parameters", errors=errors)


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
