"""The types of facts."""

from datetime import date

from pydantic import JsonValue

LONGEST_TEXT = 2_000
"""Characters in a fact that is a text."""
LARGEST_NUMBER = 2**63
"""CEL counts with 64 bits."""


def is_of_type(value: JsonValue, name: str) -> bool:
    """Whether a value has a type: bool, int, double, string or date."""
    if name == "bool" or isinstance(value, bool):
        return name == "bool" and isinstance(value, bool)
    match name:
        case "date":
            return isinstance(value, str) and _is_date(value)
        case "int":
            return isinstance(value, int) and _is_in_range(value)
        case "double":
            return isinstance(value, int | float) and _is_in_range(value)
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def _is_in_range(number: float) -> bool:
    return -LARGEST_NUMBER <= number < LARGEST_NUMBER


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
