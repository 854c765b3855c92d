"""Mutants that no test can notice, each with the reason: `equivalent.yaml`."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter
from ruamel.yaml import YAML

from tests.mutation.mutants import Mutant

LIST = Path(__file__).parent / "equivalent.yaml"


class Equivalent(BaseModel):
    """A mutant as its text identifies it, and why it changes nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    scope: str
    line: str
    change: str
    nth: int = 1
    reason: str

    @property
    def identity(self) -> tuple[str, str, str, str, int]:
        """As `Mutant.identity`."""
        return self.file, self.scope, self.line, self.change, self.nth


def equivalents() -> list[Equivalent]:
    """The whole list."""
    documents = YAML(typ="safe").load(LIST.read_text(encoding="utf-8"))
    return TypeAdapter(list[Equivalent]).validate_python(documents or [])


def without_equivalents(mutants: list[Mutant]) -> list[Mutant]:
    """The mutants that a test could notice."""
    known = {entry.identity for entry in equivalents()}
    return [mutant for mutant in mutants if mutant.identity not in known]
