"""`desk worker`: a worker as a process of a deployment."""

import asyncio
from typing import Annotated, Any

import typer

from bootstrap.exit_codes import ExitCode, Failure
from bootstrap.logs import log_to_terminal


def worker(
    deployment: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Worker Deployment of the worker, else DESK_DEPLOYMENT."),
    ] = None,
    build: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Build ID in that deployment, else DESK_BUILD."),
    ] = None,
) -> None:
    """Run a worker: it runs the workflows and sends notices.

    The worker connects to Temporal at TEMPORAL_ADDRESS, in
    TEMPORAL_NAMESPACE, and sends e-mail through DESK_MAIL_HOST. Any number
    may run. Temporal keeps the deadlines, also while no worker runs. On
    SIGTERM the worker finishes running tasks, for at most
    DESK_GRACE_SECONDS.

    With a deployment and a build, the worker gets work once its build is
    current: see [bold]desk promote[/].

    Exit codes: 69 no Temporal server responds, 71 the metrics port is
    taken, 78 a setting is missing or invalid.

    Example: DESK_MAIL_HOST=mail.example desk worker --deployment desk --build 0.2.0
    """
    from settings import Settings
    from worker import work

    log_to_terminal()
    options: dict[str, Any] = {"deployment": deployment, "build": build}
    settings = Settings(**{name: value for name, value in options.items() if value is not None})
    log_to_terminal(settings.log_format)
    if settings.mail_host is None:
        raise Failure(
            ExitCode.BAD_SETTINGS,
            "DESK_MAIL_HOST: not set; set it to the mail server for notices. "
            "To try Durable Desk without one, run `desk up`, which includes a mail catcher.",
        )
    asyncio.run(work(settings))
