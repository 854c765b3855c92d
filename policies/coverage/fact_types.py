"""The types of facts."""

from datetime import date

from pydantic import JsonValue


def is_of_type(value: JsonValue, name: str) -> bool:
    """Whether a value has a type: bool, int, double, string or date."""
    if name == "bool" or isinstance(value, bool):
        return name == "bool" and isinstance(value, bool)
    if name == "date":
        return isinstance(value, str) and _is_date(value)
    numbers = {"int": int, "double": int | float, "string": str}
    return isinstance(value, numbers[name])


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
