"""Parameters that routes share: ticket numbers, keys, and no others than are documented.

They wait for nothing, and are coroutines all the same: FastAPI has a plain function run by another
thread, and on a busy machine two changes of threads cost more than anything they do.
"""

import re
from typing import Annotated, TypeAlias

from fastapi import Depends, Header, Path, Request

from api.http.problems import INVALID_REQUEST, FieldError, Problem
from api.http.validation_errors import parameters_of, unknown
from workflows.client.tickets import TicketUnknown

_NUMBER = r"^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$"


async def _number(
    number: Annotated[
        str,
        Path(
            description="The ticket number: three groups of four.",
            examples=["7K2M-0QXW-9HTE"],
            json_schema_extra={"pattern": _NUMBER},
        ),
    ],
) -> str:
    # Not a constraint of the parameter: a number that none can have is a ticket unknown.
    if not re.fullmatch(_NUMBER, number):
        raise TicketUnknown("there is no ticket of that number")
    return number


async def refuse_unknown_parameters(request: Request) -> None:
    """A misspelt filter would quietly filter nothing, so it is an error."""
    known = parameters_of(request.scope["endpoint"])
    errors = tuple(
        FieldError(field=name, message=unknown(name, known))
        for name in dict.fromkeys(request.query_params)
        if name not in known
    )
    if errors:
        raise Problem(INVALID_REQUEST, "there are unknown query parameters", errors=errors)


Number: TypeAlias = Annotated[str, Depends(_number)]
"""The number of a ticket, from the path."""

Key: TypeAlias = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,128}$",
        description="Makes a repetition safe: the same request by the same caller with the same "
        "key is done once, and answered the same.",
        examples=["8e03978e-40d5-43dd-bc93-6894a57f9324"],
    ),
]
"""The key that makes a request repeatable."""
