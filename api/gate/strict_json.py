"""Strict JSON (RFC 8259): UTF-8 without a byte order mark, and no key twice in one object.

A parser that keeps the last of two equal keys and a proxy that reads the first one see different
requests. Python's parser also accepts UTF-16, `NaN` and `Infinity`, which are not JSON in UTF-8.
"""

import json
from typing import Any, NoReturn

from api.http.problem_types import MALFORMED_BODY
from api.http.problems import Problem

MOST_ELEMENTS = 1_000
"""Elements of one list. If all are wrong, all errors of a long one would take a second to find."""


def check_json(body: bytes) -> None:
    """Raises a 400 problem unless the body is one strict JSON document."""
    try:
        _DECODER.decode(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _malformed(f"the body is not UTF-8, at byte {error.start}") from None
    except json.JSONDecodeError as error:
        # Some of Python's messages end in "at".
        what = error.msg.removesuffix(" at")
        raise _malformed(f"{what} at character {error.pos}") from None
    except RecursionError:
        raise _malformed("the body is nested too deeply") from None
    except ValueError:
        # Python refuses integers of more than 4,300 digits.
        raise _malformed("a number has too many digits") from None


def _without_duplicates(pairs: list[tuple[str, Any]]) -> None:
    names = set()
    for name, value in pairs:
        if isinstance(value, list) and len(value) > MOST_ELEMENTS:
            raise _malformed(f"a list has more than {MOST_ELEMENTS:,} elements")
        if name in names:
            # Shortened, because the name is up to the sender.
            raise _malformed(f"the key {name[:40]!r} occurs twice in one object")
        names.add(name)


def _not_a_number(name: str) -> NoReturn:
    raise _malformed(f"{name} is not JSON")


def _malformed(detail: str) -> Problem:
    return Problem(MALFORMED_BODY, detail)


_DECODER = json.JSONDecoder(object_pairs_hook=_without_duplicates, parse_constant=_not_a_number)
