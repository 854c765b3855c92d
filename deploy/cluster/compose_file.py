"""The services of docker-compose.yml, as this program runs them without containers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bootstrap.exit_codes import ExitCode, Failure
from settings import ROOT

COMPOSE_FILE = ROOT / "docker-compose.yml"
SECRETS = "/run/secrets"
_VARIABLE = re.compile(r"\$(?:\$|\{(?P<name>\w+)(?:(?P<how>:-|:\?)(?P<text>[^}]*))?\})")


@dataclass(frozen=True)
class ComposeService:
    """One service. Paths in it are those of its container."""

    name: str
    image: str
    environment: Mapping[str, str]
    entrypoint: tuple[str, ...]
    command: tuple[str, ...]
    mounts: Mapping[str, Path]
    """The path on this machine of each path in the container."""

    def here(self, path: str) -> str:
        """The path on this machine; the same text if it is not a path below a mount."""
        for target in sorted(self.mounts, key=len, reverse=True):
            if path == target or path.startswith(f"{target}/"):
                return f"{self.mounts[target]}{path[len(target) :]}"
        return path

    @property
    def settings(self) -> dict[str, str]:
        """Its variables with the paths of this machine."""
        return {name: self.here(value) for name, value in self.environment.items()}

    @property
    def version(self) -> str:
        """The tag of its image."""
        return self.image.rpartition(":")[2]


class ComposeFile:
    """The file, with the values of its variables. `volumes` has a folder for each volume."""

    def __init__(
        self, variables: Mapping[str, str], volumes: Path, file: Path = COMPOSE_FILE
    ) -> None:
        self._variables = variables
        self._volumes = volumes
        self._root = file.parent
        self._content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))

    def service(self, name: str) -> ComposeService:
        """A service by its name."""
        content = self._content["services"][name]
        return ComposeService(
            name=name,
            image=content["image"],
            environment={
                variable: self._filled(str(value))
                for variable, value in content.get("environment", {}).items()
            },
            entrypoint=tuple(self._filled(word) for word in content.get("entrypoint", ())),
            command=tuple(self._filled(word) for word in content.get("command", ())),
            mounts=dict(self._mounts(content)),
        )

    def _mounts(self, content: dict[str, Any]) -> list[tuple[str, Path]]:
        mounts = [self._mount(self._filled(volume)) for volume in content.get("volumes", ())]
        for secret in content.get("secrets", ()):
            file = self._filled(self._content["secrets"][secret]["file"])
            mounts.append((f"{SECRETS}/{secret}", self._root / file))
        return mounts

    def _mount(self, volume: str) -> tuple[str, Path]:
        source, target = volume.removesuffix(":ro").split(":")
        is_path = source.startswith((".", "/"))
        # A path that is absolute stays what it is.
        return target, (self._root / source).resolve() if is_path else self._volumes / source

    def _filled(self, text: str) -> str:
        return _VARIABLE.sub(self._value, text)

    def _value(self, match: re.Match[str]) -> str:
        if match["name"] is None:
            return "$"
        value = self._variables.get(match["name"], "")
        if value or match["how"] is None:
            return value
        if match["how"] == ":?":
            raise Failure(ExitCode.BAD_SETTINGS, f"{match['name']}: {match['text']}")
        return match["text"] or ""
