"""A policy as plain data with a contract's overrides applied, and lookups in its tables."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Plain = dict[str, Any]


class _Yaml12(yaml.CSafeLoader):
    """YAML 1.2. PyYAML reads 1.1, in which `on` is true and `10:30` is a number."""


_PLAIN = {
    "null": ("~|null|Null|NULL|", ("~", "n", "N", "")),
    "bool": ("true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?\d+", "-+0123456789"),
    "float": (r"[-+]?(\.\d+|\d+\.\d*)", "-+.0123456789"),
    "timestamp": (r"\d{4}-\d\d-\d\d", "0123456789"),
}
"""The types of values without quotes: a pattern, and the first characters."""
_Yaml12.yaml_implicit_resolvers = {}
for _type, (_pattern, _first) in _PLAIN.items():
    _tag = f"tag:yaml.org,2002:{_type}"
    _Yaml12.add_implicit_resolver(_tag, re.compile(f"({_pattern})$"), list(_first))


@cache
def read(path: Path) -> Plain:
    """A YAML file as plain data, cached. No two places share an object."""
    data: Plain = _unshared(yaml.load(path.read_text(encoding="utf-8"), _Yaml12))
    return data


def with_overrides(policy: Plain, overrides: Mapping[str, Any]) -> Plain:
    """A copy of the policy with each override applied (docs/policies.md, Overrides)."""
    result: Plain = _unshared(policy)
    for path, value in overrides.items():
        steps = [s for s in re.split(r"[./\[\]]+", path) if s]
        part: Any = result
        for step in steps[:-1]:
            part = part[int(step)] if step.isdigit() else part.setdefault(step, {})
        part[int(steps[-1]) if steps[-1].isdigit() else steps[-1]] = value
    return result


def pick(choice: Any, values: Mapping[str, str | None]) -> Any:
    """A value as it stands, or the cell of a table (docs/policies.md, Tables)."""
    if not isinstance(choice, dict) or "by" not in choice:
        return choice
    cell = choice["cells"]
    for dimension in choice["by"]:
        if _is_cell(cell):
            break
        cell = cell.get(values.get(dimension), cell.get("otherwise"))
    return cell


def admits(rule: Plain, values: Mapping[str, str | None], *dimensions: str) -> bool:
    """Whether the rule's conditions on these dimensions hold."""
    names = {dimension: _PLURALS[dimension] for dimension in dimensions}
    return all(
        not rule.get(name) or values.get(dimension) in rule[name]
        for dimension, name in names.items()
    )


def admits_facts(rule: Plain, values: Mapping[str, str | None]) -> bool:
    """Whether the rule's conditions on facts hold, for these rows of them."""
    return all(
        values.get(f"facts.{name}") in [_row(row) for row in rows]
        for name, rows in rule.get("facts", {}).items()
    )


def _row(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_PLURALS = {
    "plan": "plans",
    "kind": "kinds",
    "channel": "channels",
    "priority": "priorities",
    "region": "regions",
    "received": "received",
}


def _is_cell(value: Any) -> bool:
    return not isinstance(value, dict) or "within" in value or "guarantee" in value


def _unshared(value: Any) -> Any:
    if isinstance(value, dict):
        return {_name(key): _unshared(each) for key, each in value.items()}
    return [_unshared(each) for each in value] if isinstance(value, list) else value


def _name(key: Any) -> str:
    """A key as text: `true` is the row of a fact in a table."""
    return str(key).lower() if isinstance(key, bool) else str(key)
