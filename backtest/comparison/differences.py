"""The values in which two policies differ, each with its clause."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import JsonValue

from policies.documents.paths import FIXED
from policies.documents.problems import Path, dotted
from policies.schema.policy import SupportPolicy

_NO_RULES = frozenset({*FIXED, "title", "labels", "contacts", "notices"})
"""Parts of a policy by which no ticket is judged."""


class Difference(NamedTuple):
    """A value that two policies have otherwise; None if one has none. `clause` is the clause of the
    innermost part around it, in the new policy if it has that part.
    """

    path: str
    old: JsonValue
    new: JsonValue
    clause: str

    def concerns(self, clock: str) -> bool:
        """Whether it can change this clock: it is not a value of another one."""
        parts = self.path.split(".")
        return parts[0] != "clocks" or parts[1] == clock


def differences(old: SupportPolicy, new: SupportPolicy) -> list[Difference]:
    """All values in which two policies differ, by path."""
    return [*_differences(_data(old), _data(new), (), "")]


def _data(policy: SupportPolicy) -> dict[str, Any]:
    data = policy.model_dump(mode="json", exclude_defaults=True)
    return {key: value for key, value in data.items() if key not in _NO_RULES}


def _differences(old: Any, new: Any, path: Path, clause: str) -> Iterator[Difference]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        clause = new.get("clause") or old.get("clause") or clause
        for key in sorted({*old, *new}):
            if key != "clause":
                yield from _differences(old.get(key), new.get(key), (*path, key), clause)
        return
    own = next((v.get("clause") for v in (new, old) if isinstance(v, Mapping)), None)
    yield Difference(dotted(path), old, new, own or clause)
