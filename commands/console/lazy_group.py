"""A group of commands that imports a command when it is run, not when it is listed.

`desk --help` lists all commands, and those import Temporal, FastAPI and the policies: a second
in which nothing shows. So the list is made of stand-ins that know a name and a line of help.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup


@dataclass(frozen=True)
class CommandEntry:
    """A command as it is listed; the function of its name in `commands/<name>.py` is it."""

    name: str
    panel: str
    summary: str

    @staticmethod
    def placeholder() -> None:
        """What is listed instead of the command."""


class LazyGroup(TyperGroup):
    """Lists stand-ins, runs the commands they stand for."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that was asked for, imported now."""
        name, stand_in, rest = super().resolve_command(ctx, args)
        return name, stand_in and load(stand_in.name or ""), rest


def load(name: str) -> Any:
    """The command of this name, made from its function."""
    function = getattr(import_module(f"commands.{name}"), name)
    alone = typer.Typer(
        rich_markup_mode="rich",
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    alone.command(name)(function)
    return typer.main.get_command(alone)
