"""A command group that imports a command only when it runs.

The commands import Temporal, FastAPI and the policies, which takes a second. `desk --help` lists
placeholders instead, which have a name and a summary.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup


@dataclass(frozen=True)
class CommandEntry:
    """A command in the list; its code is the function `name` in `commands/<name>.py`."""

    name: str
    panel: str
    summary: str

    @staticmethod
    def placeholder() -> None:
        """Takes the place of the command until it runs."""


class LazyGroup(TyperGroup):
    """Lists placeholders and runs the real commands."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Replaces the placeholder by the command, which is imported now."""
        name, placeholder, rest = super().resolve_command(ctx, args)
        return name, placeholder and load(placeholder.name or ""), rest


def load(name: str) -> Any:
    """Imports the function of a command and makes a command of it."""
    function = getattr(import_module(f"commands.{name}"), name)
    single = typer.Typer(
        rich_markup_mode="rich",
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    single.command(name)(function)
    return typer.main.get_command(single)
