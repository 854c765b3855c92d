"""Translation: what Pydantic says of a document, in words for the person who wrote it."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from policies.documents.allowed_keys import keys_allowed
from policies.documents.problems import Finding, Path
from policies.documents.suggestions import one_of, quoted

_TAG = re.compile(r"<\w+>")
_KEY_MARK = "[key]"

_TO_ADD = {
    "at": 'say where the page has it, for example "at: Support hours"',
    "by": 'name the dimensions, for example "by: [plan, priority]"',
    "cells": "give the cells by the dimensions that `by` names",
    "clause": 'name the clause it follows from, for example "clause: first-response"',
    "clauses": "list every promise of the page, by a short name",
    "hours": "write for example 'hours: {mon-fri: \"09:00-17:00\"}'",
    "revision": 'give the date of the page, for example "revision: 2026-01-31"',
    "starts": 'name the events, for example "starts: [opened]"',
    "stops": 'name the events, for example "stops: [responded]"',
    "tell": 'name who is told, for example "tell: [assignee]"',
    "within": 'write for example "within: 2 business days"',
    "zone": 'name an IANA zone, for example "zone: Europe/Stockholm"',
}
_SHAPES = (
    (r"^[a-z0-9][a-z0-9_-]", 'use lower-case letters, digits, "_" and "-", at most 63'),
    (r"^[a-z0-9][a-z0-9-]", 'use lower-case letters, digits and "-", at most 63'),
    (r"^\d{2}:\d{2}-", 'write hours as "09:00-17:00"'),
    (r"^(breach|", 'write "75%", "breach", "2 business hours before" or "1 business day after"'),
    (r"^[A-Z]{2}$", "write the country's two capital letters, for example SE"),
)

Words = tuple[str, str]


class Parts(Protocol):
    """What is looked at to say what could have stood in the place of a wrong key."""

    def at(self, path: Path) -> Any:
        """The plain value at a path."""


def findings_from(
    error: ValidationError, document: Parts, model: type[BaseModel]
) -> Iterator[Finding]:
    """Every schema error as a finding, at a path of the document."""
    for details in error.errors(include_url=False):
        raw = tuple(details["loc"])
        about_key = _KEY_MARK in raw
        path = tuple(p for p in raw if p != _KEY_MARK and not _TAG.fullmatch(str(p)))
        kind = details["type"]
        if _is_an_echo(details):
            continue
        if kind == "missing":
            yield _missing(path)
        elif kind == "extra_forbidden":
            yield _unknown_key(path, document, model)
        else:
            given = path[-1] if about_key else details["input"]
            wrong, right = _words(details, given)
            yield Finding(path, wrong, right, about_key=about_key)


def _is_an_echo(details: ErrorDetails) -> bool:
    """A list is also called too short when its items are wrong, which is already said of them."""
    given = details["input"]
    has = len(given) if isinstance(given, list | dict) else 0
    return details["type"] == "too_short" and has >= details["ctx"]["min_length"]


def _missing(path: Path) -> Finding:
    key = str(path[-1])
    right = _TO_ADD.get(key, f'add "{key}: ..."')
    return Finding(path[:-1], f'the key "{key}" is missing', right, about_key=True)


def _unknown_key(path: Path, document: Parts, model: type[BaseModel]) -> Finding:
    key = str(path[-1])
    siblings = document.at(path[:-1])
    allowed = keys_allowed(model, path[:-1], siblings)
    return Finding(path, f'the key "{key}" is unknown', one_of(key, allowed), about_key=True)


def _words(details: ErrorDetails, given: Any) -> Words:
    kind, context = details["type"], details.get("ctx", {})
    if kind == "value_error":
        return _own_words(str(context["error"]), given)
    if given is None:
        return "nothing is given here", _WANTED.get(kind, "give a value or leave the key out")
    if kind in _BY_KIND:
        return _BY_KIND[kind](given, context)
    if kind in _WANTED:
        return f"{_value_text(given)} is not right here", _WANTED[kind]
    return f"{_value_text(given)}: {details['msg'].lower()}", ""


def _own_words(message: str, given: Any) -> Words:
    wrong, _, right = message.partition("; ")
    return (f"{_value_text(given)} {wrong}" if wrong.startswith("is ") else wrong), right


def _enum(given: Any, context: Mapping[str, Any]) -> Words:
    return f"{_value_text(given)} is not known here", one_of(
        given, re.findall(r"'([^']*)'", context["expected"])
    )


def _pattern(given: Any, context: Mapping[str, Any]) -> Words:
    pattern: str = context["pattern"]
    choices = re.fullmatch(r"\^\(([a-z|]+)\)\$", pattern)
    if choices:
        return f"{_value_text(given)} is not known here", one_of(given, choices[1].split("|"))
    right = next((right for start, right in _SHAPES if pattern.startswith(start)), pattern)
    return f"{_value_text(given)} is not written as it must be", right


def _too_short(given: Any, context: Mapping[str, Any]) -> Words:
    return (
        f"{_value_text(given)} has too little in it",
        f"at least {context['min_length']} is needed",
    )


def _too_long(given: Any, context: Mapping[str, Any]) -> Words:
    return f"{_value_text(given)} is too long", f"at most {context['max_length']} is allowed"


def _date(given: Any, _: Mapping[str, Any]) -> Words:
    return f"{_value_text(given)} is not a date of the calendar", "write for example 2026-12-24"


def _value_text(given: Any) -> str:
    if isinstance(given, dict):
        return "a mapping"
    return "a list" if isinstance(given, list) else quoted(given)


_BY_KIND: dict[str, Callable[[Any, Mapping[str, Any]], Words]] = {
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
_WANTED = {
    "string_type": "write a text; put numbers, true and false in quotes",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "float_type": "write a number",
    "float_parsing": "write a number",
    "tuple_type": "write a list, for example [a, b]",
    "dict_type": "write a mapping of keys and values",
    "model_type": "write a mapping of keys and values",
}
