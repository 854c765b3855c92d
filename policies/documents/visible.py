"""Text of unknown origin, made visible: what a terminal would obey, or a reader could not see.

Escape sequences move the cursor and rewrite what was printed; marks of writing direction show other
words than there are. Both become escapes such as `\\u001b`. Inside JSON these are the same text.
"""

import re

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
    "\ufeff\ufffe\uffff]"
)
_BREAKS = re.compile("[\t\n]")


def visible(text: str) -> str:
    """The text, of which only line breaks and tabs have an effect."""
    return text if text.isprintable() else _HIDDEN.sub(_escape, text)


def visible_line(text: str) -> str:
    """The text in one line."""
    return text if text.isprintable() else _BREAKS.sub(_escape, _HIDDEN.sub(_escape, text))


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
