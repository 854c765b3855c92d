"""The OpenAPI document as the page `/docs` shows it: operations and schemas, with their fields."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api.http.problem_types import PROBLEM_TYPES, ProblemType
from api.http.problems import MEDIA_TYPE

Json = Mapping[str, Any]
_FORMATS = {"date-time": "time", "date": "date", "uri": "URI"}
_NOUNS = {"string": "text", "integer": "integer", "number": "number", "boolean": "true or false"}


@dataclass(frozen=True)
class Type:
    """The type of a field: its words, and the schema to link to."""

    words: str
    schema: str | None = None


@dataclass(frozen=True)
class Field:
    """A field of a schema, or a parameter of an operation (`where` it is sent)."""

    name: str
    type: Type
    is_required: bool
    description: str
    example: str | None = None
    where: str = ""


@dataclass(frozen=True)
class Schema:
    """A named object and its fields."""

    name: str
    description: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Answer:
    """A response of an operation: a document, or problems of some types."""

    status: str
    description: str
    type: Type | None
    problems: tuple[ProblemType, ...]


@dataclass(frozen=True)
class Operation:
    """One operation, with a command that calls it."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    is_open: bool
    parameters: tuple[Field, ...]
    body: Type | None
    fields: tuple[Field, ...]
    command: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Group:
    """The operations of one tag."""

    name: str
    description: str
    operations: tuple[Operation, ...]

    @property
    def anchor(self) -> str:
        """Its id in the page, where an id has no spaces."""
        return self.name.lower().replace(" ", "-")


@dataclass(frozen=True)
class Reference:
    """Everything that the page shows."""

    title: str
    version: str
    summary: str
    description: str
    groups: tuple[Group, ...]
    schemas: tuple[Schema, ...]


def reference_of(document: Json) -> Reference:
    """The reference, from an OpenAPI document."""
    info, schemas = document["info"], document["components"]["schemas"]
    operations = [
        (operation["tags"][0], _operation(method, path, operation, schemas))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return Reference(
        title=info["title"],
        version=info["version"],
        summary=info["summary"],
        description=info["description"],
        groups=tuple(
            Group(
                tag["name"],
                tag["description"],
                tuple(operation for name, operation in operations if name == tag["name"]),
            )
            for tag in document["tags"]
        ),
        schemas=tuple(_schema(name, schema) for name, schema in sorted(schemas.items())),
    )


def _operation(method: str, path: str, operation: Json, schemas: Json) -> Operation:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    body = type_of(content["schema"]) if content else None
    fields = _fields(schemas[body.schema]) if body and body.schema else ()
    return Operation(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=operation.get("description", ""),
        is_open=not operation.get("security"),
        parameters=tuple(map(_parameter, operation.get("parameters", ()))),
        body=body,
        fields=fields,
        command=_command(method, path, operation, content.get("example")),
        answers=tuple(
            _answer(status, answer) for status, answer in sorted(operation["responses"].items())
        ),
    )


def _parameter(parameter: Json) -> Field:
    schema = parameter["schema"]
    return Field(
        name=parameter["name"],
        type=type_of(schema),
        is_required=parameter.get("required", False),
        description=parameter.get("description") or schema.get("description", ""),
        example=_sent(parameter) or _sent(schema),
        where=parameter["in"],
    )


def _schema(name: str, schema: Json) -> Schema:
    description = schema.get("description", "")
    if "enum" in schema:
        values = ", ".join(f"`{value}`" for value in schema["enum"])
        description = f"{description}\n\nOne of {values}."
    return Schema(name, description, _fields(schema))


def _fields(schema: Json) -> tuple[Field, ...]:
    required = schema.get("required", ())
    return tuple(
        Field(
            name=name,
            type=type_of(field),
            is_required=name in required,
            description=field.get("description", ""),
            example=_example(field),
        )
        for name, field in schema.get("properties", {}).items()
    )


def _answer(status: str, answer: Json) -> Answer:
    content = answer.get("content", {})
    problems = content.get(MEDIA_TYPE, {}).get("examples", {})
    schema = content.get("application/json", {}).get("schema")
    return Answer(
        status=status,
        description=answer["description"].replace("Successful Response", "OK"),
        type=type_of(schema) if schema else None,
        problems=tuple(PROBLEM_TYPES[slug] for slug in problems),
    )


def type_of(schema: Json) -> Type:
    """The type of a schema in words."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return Type(name, name)
    if "anyOf" in schema:
        types = [type_of(part) for part in schema["anyOf"] if part.get("type") != "null"]
        linked = next((each.schema for each in types if each.schema), None)
        return Type(" or ".join(dict.fromkeys(each.words for each in types)), linked)
    if schema.get("type") == "array":
        items = type_of(schema.get("items", {}))
        return Type(f"list of {items.words}", items.schema)
    if schema.get("type") == "object":
        values = schema.get("additionalProperties")
        inner = type_of(values) if isinstance(values, Mapping) else Type("")
        return Type(f"object of {inner.words}" if inner.words else "object", inner.schema)
    if "enum" in schema or "const" in schema:
        return Type(" or ".join(map(json.dumps, schema.get("enum", [schema.get("const")]))))
    name = str(schema.get("type", "any"))
    return Type(_FORMATS.get(schema.get("format", ""), _NOUNS.get(name, name)))


def _example(schema: Json) -> str | None:
    examples = schema.get("examples")
    return json.dumps(examples[0], ensure_ascii=False) if examples else None


def _sent(schema: Json) -> str | None:
    """The example of a parameter, as it is sent."""
    examples = schema.get("examples")
    return str(examples[0]) if examples else None


def _command(method: str, path: str, operation: Json, body: Any) -> str:
    return " \\\n  ".join(_arguments(method, path, operation, body))


def _arguments(method: str, path: str, operation: Json, body: Any) -> Iterator[str]:
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            schema = parameter["schema"]
            examples = parameter.get("examples") or schema.get("examples") or ["wrong-stage"]
            path = path.replace(f"{{{parameter['name']}}}", str(examples[0]))
    verb = f" -X {method.upper()}" if method != "get" and body is None else ""
    yield f"curl{verb} $DESK{path}"
    if operation.get("security"):
        yield '-H "Authorization: Bearer $TOKEN"'
    if body is not None:
        yield "-H 'Content-Type: application/json'"
        text = json.dumps(body, ensure_ascii=False, indent=2).replace("'", "'\\''")
        yield f"-d '{text}'"
