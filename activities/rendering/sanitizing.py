"""Untrusted text, made safe for an e-mail.

Header injection (RFC 5322 section 2.2 ends a header at CR LF) needs a line break, and Python's
folding also breaks at the Unicode separators; so text for headers loses them all. Bidirectional
overrides are dropped everywhere: with them a reader sees other words than the ones sent.
"""

import re

from pydantic import JsonValue

_LINE_BREAK = re.compile("\r\n?|[\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_ELLIPSIS = "…"
_LONGEST_WORD_TO_DROP = 24


def one_line(text: str, limit: int = 200) -> str:
    """`text` as one printable line of at most `limit` characters, fit for a header."""
    spaced = _UNPRINTABLE.sub("", _LINE_BREAK.sub(" ", text))
    return shortened(" ".join(spaced.split()), limit)


def header_text(text: str, limit: int = 200) -> str:
    """`text` as one line that every mail reader shows as exactly these characters.

    An encoded word (RFC 2047) in it would be decoded, by Python's header classes even into line
    breaks: `=?utf-8?q?x=0D=0ABcc:_me@evil.example?=` would be a header of its own.
    """
    return shortened(one_line(text, len(text)).replace("=?", "= ?"), limit)


def many_lines(text: str, limit: int = 20_000) -> str:
    """`text` with its paragraphs and without unprintable characters, fit for a body."""
    return shortened(_UNPRINTABLE.sub("", _LINE_BREAK.sub("\n", text)).strip(), limit)


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters of `text`, cut between words if a space is near."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    whole_words, _, broken = head.rpartition(" ")
    kept = whole_words if whole_words and len(broken) <= _LONGEST_WORD_TO_DROP else head
    # A zero-width joiner at the cut would glue the ellipsis to half an emoji.
    return kept.rstrip(" \n\u200d") + _ELLIPSIS


def cleaned(value: JsonValue, prose: frozenset[str], key: str = "") -> JsonValue:
    """`value` with all its strings cleaned; those under a key of `prose` keep their lines."""
    match value:
        case str():
            return many_lines(value) if key in prose else one_line(value)
        case list():
            return [cleaned(item, prose, key) for item in value]
        case dict():
            return {name: cleaned(item, prose, name) for name, item in value.items()}
        case _:
            return value
