"""JSON Schema of policies and contracts, for completion and validation in editors.

Pydantic generates it from the models. This module adds what validators do in code: the nested rows
of a table, the format of dates, the help of each key. The schema covers structure only;
`desk check` checks that the parts agree.
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
    """The kinds of document that have a schema."""

    POLICY = "policy"
    CONTRACT = "contract"


_MODELS: dict[DocumentKind, tuple[type[BaseModel], str]] = {
    DocumentKind.POLICY: (SupportPolicy, "Durable Desk support policy"),
    DocumentKind.CONTRACT: (Contract, "Durable Desk account contract"),
}
_DATE = r"^\d{4}-\d{2}-\d{2}$"
_CHOICES = re.compile(r"\^\(([a-z]+(?:\|[a-z]+)*)\)\$")
_OVERRIDE_PATTERN = (
    rf"^(?!({'|'.join(FIXED)})([.\[]|$))"
    r"[^.\[\]\s]+(\.[^.\[\]\s]+|\[\d{1,4}\])*$"
)


def document_schema(kind: DocumentKind) -> Schema:
    """The JSON Schema of a kind of document."""
    model, title = _MODELS[kind]
    schema = model.model_json_schema()
    definitions = _named_definitions(schema.pop("$defs", {}))
    _describe_keys(model.__name__, schema)
    for name, definition in definitions.items():
        _describe_keys(name, definition)
    whole: Schema = _renamed({"$schema": DIALECT, **schema, "title": title, "$defs": definitions})
    for part in _parts(whole):
        for refine in _REFINEMENTS:
            refine(part)
    return whole


def _named_definitions(definitions: dict[str, Schema]) -> dict[str, Schema]:
    """The definitions under readable names, and a recursive definition for the rows of a table."""
    named: dict[str, Schema] = {}
    for name, definition in definitions.items():
        if not name.startswith("Table_"):
            named[name] = definition | {"title": _spaced(name)}
            continue
        short = _table_name(name)
        cells = definition["properties"]["cells"]
        value, rows = cells["additionalProperties"], f"{short}Rows"
        description = "Values by the dimensions of `by`, outermost first, or `otherwise`."
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
    if "Decimal" in name:
        return "PercentTable"
    if "tuple" in name:
        return "AudiencesTable"
    return "TargetTable" if "NoGuarantee" in name else "CalendarTable"


def _renamed(schema: Any) -> Any:
    """The schema with references to tables under their short names."""
    if isinstance(schema, dict):
        return {
            key: DEFINITION + _table_name(value)
            if key == "$ref" and value.startswith(f"{DEFINITION}Table_")
            else _renamed(value)
            for key, value in schema.items()
        }
    return [_renamed(each) for each in schema] if isinstance(schema, list) else schema


def _describe_keys(name: str, schema: Schema) -> None:
    """Add the help of each key, and remove titles that repeat the key."""
    for key, below in schema.get("properties", {}).items():
        below.pop("title", None)
        if description := KEY_HELP.get(f"{name}.{key}"):
            below["description"] = description


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def _parts(schema: Any) -> Iterator[Schema]:
    """Every schema inside a schema, including itself."""
    if isinstance(schema, dict):
        yield schema
        for below in list(schema.values()):
            yield from _parts(below)
    elif isinstance(schema, list):
        for below in schema:
            yield from _parts(below)


def _refuse_other_keys(part: Schema) -> None:
    if "patternProperties" in part:
        part.setdefault("additionalProperties", False)


def _add_date_pattern(part: Schema) -> None:
    if part.get("format") == "date":
        part["pattern"] = _DATE


def _list_choices(part: Schema) -> None:
    choices = _CHOICES.fullmatch(str(part.get("pattern", "")))
    if choices:
        del part["pattern"]
        part["enum"] = choices[1].split("|")


def _add_override_pattern(part: Schema) -> None:
    overrides = part.get("properties", {}).get("overrides")
    if isinstance(overrides, dict):
        overrides["propertyNames"] = {"pattern": _OVERRIDE_PATTERN}


_REFINEMENTS: tuple[Callable[[Schema], None], ...] = (
    _refuse_other_keys,
    _add_date_pattern,
    _list_choices,
    _add_override_pattern,
)
