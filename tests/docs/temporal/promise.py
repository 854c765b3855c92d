"""What Temporal clients rely on, and whether a later version keeps it.

`python -m tests.docs.temporal.promise 0.1.0` records the promise of a release, before its heading
is in `CHANGELOG.md`. It is never recorded again.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from temporalio import workflow

from tests.histories.record import releases
from workflows.client.message_schemas import (
    PUBLIC_ACTIONS,
    MessageKind,
    action_schema,
    message_schema,
)
from workflows.shared.input_refusals import INVALID_REQUEST
from workflows.temporal.connection import SEARCH_ATTRIBUTES, TASK_QUEUE, ticket_workflow_id
from workflows.ticket.runtime.search_attributes import HEADLINE, OPENED_AT
from workflows.ticket.workflow import TicketWorkflow

FOLDER = Path(__file__).parent / "promises"
Schema = dict[str, Any]


def current() -> dict[str, Any]:
    """The names and shapes of this version."""
    definition = workflow._Definition.must_from_class(TicketWorkflow)
    return {
        "workflow": definition.name,
        "workflow_id": ticket_workflow_id("NUMBER"),
        "task_queue": TASK_QUEUE,
        "updates": ["open", *PUBLIC_ACTIONS],
        "queries": ["ticket", "timeline"],
        "search_attributes": [key.name for key in SEARCH_ATTRIBUTES],
        "memo": [HEADLINE, OPENED_AT],
        "refusals": [INVALID_REQUEST, "RequestRefused", "UnknownAccount"],
        "inputs": {
            "opening": message_schema(MessageKind.OPENING),
            **{action: action_schema(action) for action in PUBLIC_ACTIONS},
        },
        "answers": {
            kind: message_schema(kind) for kind in MessageKind if kind is not MessageKind.OPENING
        },
    }


def breaches(promised: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """How this version breaks an earlier promise: nothing may go, and inputs may only widen."""
    found: list[str] = []
    for name, value in promised.items():
        if isinstance(value, list):
            found += [f"{name}: {gone} is gone" for gone in value if gone not in now[name]]
        elif isinstance(value, str):
            found += [f"{name}: is {now[name]}"] if now[name] != value else []
    for part, is_input in (("inputs", True), ("answers", False)):
        for name, schema in promised[part].items():
            if name in now[part]:
                found += _differences(name, schema, now[part][name], is_input)
            else:
                found.append(f"{name} is gone")
    return found


def _differences(where: str, old: Schema, new: Schema, is_input: bool) -> Iterator[str]:
    yield from _of_parts(where, _inlined(old, old), _inlined(new, new), is_input)


def _of_parts(where: str, old: Schema, new: Schema, is_input: bool) -> Iterator[str]:
    if _types(old) - _types(new) if is_input else _types(new) - _types(old):
        yield f"{where}: the types are {sorted(_types(new))}, no longer {sorted(_types(old))}"
    if is_input and (refused := _words(old) - _words(new)):
        yield f"{where}: {sorted(refused)} are refused"
    if is_input and (needed := _required(new) - _required(old)):
        yield f"{where}: {sorted(needed)} are needed"
    if not is_input and (missing := _required(old) - _required(new)):
        yield f"{where}: {sorted(missing)} can be missing"
    for name, below in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            yield f"{where}.{name} is gone"
        else:
            yield from _of_parts(f"{where}.{name}", below, new["properties"][name], is_input)
    if "items" in old and "items" in new:
        yield from _of_parts(f"{where}[]", old["items"], new["items"], is_input)


def _inlined(part: Any, whole: Schema) -> Any:
    """The schema with its definitions where they are referred to. None of ours is recursive."""
    if isinstance(part, list):
        return [_inlined(each, whole) for each in part]
    if not isinstance(part, dict):
        return part
    below = {name: _inlined(value, whole) for name, value in part.items() if name != "$defs"}
    if "$ref" in below:
        target = whole["$defs"][below.pop("$ref").rpartition("/")[2]]
        below = _inlined(target, whole) | below
    if "anyOf" in below:
        # Null, or one schema.
        [present] = [each for each in below["anyOf"] if each.get("type") != "null"]
        below = present | {"types": _types(below)}
    return below


def _types(schema: Schema) -> set[str]:
    if "types" in schema:
        return set(schema["types"])
    return {each for part in schema.get("anyOf", [schema]) for each in _as_list(part.get("type"))}


def _as_list(types: str | Iterable[str] | None) -> Iterable[str]:
    return [types] if isinstance(types, str) else types or []


def _words(schema: Schema) -> set[str]:
    return set(schema.get("enum", ()))


def _required(schema: Schema) -> set[str]:
    return set(schema.get("required", ()))


def main(release: str) -> None:
    """Records the promise of a release."""
    if release in releases():
        raise SystemExit(f"{release} is released; its promise is not recorded again")
    path = FOLDER / f"{release}.json"
    path.write_text(json.dumps(current(), indent=1, sort_keys=True, default=sorted) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
