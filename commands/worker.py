"""`desk worker`: the worker alone, as a deployment runs it."""

import asyncio
from typing import Annotated, Any

import typer

from bootstrap.exit_codes import ExitCode, Failure
from bootstrap.logs import log_to_terminal


def worker(
    deployment: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Worker Deployment it belongs to, else DESK_DEPLOYMENT."),
    ] = None,
    build: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Build of that deployment, else DESK_BUILD."),
    ] = None,
) -> None:
    """Run a worker: it keeps the promises and sends the notices.

    It reaches Temporal by TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE and the
    mail server by DESK_MAIL_HOST and its companions. Any number of them
    may run; none needs to run for a deadline to be remembered. On SIGTERM it
    finishes what is in hand, for DESK_GRACE_SECONDS at most.

    With a deployment and a build it is given work once its build is
    current: see [bold]desk promote[/].

    Exit code 69 when no Temporal server answers, 71 when the port of the
    metrics is taken, 78 when a setting is wrong or missing.

    Example: DESK_MAIL_HOST=mail.example desk worker --deployment desk --build 0.2.0
    """
    from settings import Settings
    from worker import work

    log_to_terminal()
    given: dict[str, Any] = {"deployment": deployment, "build": build}
    settings = Settings(**{name: value for name, value in given.items() if value is not None})
    log_to_terminal(settings.log_format)
    if settings.mail_host is None:
        raise Failure(
            ExitCode.BAD_SETTINGS,
            "DESK_MAIL_HOST: set it to the mail server that notices go through. "
            "To try things out, `desk up` brings a mail catcher.",
        )
    asyncio.run(work(settings))
