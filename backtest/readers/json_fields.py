"""The values of JSON objects as the texts of fields."""

from typing import Any

from backtest.log.unreadable import Reason, Unreadable
from backtest.readers.json_objects import BrokenObject

LONGEST_VALUE = 1_000
"""Characters of a value; no state, priority or name is longer, and the rest is cut off."""
_NAMES = ("name", "value", "displayName", "key", "id")


def text_of(value: Any) -> str | None:
    """A value as a text: that of an object is its name, and a list has those of its items."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return next((text for name in _NAMES if (text := text_of(value.get(name)))), None)
    if isinstance(value, list):
        return ", ".join(text for item in value if (text := text_of(item))) or None
    # Half of a pair of surrogates is no character, and cannot be printed.
    text = str(value)[:LONGEST_VALUE]
    return text.encode("utf-8", "backslashreplace").decode()


def object_of(value: Any) -> dict[str, Any]:
    """The object, or an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def objects_of(value: Any) -> list[dict[str, Any]]:
    """The objects in a list. ValueError if it is no list of objects."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ValueError("it is no list of objects")
    return value


def unreadable(broken: BrokenObject, ticket: str | None) -> Unreadable:
    """An object that cannot be read, with its line."""
    text = f"line {broken.line}: {broken.why}"
    return Unreadable(Reason.BROKEN, broken.number, text, ticket)
