"""The dynamic configuration of the deployment with further values, for tests and experiments."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from settings import ROOT

SHARED = ROOT / "deploy" / "dynamic-config.yaml"


def write_with(values: Mapping[str, str], file: Path) -> Path:
    """Writes both into a file. Values are YAML, as `--dynamic-config-value` of the dev server has
    them.
    """
    content: dict[str, list[dict[str, object]]] = yaml.safe_load(SHARED.read_text(encoding="utf-8"))
    for name, value in values.items():
        content[name] = [{"value": yaml.safe_load(value)}]
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return file
