"""JSON of the documents compared with JSON of the product."""

import re
from typing import Any

STANDS_FOR_ANY = (
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
    r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}",
)
"""Times and ticket numbers: each stands for any other."""


def contains(found: Any, sample: Any) -> bool:
    """Whether all of the sample is in what was found."""
    if isinstance(sample, dict):
        return isinstance(found, dict) and all(
            key in found and contains(found[key], value) for key, value in sample.items()
        )
    if isinstance(sample, list):
        return isinstance(found, list) and all(any(contains(f, s) for f in found) for s in sample)
    if isinstance(sample, str) and isinstance(found, str):
        for pattern in STANDS_FOR_ANY:
            sample, found = (re.sub(pattern, "any", text) for text in (sample, found))
    return bool(sample == found)
