"""Renders charts with Helm's own library, apart from the process of the tests.

    python tests/deploy/kubernetes/render.py < requests.json

The library brings a Go runtime, which does not belong into a process that forks.
"""

import json
import sys
from typing import Any

import helm_python


def rendered(request: dict[str, Any]) -> dict[str, Any]:
    """The manifests of a request by template, or its error; and what the linter says."""
    chart, values = request["chart"], request["values"]
    try:
        with helm_python.Chart.load(chart) as loaded:
            loaded.validate_schema(values)
            manifests = loaded.render(
                values, name="desk", namespace="support", is_upgrade=True, is_install=False
            )
    except helm_python.HelmError as error:
        return {"error": str(error)}
    found = helm_python.lint(chart, values, strict=True, namespace="support")
    # Severity 1 is information.
    lint = [m["error"] for m in found["messages"] if m["severity"] > 1] + found["errors"]
    return {"manifests": manifests, "lint": lint}


if __name__ == "__main__":
    json.dump([rendered(request) for request in json.load(sys.stdin)], sys.stdout)
