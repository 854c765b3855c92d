"""The argument of an update, which a Temporal client can get wrong in any way."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from pydantic import ValidationError

from workflows.shared.callers_json import check_json
from workflows.shared.input_refusals import InputRefused, not_json, objections_to
from workflows.shared.payload import Payload


class CallersMessage(Payload):
    """A message of callers. The sender of one that cannot be decoded gets the reasons."""

    @classmethod
    def undecodable(cls, error: Exception) -> InputRefused:
        """The error of a caller whose message is not valid, with all reasons."""
        if isinstance(error, ValidationError):
            return InputRefused.invalid(*objections_to(cls, error))
        return not_json()

    @classmethod
    def check_data(cls, data: bytes) -> None:
        """Raises InputRefused if the data must not be decoded."""
        check_json(data)


def takes_one(validator: Callable[[Any, Any], None]) -> Callable[..., None]:
    """The validator of an update with one argument, which refuses null and any other number.

    Without it, Temporal would call `validator` with as many arguments as the client sent, and the
    client would get the error of Python.
    """

    @wraps(validator)
    def with_one(self: Any, *arguments: Any) -> None:
        if len(arguments) != 1 or arguments[0] is None:
            raise not_json()
        validator(self, arguments[0])

    return with_one


def takes_at_most_one(validator: Callable[[Any, Any], None]) -> Callable[..., None]:
    """The validator of an update whose argument can be null or missing."""

    @wraps(validator)
    def with_one(self: Any, *arguments: Any) -> None:
        if len(arguments) > 1:
            raise not_json()
        validator(self, arguments[0] if arguments else None)

    return with_one
