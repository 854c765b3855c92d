"""The path that a caller probably meant, for the response to one that does not exist."""

from collections.abc import Iterable
from difflib import SequenceMatcher

LONGEST = 200
"""Characters of a path that is compared; the time grows with its length."""
LEAST_SIMILAR = 0.7
"""How similar each fixed part of a path must be to what was requested."""


def likely_path(path: str, templates: Iterable[str]) -> str | None:
    """The most similar path, such as `/tickets/N/post-update` for `/tickets/N/post_update`.

    Of templates such as `/tickets/{number}`, the parts in braces match anything.
    """
    if len(path) > LONGEST:
        return None
    requested = path.strip("/").split("/")
    best, likely = LEAST_SIMILAR, None
    for template in templates:
        parts = template.strip("/").split("/")
        if len(parts) != len(requested) or not all(requested):
            continue
        pairs = [*zip(parts, requested, strict=True)]
        similarity = min(_similarity(part, given) for part, given in pairs)
        if similarity > best:
            best = similarity
            likely = "/" + "/".join(given if _is_value(part) else part for part, given in pairs)
    return likely if likely != path else None


def _similarity(part: str, given: str) -> float:
    if _is_value(part):
        return 1.0
    return SequenceMatcher(None, part, given.lower().replace("_", "-")).ratio()


def _is_value(part: str) -> bool:
    return part.startswith("{")
