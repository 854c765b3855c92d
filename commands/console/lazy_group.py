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
    """A command in the list. The command `new-policy` is the function `new_policy` in a module of
    that name in `package`.
    """

    name: str
    panel: str
    summary: str
    package: str = "commands"

    @property
    def module(self) -> str:
        """The full name of its module."""
        return f"{self.package}.{self.name.replace('-', '_')}"

    @staticmethod
    def placeholder() -> None:
        """Takes the place of the command until it runs."""


class LazyGroup(TyperGroup):
    """Lists placeholders and runs the real commands; `obj` of its context has their modules."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Replaces the placeholder by the command, which is imported now."""
        name, placeholder, rest = super().resolve_command(ctx, args)
        return name, placeholder and load(ctx.obj[placeholder.name]), rest


def load(module: str) -> Any:
    """Imports the function of a command, which has the name of its module, as a command.

    A command with subcommands has them in `app`; its function is their callback.
    """
    imported = import_module(module)
    if (group := getattr(imported, "app", None)) is not None:
        return typer.main.get_command(group)
    function = getattr(imported, module.rpartition(".")[2])
    single = typer.Typer(
        rich_markup_mode="rich",
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    single.command()(function)
    return typer.main.get_command(single)
