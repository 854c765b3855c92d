"""`desk up`: the whole desk on this machine, until it is told to stop."""

import asyncio
import logging
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from bootstrap.logs import log_to_terminal

LOG = logging.getLogger("desk")


def up(
    ephemeral: Annotated[
        bool,
        typer.Option("--ephemeral", help="Keep tickets in memory and forget them at the end."),
    ] = False,
    port: Annotated[
        int | None,
        typer.Option(
            help="Port of the API, else DESK_API_PORT, else 8000.", min=1, max=65535, metavar="PORT"
        ),
    ] = None,
    ui_port: Annotated[
        int | None,
        typer.Option(
            help="Port of the Temporal UI, else DESK_UI_PORT, else 8233.",
            min=1,
            max=65535,
            metavar="PORT",
        ),
    ] = None,
    temporal_port: Annotated[
        int | None,
        typer.Option(
            help="Port of the Temporal server, else DESK_TEMPORAL_PORT, else 7233.",
            min=1,
            max=65535,
            metavar="PORT",
        ),
    ] = None,
    state_dir: Annotated[
        Path | None,
        typer.Option(help="Where tickets, mails and tokens are kept, else DESK_STATE_DIR."),
    ] = None,
) -> None:
    """Run everything on this machine: Temporal with its UI, worker, API.

    Everything listens on loopback; only the API can be told otherwise, by
    DESK_API_HOST, and needs configured tokens then. Tickets and their
    timers survive a restart: they are in the state directory, [bold].desk[/]
    unless you say otherwise. A deadline that passed meanwhile is caught up
    with.

    Without DESK_MAIL_HOST a mail catcher takes every mail, prints one line
    for it and keeps it as a file. Without DESK_TOKENS there is a token for
    every part in the process, made once and shown at each start.

    Ctrl-C or SIGTERM ends it in good order; a second time, at once.

    Exit code 70 when the Temporal server ends by itself, 71 when a port
    is taken, 75 when another desk uses the state directory, 78 when a
    setting is wrong, 130 after Ctrl-C.

    Example: desk up --ephemeral --port 8080
    """
    from commands.processes.local_desk import run_until_stopped
    from settings import Settings

    log_to_terminal()
    if "TEMPORAL_ADDRESS" in os.environ:
        LOG.warning(
            "TEMPORAL_ADDRESS is not used: `desk up` brings a Temporal server of its own. "
            "With yours, run `desk setup`, `desk worker` and `desk api`."
        )
    given: dict[str, Any] = {
        "api_port": port,
        "ui_port": ui_port,
        "temporal_port": temporal_port,
        "state_dir": state_dir,
    }
    settings = Settings(**{name: value for name, value in given.items() if value is not None})
    raise typer.Exit(asyncio.run(run_until_stopped(settings, ephemeral)))
