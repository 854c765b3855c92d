"""Shapes: which keys a part of a document may have, read off the models themselves."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from policies.documents.problems import Path
from policies.schema.tables import SEPARATOR

_ALTERNATIVES = ("anyOf", "oneOf", "allOf")

Schema = Mapping[str, Any]


def keys_allowed(model: type[BaseModel], path: Path, present: object = None) -> tuple[str, ...]:
    """The keys the part at a path may have; where several shapes fit, those of the likeliest.

    `present` is what stands there now: the shape sharing most keys with it is the one meant.
    """
    schema = _schema(model)
    shapes = list(_shapes(schema, schema))
    for part in path:
        # Cells stand under one key of the table however many dimensions they go down.
        steps = str(part).split(SEPARATOR) if isinstance(part, str) else [part]
        below = [below for shape in shapes for below in _below(schema, shape, steps[0])]
        shapes = below or shapes
    have = set(present) if isinstance(present, Mapping) else set()
    choices = [tuple(shape.get("properties", ())) for shape in shapes]
    return max(choices, key=lambda keys: len(have & set(keys)), default=())


@lru_cache
def _schema(model: type[BaseModel]) -> Schema:
    return model.model_json_schema()


def _shapes(root: Schema, schema: Schema) -> Iterator[Schema]:
    """The schema itself, or each of the schemas it offers."""
    if "$ref" in schema:
        yield from _shapes(root, root["$defs"][schema["$ref"].rpartition("/")[2]])
        return
    offered = [one for word in _ALTERNATIVES for one in schema.get(word, ())]
    for one in offered:
        yield from _shapes(root, one)
    if not offered:
        yield schema


def _below(root: Schema, shape: Schema, part: str | int) -> Iterator[Schema]:
    if isinstance(part, int):
        items = shape.get("items")
        below = [items] if items else []
    elif part in shape.get("properties", {}):
        below = [shape["properties"][part]]
    else:
        patterns = shape.get("patternProperties", {})
        below = [value for pattern, value in patterns.items() if re.search(pattern, part)]
        others = shape.get("additionalProperties")
        below += [others] if isinstance(others, Mapping) else []
    for schema in below:
        yield from _shapes(root, schema)
