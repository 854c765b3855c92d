"""The JSON of a caller: no key twice in one object, and a bounded number of values.

Pydantic collects the errors of all wrong values. A workflow that is busy for two seconds counts as
stuck, and Temporal would repeat its task again and again.
"""

import json
from typing import Any

from policies.coverage.stated_facts import Objection
from workflows.shared.input_refusals import ARGUMENT, InputRefused

MOST_VALUES = 50_000
"""Values in objects and lists of one message. The terms of another revision have thousands."""
_LONGEST_NAME = 40


def check_json(data: bytes) -> None:
    """Raises InputRefused for JSON that is not accepted. Data that is not JSON passes: the decoder
    refuses it with the reason.
    """
    values = 0

    def counted(pairs: list[tuple[str, Any]]) -> None:
        nonlocal values
        values += len(pairs) + sum(_elements(value) for _, value in pairs)
        names = set()
        for name, _ in pairs:
            if name in names:
                reason = f"has the key {name[:_LONGEST_NAME]!r} twice in one object"
                raise InputRefused.invalid(Objection(ARGUMENT, reason))
            names.add(name)

    try:
        json.loads(data, object_pairs_hook=counted)
    except (ValueError, RecursionError):
        return
    if values > MOST_VALUES:
        reason = f"has more than {MOST_VALUES:,} values"
        raise InputRefused.invalid(Objection(ARGUMENT, reason))


def _elements(value: Any) -> int:
    """The elements of a list, and of the lists in it."""
    if not isinstance(value, list):
        return 0
    return len(value) + sum(_elements(each) for each in value if isinstance(each, list))
