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
from collections.abc import Iterator
from typing import Any, BinaryIO

from backtest.log.record import Record
from backtest.log.unreadable import Reason, Unreadable
from backtest.mapping.document import LogMapping
from backtest.readers.json_fields import object_of, objects_of, text_of, unreadable
from backtest.readers.json_objects import JsonObject, json_objects
from backtest.readers.log_file import LogError

LISTS = frozenset({"audits", "tickets", "ticket_events"})
AUDITS = frozenset({"", "audits", "ticket_events"})
_TICKET = re.compile(r'"ticket_id"\s*:\s*"?(\d{1,20})\b')
_COMMENTS = frozenset({"Comment", "VoiceComment"})
_SET = frozenset({"Create", "Change"})


def read_zendesk(file: BinaryIO, mapping: LogMapping) -> Iterator[Record | Unreadable]:
    """A record for each audit. LogError if there is none."""
    requesters: dict[str, str | None] = {}
    is_empty = True
    for each in json_objects(file, mapping.csv.encoding, LISTS):
        is_empty = is_empty and each.name not in AUDITS
        if not isinstance(each, JsonObject):
            match = _TICKET.search(each.text)
            yield unreadable(each, match[1] if match else None)
        elif each.name in AUDITS:
            yield _record(each, requesters)
    if is_empty:
        raise LogError("the log has no audits; export /api/v2/tickets/{id}/audits of each ticket")


def _record(audit: JsonObject, requesters: dict[str, str | None]) -> Record | Unreadable:
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
    if "requester_id" in fields:
        requesters[ticket] = fields["requester_id"]
    is_requester = author is not None and author == requesters.get(ticket)
    own = {
        "ticket_id": ticket,
        "created_at": text_of(value.get("created_at")),
        "audit_id": text_of(value.get("id")),
        "author": "requester" if is_requester else "other",
        "channel": _channel(value.get("via")),
    }
    return Record(audit.number, {**fields, **own})


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
