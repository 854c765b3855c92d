"""The `desk` command. Each command is a function in a file of its own under `commands/`."""

import sys
from typing import Annotated, NoReturn

import typer

from commands.console.error_reporting import exit_code_of, flush_and_exit
from commands.console.lazy_group import CommandEntry, LazyGroup

START, POLICIES, DEPLOYMENT, DEVELOPMENT = (
    "Start here",
    "Policies and what they promise",
    "In a deployment, one process each",
    "For those who work on Durable Desk",
)
COMMANDS = (
    CommandEntry("demo", START, "Play a ticket's whole life, weeks of it, in seconds."),
    CommandEntry(
        "up", START, "Run everything on this machine: Temporal, worker, API, mail catcher."
    ),
    CommandEntry("check", POLICIES, "Check policies and contracts before anybody relies on them."),
    CommandEntry(
        "explain", POLICIES, "Show how a deadline comes about: windows, closed days, clause."
    ),
    CommandEntry(
        "coverage", POLICIES, "Show whether a request is covered, and under which clauses."
    ),
    CommandEntry(
        "schema", POLICIES, "Print the JSON Schema of policies or contracts, for editors."
    ),
    CommandEntry(
        "simulate", POLICIES, "Play small stories of a ticket, with what must come of them."
    ),
    CommandEntry("announce", POLICIES, "Tell the accounts under a policy of a coming revision."),
    CommandEntry("setup", DEPLOYMENT, "Register the search attributes in a Temporal namespace."),
    CommandEntry(
        "worker", DEPLOYMENT, "Run a worker: it keeps the promises and sends the notices."
    ),
    CommandEntry("api", DEPLOYMENT, "Run the HTTP API."),
    CommandEntry("replay", DEPLOYMENT, "Look whether open tickets go on under this code."),
    CommandEntry("promote", DEPLOYMENT, "Give the work to a build of the worker."),
    CommandEntry(
        "builds", DEPLOYMENT, "Show the builds of the worker, and which of them has work."
    ),
    CommandEntry(
        "clauses", DEVELOPMENT, "Show each clause of each policy, its rules and its tests."
    ),
    CommandEntry("diagram", DEVELOPMENT, "Draw the process from its transition table."),
)
EXAMPLES = """\
[bold]Examples[/]

  desk demo                                  what this is, in half a minute

  desk up                                    open tickets of your own over HTTP

  desk up --ephemeral --port 8080            ... and forget them all at the end

  desk check policies/catalog/*.yaml         is every policy sound?

  desk simulate examples/scenarios/*/*.yaml  does what we promised still come true?

  desk COMMAND --help                        what a command takes and answers

[dim]Settings are DESK_* variables, Temporal is reached by TEMPORAL_*. Exit codes: 2 usage, 69 no \
Temporal server, 70 the server ended by itself, 71 port taken, 75 state directory in use, \
78 wrong setting, 130 interrupted.[/]
"""

app = typer.Typer(
    name="desk",
    cls=LazyGroup,
    help="Durable Desk keeps a support desk's [bold]published promises[/]: every ticket is a "
    "durable workflow, every deadline a timer.",
    epilog=EXAMPLES,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for offer in COMMANDS:
    app.command(offer.name, help=offer.summary, rich_help_panel=offer.panel)(offer.placeholder)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"desk {version('durable-desk')}")
        except PackageNotFoundError:
            typer.echo("desk, run from its sources without being installed")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    pass


def run(arguments: list[str]) -> int:
    """Runs one command; the exit code."""
    try:
        app(arguments, prog_name="desk")
    except BaseException as ended:
        return exit_code_of(ended)
    return 0


def main() -> NoReturn:
    """The console script."""
    flush_and_exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
