"""The keys that a part of a document may have, from the JSON Schema of its model."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from policies.documents.problems import Path
from policies.schema.tables import SEPARATOR

_ALTERNATIVES = ("anyOf", "oneOf", "allOf")

Schema = Mapping[str, Any]


def keys_allowed(model: type[BaseModel], path: Path, value: object = None) -> tuple[str, ...]:
    """The keys allowed at a path. Of several alternatives, the one that a constant in the `value`
    there chooses (`do: resolve`), else the one that shares most keys with it.
    """
    root = schema_of(model)
    schemas = list(alternatives(root, root))
    for part in path:
        # A cell is one key of its table, for any number of dimensions.
        key = part.split(SEPARATOR)[0] if isinstance(part, str) else part
        below = [below for schema in schemas for below in _below(root, schema, key)]
        schemas = below or schemas
    given = value if isinstance(value, Mapping) else {}
    chosen = [schema for schema in schemas if _is_chosen(schema, given)]
    choices = [tuple(schema.get("properties", ())) for schema in chosen or schemas]
    return max(choices, key=lambda keys: len(given.keys() & set(keys)), default=())


@lru_cache
def schema_of(model: type[BaseModel]) -> Schema:
    """The JSON Schema of a model, computed once."""
    return model.model_json_schema()


def alternatives(root: Schema, schema: Schema) -> Iterator[Schema]:
    """The schema itself, or each of its alternatives, references resolved."""
    if "$ref" in schema:
        yield from alternatives(root, root["$defs"][schema["$ref"].rpartition("/")[2]])
        return
    nested = [each for word in _ALTERNATIVES for each in schema.get(word, ())]
    for each in nested:
        yield from alternatives(root, each)
    if not nested:
        yield schema


def _is_chosen(schema: Schema, given: Mapping[Any, Any]) -> bool:
    properties: Schema = schema.get("properties", {})
    constants = {name: rule["const"] for name, rule in properties.items() if "const" in rule}
    return all(given.get(name) == value for name, value in constants.items())


def _below(root: Schema, schema: Schema, key: str | int) -> Iterator[Schema]:
    if isinstance(key, int):
        items = schema.get("items")
        below = [items] if items else []
    elif key in schema.get("properties", {}):
        below = [schema["properties"][key]]
    else:
        patterns = schema.get("patternProperties", {})
        below = [value for pattern, value in patterns.items() if re.search(pattern, key)]
        others = schema.get("additionalProperties")
        below += [others] if isinstance(others, Mapping) else []
    for each in below:
        yield from alternatives(root, each)
