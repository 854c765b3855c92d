"""Canonical JSON (RFC 8785): equal values have equal bytes, so that hashes of them agree.

Numbers are those of I-JSON (RFC 7493): doubles, and integers that a double holds exactly.
"""

import json
from decimal import Decimal
from math import isfinite
from typing import Any, NoReturn

from pydantic import JsonValue

LARGEST_INTEGER = 2**53 - 1
_LONGEST_INTEGER = len("-9007199254740991")
_POINT_UNTIL = 21
"""ECMAScript writes numbers with more digits before the point with an exponent."""
_ZEROS_AFTER_POINT = 6
"""And numbers with this many zeros after the point."""


_text = json.JSONEncoder(ensure_ascii=False).encode


class NotCanonical(ValueError):
    """A text is not canonical JSON, or a value has no canonical form."""


def canonical(value: JsonValue) -> bytes:
    """The canonical form of a value. NotCanonical if it has none."""
    try:
        return _encoded(value).encode()
    except UnicodeEncodeError:
        raise NotCanonical("a text has half of a surrogate pair") from None
    except RecursionError:
        raise NotCanonical("it is nested too deeply") from None


def array(*members: bytes) -> bytes:
    """The canonical form of an array of values in their canonical form."""
    return b"[" + b",".join(members) + b"]"


def decoded(data: bytes) -> JsonValue:
    """The value of canonical JSON, which may end in a line feed. NotCanonical for other texts."""
    try:
        text = data.decode()
        value: JsonValue = json.loads(
            text, object_pairs_hook=_object, parse_int=_number, parse_constant=_refuse_constant
        )
    except NotCanonical:
        raise
    except UnicodeDecodeError:
        raise NotCanonical("it is not UTF-8") from None
    except RecursionError:
        raise NotCanonical("it is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise NotCanonical(f"it is not JSON: {error}") from None
    if canonical(value) != data.removesuffix(b"\n"):
        raise NotCanonical("it is JSON, but not in the canonical form of RFC 8785")
    return value


def _encoded(value: JsonValue) -> str:
    match value:
        case None | bool():
            return json.dumps(value)
        case int():
            return _integer(value)
        case float():
            return _double(value)
        case str():
            return _text(value)
        case list():
            return f"[{','.join(map(_encoded, value))}]"
        case dict():
            members = sorted(value.items(), key=_utf_16)
            return "{" + ",".join(f"{_encoded(name)}:{_encoded(v)}" for name, v in members) + "}"
    raise NotCanonical(f"JSON has no {type(value).__name__}")


def _utf_16(member: tuple[str, JsonValue]) -> bytes:
    return member[0].encode("utf-16-be")


def _integer(value: int) -> str:
    if abs(value) > LARGEST_INTEGER:
        raise NotCanonical("an integer is larger than 2^53 - 1; write it as a text")
    return str(value)


def _double(value: float) -> str:
    """A double as ECMAScript writes it: the shortest digits that mean it."""
    if not isfinite(value):
        raise NotCanonical("JSON has no infinity, and no NaN")
    if value == 0:
        return "0"
    _, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)
    text, point = "".join(map(str, digits)), len(digits) + exponent
    sign = "-" if value < 0 else ""
    if -_ZEROS_AFTER_POINT < point <= 0:
        return f"{sign}0.{'0' * -point}{text}"
    if 0 < point <= _POINT_UNTIL:
        whole = text[:point].ljust(point, "0")
        return f"{sign}{whole}.{text[point:]}".removesuffix(".")
    fraction = f".{text[1:]}" if len(text) > 1 else ""
    return f"{sign}{text[0]}{fraction}e{point - 1:+d}"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise NotCanonical("an object has a key twice")
    return members


def _number(text: str) -> int | float:
    """A number without a fraction: an integer, or a double that is larger than these."""
    exact = len(text) <= _LONGEST_INTEGER and abs(int(text)) <= LARGEST_INTEGER
    return int(text) if exact else float(text)


def _refuse_constant(name: str) -> NoReturn:
    raise NotCanonical(f"JSON has no {name}")
