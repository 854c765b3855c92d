"""Pydantic's validation errors as findings for the author of a document."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Protocol

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from policies.business_time.likely_durations import is_round_the_clock
from policies.documents.allowed_keys import keys_allowed
from policies.documents.key_places import place_of
from policies.documents.page_words import EXAMPLES, SAME, elsewhere, guarantee, money
from policies.documents.problems import Finding, Path
from policies.documents.suggestions import one_of, quoted
from policies.schema.tables import SEPARATOR

_TAG = re.compile(r"<\w+>")
_KEY_MARK = "[key]"

_MISSING_KEYS = {
    "at": 'add the heading on the support page, for example "at: Support hours"',
    "by": 'add the dimensions, for example "by: [plan, priority]"',
    "cells": "add a cell for each value of the dimensions in `by`",
    "clause": 'add the clause of this rule, for example "clause: first-response"',
    "clauses": "add every clause of the support page under a short name",
    "of": 'add the fee, for example "of: yearly_fee"',
    "offset": "add the offset from UTC, for example 'offset: \"+02:00\"'",
    "hours": "add for example 'hours: {mon-fri: \"09:00-17:00\"}'",
    "revision": 'add the date of the support page, for example "revision: 2026-01-31"',
    "starts": 'add the events, for example "starts: [opened]"',
    "stops": 'add the events, for example "stops: [responded]"',
    "tell": 'add the audiences, for example "tell: [assignee]"',
    "within": 'add a duration, for example "within: 2 business days"',
    "zone": 'add an IANA zone, for example "zone: Europe/Stockholm"',
}
_RUNG = r"^(breach|"
_DEADLINE = frozenset(
    {"deadline", "due", "due time", "100%", "at breach", "on breach", "at deadline"}
)
_FORMATS = (
    (r"^[a-z0-9][a-z0-9_-]", 'use at most 63 lower-case letters, digits, "_" and "-"'),
    (r"^\d{2}:\d{2}-", 'write hours as "09:00-17:00"'),
    (r"^\d{2}:\d{2}$", 'write a time of day as "13:00"'),
    (_RUNG, 'write "75%", "breach", "2 business hours before" or "1 business day after"'),
    (r"^[A-Za-z0-9][A-Za-z0-9._-]", "write the name of an .ics file beside the policy"),
    (r"^[A-Z]{2}$", "write the two capital letters of the country code, for example SE"),
)
_ENDS_OF_DURATIONS = ("end of day", "same time")
"""What follows the comma of a duration. Inside braces, YAML takes it for a key without a value."""
_ROUND_THE_CLOCK = 'write hours as {mon-sun: "00:00-24:00"}, in a calendar with a name'

_STRUCTURES = frozenset({"string_type", "tuple_type", "dict_type", "model_type"})
_OF_EVERY_RULE = ("clause", "see")
_WRONG_TYPE = "has the wrong type"
_SOME = 4
"""How many keys of a mapping a message names."""

Message = tuple[str, str]
"""What is wrong, and what would be right."""
_NO_DURATION: Mapping[str, Callable[[str], Message | None]] = {
    "<duration>": guarantee,
    "<time>": money,
}
"""Texts of support pages in place of a duration, by the alternative that has it."""


class Values(Protocol):
    """The data in which an error was found."""

    def at(self, path: Path) -> Any:
        """The plain value at a path."""


def findings_from(
    error: ValidationError, document: Values, model: type[BaseModel]
) -> Iterator[Finding]:
    """Every validation error as a finding at a path of the document.

    A model may have `missing_key_hints`: what to add for a key, by its name.
    """
    hints = {**_MISSING_KEYS, **getattr(model, "missing_key_hints", {})}
    siblings = cache(document.at)
    for details in error.errors(include_url=False):
        raw = tuple(details["loc"])
        about_key = _KEY_MARK in raw
        path = tuple(p for p in raw if p != _KEY_MARK and not _TAG.fullmatch(str(p)))
        kind = details["type"]
        if _follows_from_items(details):
            continue
        if kind == "missing":
            yield _missing(path, hints)
        elif details["input"] is None and _last_name(path).startswith(_ENDS_OF_DURATIONS):
            yield Finding(path, *_cut_at_comma(_last_name(path)), about_key=True)
        elif kind == "extra_forbidden":
            yield _unknown_key(path, siblings(path[:-1]), model)
        else:
            given = path[-1] if about_key else details["input"]
            wrong, right = _in_place_of_duration(raw, given) or _message(details, given)
            if kind in _STRUCTURES and wrong.endswith(_WRONG_TYPE):
                right = _structure(kind, path, given, model) or right
            yield Finding(path, wrong, right, about_key=about_key)


def _follows_from_items(details: ErrorDetails) -> bool:
    """Whether a list is called too short only because its items have errors of their own."""
    given = details["input"]
    length = len(given) if isinstance(given, list | dict) else 0
    return details["type"] == "too_short" and length >= details["ctx"]["min_length"]


def _last_name(path: Path) -> str:
    """The last key of the file, also in a cell whose key names several values."""
    return str(path[-1]).rpartition(SEPARATOR)[2] if path else ""


def _cut_at_comma(key: str) -> Message:
    wrong = f'"{key}" is not part of the duration: inside braces, a comma ends the value'
    return wrong, f'write the duration in quotes, for example "2 business days, {key}"'


def _missing(path: Path, hints: Mapping[str, str]) -> Finding:
    key = str(path[-1])
    right = hints.get(key, f'add "{key}: ..."')
    return Finding(path[:-1], f'the key "{key}" is missing', right, about_key=True)


def _unknown_key(path: Path, siblings: Any, model: type[BaseModel]) -> Finding:
    key = str(path[-1])
    allowed = keys_allowed(model, path[:-1], siblings)
    names = tuple(part for part in path if isinstance(part, str))
    right = elsewhere(names)
    if right is None:
        # Another word for an allowed key is likelier than a key that is in the wrong part.
        place = None if SAME.get(key) in allowed else place_of(names, model)
        right = f"it is a key of {place}" if place else one_of(key, allowed)
    return Finding(path, f'the key "{key}" is unknown', right, about_key=True)


def _structure(kind: str, path: Path, given: Any, model: type[BaseModel]) -> str:
    """The correction where a list, a mapping or a table is expected; empty if there is none."""
    if kind == "tuple_type":
        return f"write a list, for example [{SAME.get(given, given)}]" if _is_word(given) else ""
    if kind == "string_type":
        allowed = keys_allowed(model, path, {"by": [], "cells": {}})
        is_table = isinstance(given, dict) and {"by", "cells"} <= {*allowed}
        return "write a table, for example {by: [plan], cells: {...}}" if is_table else ""
    own = [name for name in keys_allowed(model, path) if name not in _OF_EVERY_RULE]
    example = EXAMPLES.get(str(path[-1])) if path else None
    # A name that the policy chose, such as that of a clause, can be the same word.
    if example and (not own or re.split(r"\W", example)[1] in own):
        return f"write for example {path[-1]}: {example}"
    more = ", ..." if len(own) > _SOME else ""
    keys = f"{', '.join(own[:_SOME])}{more}"
    return f"write a mapping of keys and values, with keys such as {keys}" if own else ""


def _in_place_of_duration(location: Path, given: Any) -> Message | None:
    if not isinstance(given, str):
        return None
    texts = (_NO_DURATION[tag] for tag in location if isinstance(tag, str) and tag in _NO_DURATION)
    return next((message for text in texts if (message := text(given))), None)


def _is_word(given: Any) -> bool:
    return isinstance(given, str) and " " not in given


def _message(details: ErrorDetails, given: Any) -> Message:
    kind, context = details["type"], details.get("ctx", {})
    if kind == "value_error":
        return _validator_message(str(context["error"]), given)
    if given is None:
        return "the value is missing", _TYPES.get(kind, "add a value or remove the key")
    if isinstance(given, str) and is_round_the_clock(given):
        return f"{_value_text(given)} is not hours of a calendar", _ROUND_THE_CLOCK
    if kind in _MESSAGES:
        return _MESSAGES[kind](given, context)
    if kind in _TYPES:
        return f"{_value_text(given)} {_WRONG_TYPE}", _TYPES[kind]
    return f"{_value_text(given)}: {details['msg'].lower()}", ""


def _validator_message(message: str, given: Any) -> Message:
    wrong, _, right = message.partition("; ")
    return (f"{_value_text(given)} {wrong}" if wrong.startswith("is ") else wrong), right


def _not_allowed(given: Any, choices: Iterable[str]) -> Message:
    return f"{_value_text(given)} is not an allowed value", one_of(given, choices)


def _enum(given: Any, context: Mapping[str, Any]) -> Message:
    return _not_allowed(given, re.findall(r"'([^']*)'", context["expected"]))


def _pattern(given: Any, context: Mapping[str, Any]) -> Message:
    pattern: str = context["pattern"]
    choices = re.fullmatch(r"\^\(([a-z|]+)\)\$", pattern)
    if choices:
        return _not_allowed(given, choices[1].split("|"))
    right = next((right for start, right in _FORMATS if pattern.startswith(start)), pattern)
    if pattern.startswith(_RUNG) and (likely := _likely_rung(str(given), pattern)):
        right = f'write "{likely}"'
    return f"{_value_text(given)} has the wrong format", right


def _likely_rung(given: str, pattern: str) -> str | None:
    """The point of a ladder that is probably meant; None if there is none."""
    text = re.sub(r"\s+%", "%", given.strip().lower())
    text = re.sub(r"\s+(the )?(breach|deadline|due time|sla)$", "", text)
    text = "breach" if text in _DEADLINE else text
    text = re.sub(r"^at (?=\d)", "", text)
    return text if text != given and re.fullmatch(pattern, text) else None


def _too_short(given: Any, context: Mapping[str, Any]) -> Message:
    return (
        f"{_value_text(given)} is too short",
        f"use at least {_length(context['min_length'], given)}",
    )


def _too_long(given: Any, context: Mapping[str, Any]) -> Message:
    return (
        f"{_value_text(given)} is too long",
        f"use at most {_length(context['max_length'], given)}",
    )


def _length(number: int, given: Any) -> str:
    unit = "character" if isinstance(given, str) else "item"
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _date(given: Any, _: Mapping[str, Any]) -> Message:
    return f"{_value_text(given)} is not a valid date", "write for example 2026-12-24"


def _value_text(given: Any) -> str:
    if isinstance(given, dict):
        return "a mapping"
    return "a list" if isinstance(given, list) else quoted(given)


_MESSAGES: dict[str, Callable[[Any, Mapping[str, Any]], Message]] = {
    "enum": _enum,
    "literal_error": _enum,
    "string_pattern_mismatch": _pattern,
    "string_too_short": _too_short,
    "string_too_long": _too_long,
    "too_short": _too_short,
    "too_long": _too_long,
    "date_from_datetime_parsing": _date,
    "date_parsing": _date,
}
_TYPES = {
    "string_type": "write a text; put numbers, true and false in quotes",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "float_type": "write a number",
    "float_parsing": "write a number",
    "tuple_type": "write a list, for example [a, b]",
    "dict_type": "write a mapping of keys and values",
    "model_type": "write a mapping of keys and values",
}
