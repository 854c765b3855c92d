"""The places of a document where a key can stand, from the JSON Schema of its model."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from pydantic import BaseModel

from policies.documents.allowed_keys import Schema, alternatives, schema_of

MANY = 2
"""A key with more places than this is too common for a hint."""
_DEPTH = 4


def place_of(names: tuple[str, ...], model: type[BaseModel]) -> str | None:
    """The parts that have the last of these keys of a path, such as `remedies`; None if none has,
    or many do. An alternative to the part that it stands in is no other place.
    """
    *here, key = names
    places = [place for place in _places(model).get(key, ()) if not _leads(place, here)]
    named = " or ".join(f"`{place}`" for place in places)
    return named if 0 < len(places) <= MANY else None


def _leads(place: str, here: list[str]) -> bool:
    """Whether a place is part of this path, which also has names that the document chooses."""
    rest = iter(here)
    return all(part in rest for part in place.split("."))


@lru_cache
def _places(model: type[BaseModel]) -> dict[str, tuple[str, ...]]:
    root = schema_of(model)
    found: dict[str, dict[str, None]] = {}
    for key, place in _keys(root, root, ()):
        if place:
            found.setdefault(key, {})[".".join(place)] = None
    return {key: tuple(places) for key, places in found.items()}


def _keys(
    root: Schema, part: Schema, path: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each key below a part, with the path of the mapping that has it. Names that a policy chooses
    and the numbers of a list are left out of the path.
    """
    for schema in alternatives(root, part):
        for key, below in schema.get("properties", {}).items():
            yield key, path
            if len(path) < _DEPTH:
                yield from _keys(root, below, (*path, key))
        others = (schema.get("items"), schema.get("additionalProperties"))
        for each in (*others, *schema.get("patternProperties", {}).values()):
            if isinstance(each, Mapping):
                yield from _keys(root, each, path)
