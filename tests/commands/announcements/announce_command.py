"""`desk announce` as a command, and the report that it prints."""

import asyncio
from datetime import date

import typer
from typer.testing import CliRunner, Result

from commands.announce import announce

app = typer.Typer(rich_markup_mode="rich")
app.command()(announce)

SILENT = "{account: silent, name: Silent, policy: cention, plan: enterprise}\n"


def run(desk: dict[str, str], *arguments: object) -> Result:
    """The command with these arguments and settings."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env=desk)


async def announced(desk: dict[str, str], day: date, *arguments: object) -> Result:
    """The same for Cention's revision of a day, beside a worker in this process."""
    return await asyncio.to_thread(run, desk, "cention", "--revision", day, *arguments)


def told(result: Result) -> str:
    """What it prints, in one line."""
    return " ".join(result.output.replace("│", " ").split())
