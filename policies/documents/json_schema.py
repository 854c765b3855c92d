"""Document schema: policies and contracts as JSON Schema, so that editors complete and check them.

Pydantic writes it from the models. Here it gets what people know and the models only do: that the
rows of a table nest, what a date looks like, what each key is for. It says no more than which
shapes there are; whether the parts agree is for `desk check`.
"""

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from policies.documents.key_help import KEY_HELP
from policies.documents.paths import FIXED
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DEFINITION = "#/$defs/"

Schema = dict[str, Any]


class DocumentKind(StrEnum):
    """The documents that people write."""

    POLICY = "policy"
    CONTRACT = "contract"


_MODELS: dict[DocumentKind, tuple[type[BaseModel], str]] = {
    DocumentKind.POLICY: (SupportPolicy, "Durable Desk support policy"),
    DocumentKind.CONTRACT: (Contract, "Durable Desk account contract"),
}
_DATE = r"^\d{4}-\d{2}-\d{2}$"
_WORDS = re.compile(r"\^\(([a-z]+(?:\|[a-z]+)*)\)\$")
_OVERRIDE = (
    rf"^(?!({'|'.join(FIXED)})([.\[]|$))"
    r"[^.\[\]\s]+(\.[^.\[\]\s]+|\[\d{1,4}\])*$"
)


def document_schema(kind: DocumentKind) -> Schema:
    """The JSON Schema of a document, complete in itself."""
    model, title = _MODELS[kind]
    schema = model.model_json_schema()
    definitions = _named_definitions(schema.pop("$defs", {}))
    _helped(model.__name__, schema)
    for name, definition in definitions.items():
        _helped(name, definition)
    whole: Schema = _renamed({"$schema": DIALECT, **schema, "title": title, "$defs": definitions})
    for part in _parts(whole):
        for refine in _REFINEMENTS:
            refine(part)
    return whole


def _named_definitions(definitions: dict[str, Schema]) -> dict[str, Schema]:
    """The definitions, each table with one for its rows, which nest as deep as the table goes."""
    named: dict[str, Schema] = {}
    for name, definition in definitions.items():
        if not name.startswith("Table_"):
            named[name] = definition | {"title": _spaced(name)}
            continue
        short = _table_name(name)
        cells = definition["properties"]["cells"]
        value, rows = cells["additionalProperties"], f"{short}Rows"
        description = "Values by the dimensions of `by`, from the outside in, or `otherwise`."
        named[rows] = {
            "type": "object",
            "title": _spaced(rows),
            "description": description,
            "minProperties": 1,
            "additionalProperties": {"anyOf": [value, {"$ref": DEFINITION + rows}]},
        }
        properties = definition["properties"] | {"cells": {"$ref": DEFINITION + rows}}
        named[short] = definition | {
            "title": _spaced(short),
            "description": "A value that depends on the ticket.",
            "properties": properties,
        }
    return named


def _table_name(name: str) -> str:
    return "TargetTable" if "NoGuarantee" in name else "CalendarTable"


def _renamed(schema: Any) -> Any:
    """The schema with references to tables by their short names."""
    if isinstance(schema, dict):
        return {
            key: DEFINITION + _table_name(value)
            if key == "$ref" and value.startswith(f"{DEFINITION}Table_")
            else _renamed(value)
            for key, value in schema.items()
        }
    return [_renamed(each) for each in schema] if isinstance(schema, list) else schema


def _helped(name: str, schema: Schema) -> None:
    """Says what each key is for, and leaves out titles that only repeat the key."""
    for key, below in schema.get("properties", {}).items():
        below.pop("title", None)
        if said := KEY_HELP.get(f"{name}.{key}"):
            below["description"] = said


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def _parts(schema: Any) -> Iterator[Schema]:
    """Every schema inside a schema, itself included."""
    if isinstance(schema, dict):
        yield schema
        for below in list(schema.values()):
            yield from _parts(below)
    elif isinstance(schema, list):
        for below in schema:
            yield from _parts(below)


def _only_known_names(part: Schema) -> None:
    if "patternProperties" in part:
        part.setdefault("additionalProperties", False)


def _dates_have_a_look(part: Schema) -> None:
    if part.get("format") == "date":
        part["pattern"] = _DATE


def _choices_are_listed(part: Schema) -> None:
    words = _WORDS.fullmatch(str(part.get("pattern", "")))
    if words:
        del part["pattern"]
        part["enum"] = words[1].split("|")


def _overrides_are_paths(part: Schema) -> None:
    overrides = part.get("properties", {}).get("overrides")
    if isinstance(overrides, dict):
        overrides["propertyNames"] = {"pattern": _OVERRIDE}


_REFINEMENTS: tuple[Callable[[Schema], None], ...] = (
    _only_known_names,
    _dates_have_a_look,
    _choices_are_listed,
    _overrides_are_paths,
)
