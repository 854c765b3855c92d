"""The places of a document where a key can stand, from the JSON Schema of its model."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

MANY = 2
"""A key with more places than this is too common to be told where it belongs."""
_DEPTH = 4
_ALTERNATIVES = ("anyOf", "oneOf", "allOf")


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
    schema = model.model_json_schema()
    found: dict[str, dict[str, None]] = {}
    for key, place in _keys(schema, schema, ()):
        if place:
            found.setdefault(key, {})[".".join(place)] = None
    return {key: tuple(places) for key, places in found.items()}


def _keys(
    root: dict[str, Any], part: dict[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each key below a part, with the path of the mapping that has it. Names that a policy chooses
    and the numbers of a list are left out of the path.
    """
    if "$ref" in part:
        part = root["$defs"][part["$ref"].rpartition("/")[2]]
    for word in _ALTERNATIVES:
        for each in part.get(word, ()):
            yield from _keys(root, each, path)
    for key, below in part.get("properties", {}).items():
        yield key, path
        if len(path) < _DEPTH:
            yield from _keys(root, below, (*path, key))
    others = (part.get("items"), part.get("additionalProperties"))
    for below in (*others, *part.get("patternProperties", {}).values()):
        if isinstance(below, dict):
            yield from _keys(root, below, path)
