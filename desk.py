"""The `desk` command line. Each command is a function in a file of its own in `commands/`."""

import sys
from typing import Annotated, NoReturn

import typer

from commands.console.error_reporting import exit_code_of, flush_and_exit
from commands.console.lazy_group import CommandEntry, LazyGroup

START, POLICIES, PROCESSES, ACCESS, PROOFS, UPGRADES, DEVELOPMENT = (
    "Getting started",
    "Policies",
    "Deployment, one process each",
    "Keys and personal data",
    "Proofs of tickets",
    "Upgrades",
    "Development of Durable Desk",
)
COMMANDS = (
    CommandEntry("demo", START, "Run the whole life of a ticket, weeks of it, in seconds."),
    CommandEntry(
        "up", START, "Run everything on this machine: Temporal, worker, API, mail catcher."
    ),
    CommandEntry("new-policy", POLICIES, "Ask what a support page says, and write a first policy."),
    CommandEntry("check", POLICIES, "Check policies and contracts for errors."),
    CommandEntry(
        "explain", POLICIES, "Show how a deadline is computed: open hours, closed days, clause."
    ),
    CommandEntry(
        "coverage", POLICIES, "Show whether a request is covered, and under which clauses."
    ),
    CommandEntry("preview", POLICIES, "Show the e-mails of a policy as they would be sent."),
    CommandEntry(
        "page", POLICIES, "Write the support page that a customer reads.", "commands.support_page"
    ),
    CommandEntry(
        "schema", POLICIES, "Print a JSON Schema: of policies, contracts, messages or exports."
    ),
    CommandEntry(
        "backtest",
        POLICIES,
        "Try a policy on years of tickets from the log of another system.",
        "commands.backtest",
    ),
    CommandEntry("simulate", POLICIES, "Run scenarios and compare the results with the expected."),
    CommandEntry(
        "announce", POLICIES, "Notify the accounts under a policy of an upcoming revision."
    ),
    CommandEntry("setup", PROCESSES, "Register the search attributes in a Temporal namespace."),
    CommandEntry("worker", PROCESSES, "Run a worker: it runs the workflows and sends notices."),
    CommandEntry("api", PROCESSES, "Run the HTTP API."),
    CommandEntry(
        "codec", PROCESSES, "Decrypt payloads for the Temporal UI and CLI.", "commands.encryption"
    ),
    CommandEntry(
        "keys", ACCESS, "Create, list, rotate and revoke API keys.", "commands.credentials"
    ),
    CommandEntry(
        "master-key", ACCESS, "Add a master key for encrypted histories.", "commands.encryption"
    ),
    CommandEntry(
        "rewrap", ACCESS, "Wrap all data keys by the newest master key.", "commands.encryption"
    ),
    CommandEntry(
        "export",
        ACCESS,
        "Export what is held about a person, to hand to them.",
        "commands.personal_data",
    ),
    CommandEntry(
        "erase",
        ACCESS,
        "Forget a person: tickets, accounts and API keys.",
        "commands.personal_data",
    ),
    CommandEntry(
        "proof", PROOFS, "Write a signed record of a ticket, to recompute it.", "commands.proofs"
    ),
    CommandEntry(
        "verify", PROOFS, "Recompute a proof: due times, breaches, credits.", "commands.proofs"
    ),
    CommandEntry("replay", UPGRADES, "Check that open tickets can continue on this code."),
    CommandEntry("promote", UPGRADES, "Route work to a build of the worker."),
    CommandEntry("builds", UPGRADES, "Show the builds of the worker, and which of them get work."),
    CommandEntry(
        "clauses",
        DEVELOPMENT,
        "Show the rules and tests of each clause of each policy.",
        "commands.development",
    ),
    CommandEntry(
        "diagram",
        DEVELOPMENT,
        "Draw the ticket lifecycle from its transition table.",
        "commands.development",
    ),
)
EXAMPLES = """\
[bold]Examples[/]

  desk demo                                  see a ticket's life in half a minute

  desk up                                    open tickets of your own over HTTP

  desk up --ephemeral --port 8080            the same, with tickets kept in memory only

  desk check policies/catalog/*.yaml         check every policy for errors

  desk simulate examples/scenarios/*/*.yaml  run every scenario that ships

  desk COMMAND --help                        options, output and exit codes of a command

[dim]DESK_* variables are the settings, TEMPORAL_* the connection to Temporal. Exit codes: \
2 usage or unreadable file, 69 no Temporal server, 70 Temporal server exited, 71 port taken, \
75 state directory in use, 78 invalid setting, 130 interrupted.[/]
"""

app = typer.Typer(
    name="desk",
    cls=LazyGroup,
    help="Durable Desk is an SLA engine for B2B support: each ticket is a durable workflow, "
    "each deadline a timer.",
    epilog=EXAMPLES,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "obj": {entry.name: entry.module for entry in COMMANDS},
    },
)
for entry in COMMANDS:
    app.command(entry.name, help=entry.summary, rich_help_panel=entry.panel)(entry.placeholder)


def _show_version(value: bool) -> None:
    if value:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"desk {version('durable-desk')}")
        except PackageNotFoundError:
            typer.echo("desk (run from source, not installed)")
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
    """Runs one command and returns its exit code."""
    try:
        app(arguments, prog_name="desk")
    except BaseException as error:
        return exit_code_of(error)
    return 0


def main() -> NoReturn:
    """The entry point of the console script."""
    flush_and_exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
