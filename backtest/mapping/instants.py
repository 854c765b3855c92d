"""Times of a log: texts of one format as times in UTC.

A pattern has these parts, and every other character stands for itself:

    YYYY     the year                    HH, H    the hour, 00 to 23
    MM, M    the month                   mm       the minute
    DD, D    the day                     ss       the second, with or without a fraction
    ZZ       the offset from UTC, such as +02:00 or Z

`D`, `M` and `H` take one digit or two. A time without an offset is local time of the zone.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from backtest.mapping.document import TimeRule
from policies.business_time.zones import find_zone

Parser = Callable[[str], datetime]
"""A text as a time in UTC; ValueError says what is wrong with it."""

PARTS = {
    "YYYY": r"(?P<year>\d{4})",
    "MM": r"(?P<month>\d\d)",
    "M": r"(?P<month>\d\d?)",
    "DD": r"(?P<day>\d\d)",
    "D": r"(?P<day>\d\d?)",
    "HH": r"(?P<hour>\d\d)",
    "H": r"(?P<hour>\d\d?)",
    "mm": r"(?P<minute>\d\d)",
    "ss": r"(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?",
    "ZZ": r"(?P<offset>Z|[+-]\d\d:?\d\d)",
}
_NEEDED = {"year", "month", "day"}
_TOKENS = re.compile("YYYY|MM|M|DD|D|HH|H|mm|ss|ZZ")
_CACHED = 1 << 16
"""Texts whose times are remembered: rows of a ticket often repeat one."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parser(rule: TimeRule) -> Parser:
    """The parser of a format; ValueError if there is no such format, or no such zone."""
    zone = find_zone(rule.zone) if rule.zone else None
    if rule.format == "iso":
        parse = _iso(zone)
    elif rule.format in {"epoch", "epoch_ms"}:
        parse = _epoch(1000 if rule.format == "epoch_ms" else 1)
    else:
        parse = _pattern(rule.format, zone)
    return lru_cache(maxsize=_CACHED)(parse)


def _iso(zone: tzinfo | None) -> Parser:
    def parse(text: str) -> datetime:
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(f'"{text}" is not a time such as 2026-01-31T09:00:00Z') from None
        if len(text) <= len("YYYY-MM-DD"):
            raise ValueError(f'"{text}" is a date without a time of day')
        return _in_utc(at, zone, text)

    return parse


def _epoch(per_second: int) -> Parser:
    def parse(text: str) -> datetime:
        try:
            return _EPOCH + timedelta(microseconds=round(float(text) * 1_000_000 / per_second))
        except (ValueError, OverflowError):
            raise ValueError(f'"{text}" is not a number of seconds since 1970') from None

    return parse


def _pattern(pattern: str, zone: tzinfo | None) -> Parser:
    expression = _expression(pattern)

    def parse(text: str) -> datetime:
        match = expression.fullmatch(text)
        if match is None:
            raise ValueError(f'"{text}" is not of the form {pattern}')
        parts = match.groupdict()
        numbers = {
            name: int(parts[name])
            for name in ("year", "month", "day", "hour", "minute", "second")
            if parts.get(name)
        }
        fraction = int(((parts.get("fraction") or "") + "000000")[:6])
        own = parts.get("offset")
        try:
            at = datetime(**numbers, microsecond=fraction, tzinfo=_offset(own) if own else None)
        except ValueError:
            raise ValueError(f'"{text}" is not a time of the form {pattern}') from None
        return _in_utc(at, zone, text)

    return parse


def _expression(pattern: str) -> re.Pattern[str]:
    text, end = "", 0
    for token in _TOKENS.finditer(pattern):
        text += re.escape(pattern[end : token.start()]) + PARTS[token[0]]
        end = token.end()
    try:
        expression = re.compile(text + re.escape(pattern[end:]))
    except re.error:
        raise ValueError(f'"{pattern}" has a part of a time twice') from None
    if not expression.groupindex.keys() >= _NEEDED:
        raise ValueError(f'"{pattern}" is not a form of times; write for example D/M/YYYY HH:mm')
    return expression


def _offset(text: str) -> tzinfo:
    offset = datetime.strptime(text, "%z").tzinfo
    assert offset is not None
    return offset


def _in_utc(at: datetime, zone: tzinfo | None, text: str) -> datetime:
    """A time in UTC. A local time that comes twice is its first occurrence (business time rule 2).
    One that does not exist is an error: such a log is probably not of that zone.
    """
    if at.tzinfo is None:
        if zone is None:
            raise ValueError(f'"{text}" has no offset from UTC, and the mapping has no zone')
        at = at.replace(tzinfo=zone)
    try:
        utc = at.astimezone(UTC)
        is_real = utc.astimezone(at.tzinfo).replace(tzinfo=None) == at.replace(tzinfo=None)
    except OverflowError:
        raise ValueError(f'"{text}" is out of range') from None
    if not is_real:
        raise ValueError(f'"{text}" does not exist in {zone}: clocks were set forward then')
    return utc
