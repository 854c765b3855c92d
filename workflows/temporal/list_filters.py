"""Conditions of List Filters, the query language of Temporal's visibility store."""

from collections.abc import Iterable


def quoted(value: str) -> str:
    """A string literal; no text can break out of it."""
    escaped = value.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def any_of(name: str, values: Iterable[str]) -> str:
    """The condition that an attribute has one of these values."""
    return f"{name} IN ({', '.join(map(quoted, values))})"


def none_of(name: str, values: Iterable[str]) -> str:
    """The condition that an attribute has another value than these."""
    return f"{name} NOT IN ({', '.join(map(quoted, values))})"
