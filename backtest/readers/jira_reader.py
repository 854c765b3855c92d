"""Jira: issues with their changelog, as `/rest/api/3/search?expand=changelog` returns them.

The fields of an issue are its last ones. The first record of an issue has those at its creation:
each field as it was before its first change. A record follows for each change, with the fields that
it changed, and for each comment. A field is null in a record that does not change it.

Besides the fields of Jira, such as `status`, `priority` or `customfield_10010`, a record has:

    key       the key of the issue
    at        the time
    id        the number of the change or comment, 0 for the creation
    author    `reporter`, or `other`
    comment   `public` or `internal`, if it is a comment
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from backtest.log.record import Record
from backtest.log.unreadable import Reason, Unreadable
from backtest.mapping.document import LogMapping
from backtest.readers.json_fields import object_of, objects_of, text_of, unreadable
from backtest.readers.json_objects import JsonObject, json_objects
from backtest.readers.log_file import LogError

LISTS = frozenset({"issues"})
OWN = frozenset({"key", "at", "id", "author", "comment"})
"""The fields of a record that Jira does not have."""
_KEY = re.compile(r'"key"\s*:\s*"([A-Z][A-Z0-9_]*-\d+)"')
_ACCOUNT = ("accountId", "key", "name")


def read_jira(file: BinaryIO, mapping: LogMapping) -> Iterator[Record | Unreadable]:
    """The records of each issue. LogError if there is none."""
    columns, is_empty = frozenset(mapping.columns), True
    for each in json_objects(file, mapping.csv.encoding, LISTS):
        is_empty = is_empty and each.name not in {"", *LISTS}
        if not isinstance(each, JsonObject):
            match = _KEY.search(each.text)
            yield unreadable(each, match[1] if match else None)
        elif each.name in {"", *LISTS}:
            yield from _records(each, columns)
    if is_empty:
        raise LogError("the log has no issues; export /rest/api/3/search?expand=changelog")


def _records(issue: JsonObject, columns: frozenset[str]) -> list[Record] | list[Unreadable]:
    key = text_of(issue.value.get("key"))
    if key is None:
        wrong = f"line {issue.line}: an issue without a key"
        return [Unreadable(Reason.NO_TICKET, issue.number, wrong)]
    try:
        return [
            Record(issue.number, {"key": key, **fields}, _fingerprint(fields))
            for fields in _Issue(issue.value, columns).all()
        ]
    except ValueError as error:
        wrong = f"line {issue.line}: {error}"
        return [Unreadable(Reason.BROKEN, issue.number, wrong, key)]


class _Issue:
    """One issue, and the fields of its records. ValueError if they are not of the format."""

    def __init__(self, value: dict[str, Any], columns: frozenset[str]) -> None:
        self._fields = object_of(value.get("fields"))
        self._reporter = _account(self._fields.get("reporter"))
        self._columns = columns
        self._histories = self._listed(value.get("changelog"), "histories", "changelog")

    def all(self) -> Iterator[dict[str, str | None]]:
        """The creation, then the changes and the comments."""
        created, changes = text_of(self._fields.get("created")), [*self._changes()]
        first = {name: text_of(self._fields.get(name)) for name in self._columns - OWN}
        for change in sorted(changes, key=_in_time, reverse=True):
            first.update(self._before(change))
        yield {"at": created, "id": "0", "author": "reporter", **first}
        for change in changes:
            yield {**self._entry(change), **self._after(change)}
        if "comment" in self._columns:
            comments = self._fields.get("comment")
            for comment in self._listed(comments, "comments", "comments") if comments else ():
                is_public = comment.get("jsdPublic") is not False
                yield {**self._entry(comment), "comment": "public" if is_public else "internal"}

    def _changes(self) -> Iterator[dict[str, Any]]:
        """The changes of fields that are read."""
        for change in self._histories:
            items = objects_of(change.get("items"))
            if any(_name(item) in self._columns for item in items):
                yield change

    def _items(self, change: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        for item in change["items"]:
            if (name := _name(item)) in self._columns - OWN:
                yield name, item

    def _before(self, change: dict[str, Any]) -> dict[str, str | None]:
        return {name: text_of(item.get("fromString")) for name, item in self._items(change)}

    def _after(self, change: dict[str, Any]) -> dict[str, str | None]:
        return {name: text_of(item.get("toString")) for name, item in self._items(change)}

    def _entry(self, value: dict[str, Any]) -> dict[str, str | None]:
        author = _account(value.get("author"))
        is_reporter = author is not None and author == self._reporter
        return {
            "at": text_of(value.get("created")),
            "id": text_of(value.get("id")),
            "author": "reporter" if is_reporter else "other",
        }

    def _listed(self, page: Any, name: str, what: str) -> list[dict[str, Any]]:
        """A list that Jira returns in pages, of which an issue has the first."""
        if not isinstance(page, dict) or name not in page:
            raise ValueError(f"it has no {what}; export it with expand=changelog")
        listed, total = objects_of(page[name]), text_of(page.get("total"))
        if total is not None and total.isdecimal() and len(total) < 10 and int(total) > len(listed):
            there = f"{len(listed)} of {total} entries of its {what} are there"
            raise ValueError(f"{there}; fetch the rest")
        return listed


def _fingerprint(fields: dict[str, str | None]) -> int:
    """The same for a change or comment of an issue that is on two pages of a search."""
    number = fields["id"]
    return hash((number, "comment" in fields) if number else tuple(fields.items()))


def _name(item: dict[str, Any]) -> str:
    """The name of a changed field, as an issue has it."""
    return text_of(item.get("fieldId")) or text_of(item.get("field")) or ""


def _in_time(change: dict[str, Any]) -> tuple[datetime, int]:
    """Changes of one instant are in the order of their numbers."""
    number = text_of(change.get("id")) or ""
    return _instant(change), int(number) if number.isdecimal() and len(number) < 20 else 0


def _instant(change: dict[str, Any]) -> datetime:
    text = text_of(change.get("created")) or ""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ValueError(f'a change has no time such as 2026-01-31T09:00:00.000+0000, but "{text}"')
    return at


def _account(value: Any) -> str | None:
    person = object_of(value)
    return next((text for name in _ACCOUNT if (text := text_of(person.get(name)))), None)
