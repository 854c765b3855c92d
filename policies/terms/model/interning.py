"""Equal terms are shared in memory (docs/decisions/0024-equal-terms-are-interned.md)."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from policies.business_time.zones import Transition


@lru_cache(maxsize=256)
def shared_offsets(offsets: tuple[Transition, ...]) -> tuple[Transition, ...]:
    """The first tuple with these offsets."""
    return offsets


def interned(parts: dict[str, Any], json: str) -> dict[str, Any]:
    """The fields of the first terms whose shared fields have this JSON; `parts` are those of these
    terms.
    """
    return _interned(_InternKey(json, parts))


@dataclass(frozen=True)
class _InternKey:
    """Shared fields of terms, equal when their JSON is."""

    json: str
    parts: dict[str, Any] = field(compare=False)


@lru_cache(maxsize=256)
def _interned(key: _InternKey) -> dict[str, Any]:
    """The fields of the first terms with this JSON."""
    return key.parts
