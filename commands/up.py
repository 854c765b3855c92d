"""`desk up`: a complete deployment on this machine."""

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
        typer.Option("--ephemeral", help="Keep tickets in memory only; they are lost on exit."),
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
        typer.Option(help="Directory for tickets, e-mails and tokens, else DESK_STATE_DIR."),
    ] = None,
) -> None:
    """Run everything on this machine: Temporal with its UI, worker, API.

    Everything listens on loopback. DESK_API_HOST sets another address for
    the API, which then requires configured tokens. Tickets and their timers
    survive a restart: they are in the state directory, by default
    [bold].desk[/]. A deadline that passes while nothing runs is processed at
    the next start.

    Without DESK_MAIL_HOST, a mail catcher prints a line for each e-mail and
    stores it as a file. Without DESK_TOKENS, tokens for the common roles
    are generated once and shown at each start.

    Ctrl-C or SIGTERM stops everything in order; a second signal stops it
    at once.

    Exit codes: 70 the Temporal server exited, 71 a port is taken, 75 the
    state directory is in use, 78 a setting is invalid, 130 after Ctrl-C.

    Example: desk up --ephemeral --port 8080
    """
    from commands.processes.local_desk import run_until_stopped
    from settings import Settings

    log_to_terminal()
    if "TEMPORAL_ADDRESS" in os.environ:
        LOG.warning(
            "TEMPORAL_ADDRESS is ignored: `desk up` runs its own Temporal server. "
            "To use another server, run `desk setup`, `desk worker` and `desk api`."
        )
    options: dict[str, Any] = {
        "api_port": port,
        "ui_port": ui_port,
        "temporal_port": temporal_port,
        "state_dir": state_dir,
    }
    settings = Settings(**{name: value for name, value in options.items() if value is not None})
    raise typer.Exit(asyncio.run(run_until_stopped(settings, ephemeral)))
