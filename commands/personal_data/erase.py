"""`desk erase`: forgets a person."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bootstrap.exit_codes import ExitCode
from commands.console.plain_output import echo

if TYPE_CHECKING:
    from settings import Settings
    from workflows.client.erasure.erasure import Erasure, Order
    from workflows.client.erasure.report import ErasureReport

STANDARD_INPUT = "-"


def erase(  # noqa: PLR0913, PLR0917  # one parameter for each option
    requester: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="E-mail address of the person; - reads it from standard input.",
        ),
    ],
    close_open: Annotated[
        bool, typer.Option("--close-open", help="Withdraw open tickets of the person first.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be erased, and change nothing.")
    ] = False,
    actors: Annotated[
        list[str] | None,
        typer.Option(
            "--actor",
            metavar="ID",
            help="Id under which the person acted, such as the subject at your identity "
            "provider; repeatable. Ids of API keys and of the person's tickets are known.",
        ),
    ] = None,
    accounts: Annotated[
        list[str] | None,
        typer.Option(
            "--account",
            metavar="ID",
            help="Account whose earlier runs are deleted even if it does not name the person any "
            "more; repeatable.",
        ),
    ] = None,
    wait: Annotated[
        float, typer.Option(min=1, help="Seconds to wait for notices, and for Temporal to delete.")
    ] = 180,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
    audit_log: Annotated[
        Path | None,
        typer.Option(
            "--audit-log",
            metavar="FILE",
            envvar="DESK_AUDIT_LOG",
            help="File that gets an entry of the erasure; - is standard error, none is no entry.",
        ),
    ] = None,
) -> None:
    """Forget a person: erase all tickets with this requester, remove the
    person from accounts, and revoke API keys with the address.

    With encryption, the data keys of the tickets are destroyed. Their
    histories are deleted from Temporal in any case. Open tickets are listed,
    and nothing is erased, unless --close-open withdraws them. Credits and
    claims of accounts stay, without the person.

    An interrupted erasure is completed by the same command. The report names
    what stays, such as e-mails that were sent. A worker has to run.

    Exit codes: 0 nothing of the person is left, or a dry run; 1 there are open
    tickets, or something is not finished or failed; 2 usage; 69 no Temporal
    server responds; 78 a setting is invalid.

    Example: desk erase --requester mia@harbour.example --dry-run
    """
    from commands.personal_data.erasure_lines import erasure_lines
    from workflows.client.erasure.erasure import Order

    order = Order(
        _address(requester),
        close_open=close_open,
        actors=tuple(actors or ()),
        accounts=tuple(accounts or ()),
        wait=wait,
    )
    report = asyncio.run(_report(order, dry_run, audit_log))
    if as_json:
        echo(report.model_dump_json(indent=2))
    else:
        for line in erasure_lines(report, is_audited=audit_log is not None):
            echo(line)
    if not dry_run and not report.is_complete:
        raise typer.Exit(ExitCode.FAILED)


def _address(text: str) -> str:
    from policies.email_addresses import email_address

    given = sys.stdin.readline().strip() if text == STANDARD_INPUT else text
    try:
        return email_address(given)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="'--requester'") from None


async def _report(order: "Order", dry_run: bool, audit_log: Path | None) -> "ErasureReport":
    from bootstrap.audit import actor_of_command, audit_log_of_command
    from bootstrap.encryption import connected
    from bootstrap.identity import known_people
    from commands.processes.erasure import erasure
    from settings import Settings

    settings = Settings()
    # Without a log that can be opened, nothing is erased.
    log, at = audit_log_of_command(audit_log), datetime.now(UTC)
    work = erasure(settings, known_people(settings), await connected(settings), order)
    if dry_run:
        await work.plan()
        _add_local_data(settings, work, is_real=False)
        return work.report
    try:
        await work.run()
        _add_local_data(settings, work, is_real=True)
    finally:
        from api.personal_data.audit_entries import entry_of

        log.write(entry_of(work.report, at, actor_of_command()))
    return work.report


def _add_local_data(settings: "Settings", work: "Erasure", *, is_real: bool) -> None:
    """The data outside Temporal that the settings of this machine name."""
    from commands.personal_data.caught_mail import delete_mail, mail_about
    from workflows.client.erasure.report import Outcome

    report, address = work.report, work.address
    if report.outcome is Outcome.REFUSED:
        return
    mail = mail_about(settings.state_dir, address, report.tickets)
    report.mails = len(mail)
    if is_real:
        delete_mail(mail)
        report.finish()
