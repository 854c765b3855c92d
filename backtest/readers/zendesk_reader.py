"""Zendesk: the audits of tickets, or the events of the incremental export.

It reads pages of `/api/v2/tickets/{id}/audits` and `/api/v2/ticket_audits` (`audits`), of
`/api/v2/incremental/ticket_events` (`ticket_events`), and tickets with their `audits` in them. The
tickets themselves are as they are now, so nothing is read of them. One audit is one record. It has
the fields that the audit sets, such as `status`, `priority` or `360012345678`, and besides:

    ticket_id    the number of the ticket
    created_at   the time
    audit_id     the number of the audit
    author       `requester`, or `other`
    channel      the way by which it came, such as `email`
    comment      `public` or `private`, if the audit has a comment
"""

import re
from bisect import bisect_right, insort
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO

from backtest.log.record import Record
from backtest.log.unreadable import Reason, Unreadable
from backtest.mapping.document import LogMapping
from backtest.readers.json_fields import object_of, objects_of, text_of, unreadable
from backtest.readers.json_objects import JsonObject, json_objects
from backtest.readers.log_file import BROKEN, LogError

LISTS = frozenset({"audits", "tickets", "ticket_events"})
AUDITS = frozenset({"", "audits", "ticket_events"})
_TICKET = re.compile(r'"ticket_id"\s*:\s*"?(\d{1,20})\b')
_COMMENTS = frozenset({"Comment", "VoiceComment"})
_SET = frozenset({"Create", "Change"})


def read_zendesk(file: BinaryIO, mapping: LogMapping) -> Iterator[Record | Unreadable]:
    """A record for each audit. LogError if there is none.

    The file is read twice: some exports have the newest audit first, and who is the requester is in
    the oldest one.
    """
    requesters = _Requesters()
    if "author" in mapping.columns:
        requesters.find(file, mapping)
        file.seek(0)
    is_empty = True
    for each in json_objects(file, mapping.csv.encoding, LISTS):
        is_empty = is_empty and each.name not in AUDITS
        if not isinstance(each, JsonObject):
            match = _TICKET.search(each.text)
            yield unreadable(each, match[1] if match else None)
        elif each.name in AUDITS:
            yield requesters.checked(_record(each, requesters))
    if is_empty:
        raise LogError("the log has no audits; export /api/v2/tickets/{id}/audits of each ticket")


class _Requesters:
    """The requester of each ticket, from each audit that sets it on."""

    def __init__(self) -> None:
        self._set: dict[str, list[tuple[int, str]]] = {}
        self._is_used = False

    def find(self, file: BinaryIO, mapping: LogMapping) -> None:
        """Reads the requesters of a log. What is damaged in it is reported by the next reading."""
        self._is_used = True
        with suppress(*BROKEN):
            for each in json_objects(file, mapping.csv.encoding, LISTS):
                if isinstance(each, JsonObject) and each.name in AUDITS:
                    self._learn(each.value)

    def of(self, ticket: str, audit: int) -> str | None:
        """The requester at an audit; None if the log does not have the one that set it."""
        known = self._set.get(ticket, [])
        place = bisect_right(known, audit, key=lambda each: each[0])
        return known[place - 1][1] if place else None

    def checked(self, record: Record | Unreadable) -> Record | Unreadable:
        """The record; what is wrong with it if it is a comment, and of whom is not known."""
        if isinstance(record, Unreadable) or not self._is_used or "comment" not in record.fields:
            return record
        ticket, number = record.fields["ticket_id"] or "", record.fields["audit_id"]
        if self.of(ticket, _number(number)) is not None:
            return record
        wrong = "the log lacks the audit that created its ticket, so the requester is not known"
        return Unreadable(Reason.BROKEN, record.place, f"audit {number}: {wrong}", ticket)

    def _learn(self, audit: dict[str, Any]) -> None:
        ticket = text_of(audit.get("ticket_id"))
        with suppress(ValueError):
            for event in objects_of(audit.get("events", audit.get("child_events"))):
                requester = dict(_set_by(event)).get("requester_id")
                if ticket and requester:
                    insort(self._set.setdefault(ticket, []), (_number(audit.get("id")), requester))


def _number(value: Any) -> int:
    """The number of an audit: later ones have greater numbers."""
    text = text_of(value) or ""
    return int(text) if text.isdecimal() and len(text) < 20 else 0


def _record(audit: JsonObject, requesters: _Requesters) -> Record | Unreadable:
    value = audit.value
    ticket = text_of(value.get("ticket_id"))
    if ticket is None:
        wrong = f"line {audit.line}: an audit without the number of its ticket"
        return Unreadable(Reason.NO_TICKET, audit.number, wrong)
    try:
        events = objects_of(value.get("events", value.get("child_events")))
    except ValueError:
        wrong = f"line {audit.line}: an audit without a list of events"
        return Unreadable(Reason.BROKEN, audit.number, wrong, ticket)
    fields: dict[str, str | None] = {}
    for event in events:
        fields.update(_set_by(event))
    author = text_of(value.get("author_id", value.get("updater_id")))
    requester = requesters.of(ticket, _number(value.get("id")))
    is_requester = author is not None and author == requester
    own = {
        "ticket_id": ticket,
        "created_at": text_of(value.get("created_at")),
        "audit_id": text_of(value.get("id")),
        "author": "requester" if is_requester else "other",
        "channel": _channel(value.get("via")),
    }
    # An audit never changes, and pages of the incremental export overlap.
    fingerprint = hash(own["audit_id"] or repr(value))
    return Record(audit.number, {**fields, **own}, fingerprint)


def _set_by(event: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    """The fields that an event sets, by name."""
    kind = text_of(event.get("type")) or text_of(event.get("event_type"))
    if kind in _COMMENTS or event.get("comment_present") is True:
        is_public = event.get("public", event.get("comment_public")) is not False
        yield "comment", "public" if is_public else "private"
    elif kind in _SET and "field_name" in event:
        yield text_of(event["field_name"]) or "", text_of(event.get("value"))
    elif kind in _SET:
        # The incremental export has the fields themselves, by their names.
        yield from ((name, text_of(value)) for name, value in event.items())


def _channel(via: Any) -> str | None:
    return text_of(via) if isinstance(via, str) else text_of(object_of(via).get("channel"))
