"""Validation errors of the settings, as lines for a terminal."""

from collections.abc import Iterator

from pydantic import ValidationError

from settings import PREFIX


def explain_settings_error(error: ValidationError) -> str:
    """One line for each invalid variable."""
    return "\n".join(["The settings are invalid:", *(f"  {line}" for line in _lines(error))])


def _lines(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_input=False, include_context=False, include_url=False):
        # A default that is derived from an invalid setting; that setting has a line of its own.
        if problem["type"] == "default_factory_not_called":
            continue
        message = problem["msg"].removeprefix("Value error, ")
        if problem["loc"]:
            yield f"{PREFIX}{str(problem['loc'][0]).upper()}: {message}"
        else:
            yield message
