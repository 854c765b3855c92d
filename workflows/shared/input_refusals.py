"""Refusals of what a Temporal client sends: the input of a workflow, or of an update."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from temporalio.exceptions import ApplicationError

from policies.coverage.stated_facts import Objection
from policies.documents.suggestions import one_of
from policies.i18n.phrases import FALLBACK
from workflows.shared.payload import Payload

INVALID_REQUEST = "InvalidRequest"
"""The kind of the refusal of an input that is not valid."""
ARGUMENT = "input"
"""The field of an objection to the input as a whole."""
MOST_ERRORS = 50
"""Errors that are reported; a request can have thousands."""
MOST_READ = 10_000
"""Errors of which the first are reported."""


class InputRefusal(Payload):
    """The details of the refusal of an input: all objections, and their language."""

    objections: tuple[Objection, ...]
    language: str = FALLBACK


class InputRefused(ApplicationError):
    """The error of a caller whose input is refused. A workflow that is started with it fails."""

    def __init__(
        self, kind: str, objections: Iterable[Objection], language: str = FALLBACK
    ) -> None:
        details = InputRefusal(objections=tuple(objections), language=language)
        reason = "; ".join(f"{o.field}: {o.reason}" for o in details.objections)
        super().__init__(reason, details, type=kind, non_retryable=True)

    @classmethod
    def invalid(cls, *objections: Objection) -> "InputRefused":
        """The refusal of an input that is not valid."""
        return cls(INVALID_REQUEST, (Objection(o.field or ARGUMENT, o.reason) for o in objections))


def not_json() -> InputRefused:
    """The refusal of anything but one JSON object: other data, null, or several arguments."""
    return InputRefused.invalid(Objection(ARGUMENT, "is not one JSON object (encoding json/plain)"))


def objections_to(model: type[BaseModel], error: ValidationError) -> tuple[Objection, ...]:
    """The first errors that pydantic found, without the values that were sent.

    Of very many, only the number: pydantic makes all of them at once, which takes seconds.
    """
    number = error.error_count()
    if number > MOST_READ:
        return (Objection(ARGUMENT, f"has {number:,} errors"),)
    return tuple(islice(_objections(model, error), MOST_ERRORS))


def _objections(model: type[BaseModel], error: ValidationError) -> Iterator[Objection]:
    for details in error.errors(include_url=False, include_input=False):
        path = details["loc"]
        yield Objection(".".join(map(str, path)), _reason(model, path, details))


def _reason(model: type[BaseModel], path: Sequence[object], details: Mapping[str, Any]) -> str:
    if details["type"] == "extra_forbidden":
        names = _model_at(model, path[:-1]).model_fields
        return f"is unknown; {one_of(path[-1], names)}"
    if details["type"] == "model_type":
        return "is not a JSON object"
    message = str(details["msg"]).removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def _model_at(model: type[BaseModel], path: Sequence[object]) -> type[BaseModel]:
    for name in path:
        annotation = model.model_fields[str(name)].annotation
        models = (c for c in (annotation, *get_args(annotation)) if isinstance(c, type))
        model = next(c for c in models if issubclass(c, BaseModel))
    return model
