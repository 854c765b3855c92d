"""Kubernetes' own JSON schemas, of several versions, without unknown properties."""

import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

OLDEST, NEWEST = "1.29", "1.37"
"""The oldest version that the chart admits, and the newest with schemas."""
OF_EXTENSIONS = {"ScaledObject", "PodMonitor"}
"""Kinds of KEDA and of the Prometheus operator, of which Kubernetes knows nothing."""


def _folder(version: str) -> Path:
    # Found, not imported: the package itself brings a second validator.
    spec = importlib.util.find_spec("kubernetes_validate")
    assert spec is not None
    assert spec.origin is not None
    schemas = Path(spec.origin).parent / "kubernetes-json-schema"
    return schemas / f"v{version}.0-local-strict"


@cache
def _shared(version: str) -> dict[str, Any]:
    text = (_folder(version) / "_definitions.json").read_text(encoding="utf-8")
    definitions: dict[str, Any] = json.loads(text)
    return definitions


@cache
def _validator(version: str, api_version: str, kind: str) -> Any:
    group, _, number = api_version.rpartition("/")
    parts = [kind.lower(), *([group.partition(".")[0]] if group else []), number]
    path = _folder(version) / f"{'-'.join(parts)}.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    return jsonschema_rs.validator_for(
        schema, base_uri="json-schema:///api/object.json", retriever=lambda _: _shared(version)
    )


def faults(manifest: dict[str, Any], version: str) -> list[str]:
    """What Kubernetes of this version would refuse, each with its place."""
    validator = _validator(version, manifest["apiVersion"], manifest["kind"])
    name = f"{manifest['kind']} {manifest['metadata']['name']}"
    return [
        f"{name} {'.'.join(map(str, error.instance_path))}: {error.message}"
        for error in validator.iter_errors(manifest)
    ]
