"""The chart as Helm renders it: value files, objects, containers."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
CHART = ROOT / "deploy" / "helm"
RENDERER = Path(__file__).with_name("render.py")
EVERYTHING = Path(__file__).with_name("everything.yaml")
"""Sets every value of the chart that becomes a variable."""
FILES = [*sorted((CHART / "values").glob("*.yaml")), EVERYTHING]
Manifest = dict[str, Any]
HOOK = "helm.sh/hook"


def values_of(file: Path | str) -> dict[str, Any]:
    """The values of an example by its name, or of a file."""
    path = CHART / "values" / f"{file}.yaml" if isinstance(file, str) else file
    values: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return values


def with_values(values: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A copy with changes; two underscores separate the parts of a path."""
    changed = deepcopy(values)
    for path, value in changes.items():
        *parents, last = path.split("__")
        node = changed
        for name in parents:
            node = node.setdefault(name, {})
        node[last] = value
    return changed


def render(*values: dict[str, Any], chart: Path = CHART) -> list[dict[str, Any]]:
    """What Helm makes of each set of values: `manifests` and `lint`, or `error`.

    Without the library the test is skipped, or fails in continuous integration.
    """
    if importlib.util.find_spec("helm_python") is None:
        reason = "helm-python-sdk has no wheel for this machine (requirements.lock)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    requests = [{"chart": str(chart), "values": each} for each in values]
    done = subprocess.run(
        [sys.executable, str(RENDERER)],
        input=json.dumps(requests),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    results: list[dict[str, Any]] = json.loads(done.stdout)
    return results


def objects(result: dict[str, Any]) -> list[Manifest]:
    """The Kubernetes objects of a rendering."""
    assert "error" not in result, result["error"]
    texts = [text for name, text in result["manifests"].items() if name.endswith(".yaml")]
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return [found for text in texts for found in yaml.load_all(text, loader) if found]


@cache
def rendered_files() -> dict[str, dict[str, Any]]:
    """The renderings of all value files by the name of the file."""
    results = render(*[values_of(path) for path in FILES])
    return {path.stem: result for path, result in zip(FILES, results, strict=True)}


@cache
def of_file(name: str) -> list[Manifest]:
    """The objects that a value file makes. They are shared: copy one before you change it."""
    return objects(rendered_files()[name])


def of_kind(manifests: Sequence[Manifest], *kinds: str) -> list[Manifest]:
    return [manifest for manifest in manifests if manifest["kind"] in kinds]


def named(manifests: Sequence[Manifest], kind: str, name: str) -> Manifest:
    [found] = [m for m in of_kind(manifests, kind) if m["metadata"]["name"] == name]
    return found


def workloads(manifests: Sequence[Manifest]) -> Iterator[tuple[str, Manifest]]:
    """Each component with the object that has its pods."""
    for manifest in of_kind(manifests, "Deployment", "Job"):
        yield component_of(manifest), manifest


def component_of(manifest: Manifest) -> str:
    component: str = manifest["metadata"]["labels"]["app.kubernetes.io/component"]
    return component


def pod_of(workload: Manifest) -> dict[str, Any]:
    pod: dict[str, Any] = workload["spec"]["template"]["spec"]
    return pod


def container_of(workload: Manifest) -> dict[str, Any]:
    [container] = pod_of(workload)["containers"]
    found: dict[str, Any] = container
    return found


def variables(workload: Manifest) -> dict[str, str]:
    """The variables of the container; one of a Secret has the value `secret:<name>/<key>`."""
    found = {}
    for variable in container_of(workload)["env"]:
        if "value" in variable:
            found[variable["name"]] = variable["value"]
        else:
            source = variable["valueFrom"]["secretKeyRef"]
            found[variable["name"]] = f"secret:{source['name']}/{source['key']}"
    return found
