"""Suggestions for error messages: the likely value, and the values allowed."""

import json
from collections.abc import Iterable
from difflib import get_close_matches

from policies.documents.page_words import SAME

MAX_CHOICES = 12
"""How many allowed values an error message lists."""


def quoted(value: object) -> str:
    """A value as JSON, shortened if long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else f"{text[:76]}..."


def closest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that is another word for `word`, or the most similar one, ignoring case; None if
    none is similar.
    """
    choices = tuple(choices)
    if (same := SAME.get(word.lower())) in choices:
        return same
    by_lower = {choice.lower(): choice for choice in choices}
    found = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def one_of(word: object, choices: Iterable[str]) -> str:
    """What to write instead of `word`: the likely choice, and the choices allowed."""
    known = list(dict.fromkeys(choices))
    likely = closest(str(word), [choice for choice in known if choice != word])
    # An ellipsis for one value would hide it and be no shorter.
    shown = known if len(known) == MAX_CHOICES + 1 else known[:MAX_CHOICES]
    listed = ", ".join(shown) + (", ..." if len(known) > len(shown) else "")
    allowed = f"allowed: {listed}" if known else "no value is declared"
    return f'did you mean "{likely}"? {allowed}' if likely else allowed
