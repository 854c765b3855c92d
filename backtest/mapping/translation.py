"""Translation: the value of a column by the names in a mapping."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeVar

Meaning = TypeVar("Meaning")
ANY = "*"
"""At the end of a name: any value that begins so."""


class UnknownValueError(ValueError):
    """A value that the mapping does not have."""


def translator(names: Mapping[str, Meaning], what: str) -> Callable[[str], Meaning]:
    """Finds the meaning of a value: by its own name, else by the longest name that ends in `*` and
    fits. UnknownValueError if none fits. `what` says what the values are.
    """
    beginnings = sorted((name[:-1] for name in names if name.endswith(ANY)), key=len, reverse=True)

    @lru_cache(maxsize=4096)
    def translate(value: str) -> Meaning:
        if value in names:
            return names[value]
        fitting = next((begin for begin in beginnings if value.startswith(begin)), None)
        if fitting is None:
            raise UnknownValueError(f'the {what} "{value}" is not in the mapping')
        return names[fitting + ANY]

    return translate
