"""`desk export`: what is held about a person, to hand to them."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from bootstrap.exit_codes import ExitCode, Failure
from commands.console.plain_output import echo
from commands.console.whole_file import whole_file

if TYPE_CHECKING:
    from api.personal_data.exporter import Export, Exporter
    from settings import Settings


class Form(StrEnum):
    """The form of an export: for programs, or for the person."""

    JSON = "json"
    HTML = "html"


def export(
    requester: Annotated[
        str, typer.Option(metavar="ADDRESS", help="E-mail address of the person.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File to write. Default: standard output."),
    ] = None,
    format: Annotated[
        Form, typer.Option(help="json for programs, html as a page for the person.")
    ] = Form.JSON,
    incomplete: Annotated[
        bool,
        typer.Option(
            "--incomplete", help="Write the file even if a part cannot be read; it says so."
        ),
    ] = False,
    audit_log: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            envvar="DESK_AUDIT_LOG",
            help="File that gets an entry of the export; - is standard error, none is no entry.",
        ),
    ] = None,
) -> None:
    """Export what is held about a person, to hand to them (GDPR, articles 15 and 20).

    The export has the tickets of the person, open and closed, as requesters
    see them; their credits, claims and notices in accounts; their entries in
    contracts; their API keys and static tokens without secrets. It names
    what is held and not handed out. Its language is that of the person's latest ticket.

    Tickets come from Temporal at TEMPORAL_ADDRESS, in TEMPORAL_NAMESPACE, and
    a worker must run. Contracts and keys are those of the settings DESK_*.

    A file is written under its name once it is whole, with mode 600. Without
    --incomplete there is no file if a part cannot be read. An erased ticket is
    named, and nothing else.

    Exit codes: 0 complete, 1 a part cannot be read, 2 the address is not valid
    or the file cannot be written, 69 no Temporal server responds, 78 invalid
    setting.

    Example: desk export --requester mia@harbour.example --format html --out mia.html
    """
    address = _address(requester)
    with _destination(out) as stream:
        made = asyncio.run(_export(address, format, stream, audit_log))
        for line in _problems(made):
            echo(line, err=True)
        if not made.is_complete and not incomplete and out is not None:
            raise Failure(ExitCode.FAILED, f"The export is incomplete; {out} was not written.")
    echo(f"{_counted(made)} exported.", err=True)
    if not made.is_complete:
        raise Failure(ExitCode.FAILED, "The export is incomplete.")


async def _export(address: str, format: Form, stream: TextIO, audit_log: Path | None) -> "Export":
    from api.personal_data.json_writer import json_parts
    from api.personal_data.page_writer import page_parts
    from settings import Settings
    from workflows.client.calls import DeskUnavailable

    with _audited(address, audit_log) as audited:
        exporter = await _exporter(Settings())
        try:
            made = audited.export = await exporter.begin(address)
            async for part in (json_parts if format is Form.JSON else page_parts)(made):
                stream.write(part)
        except DeskUnavailable as error:
            raise Failure(ExitCode.FAILED, f"The export was stopped: {error}.") from None
    return made


async def _exporter(settings: "Settings") -> "Exporter":
    from api.personal_data.exporter import Exporter
    from bootstrap.contracts import contract_directory
    from bootstrap.encryption import connected
    from bootstrap.identity import bound_credentials
    from commands.processes.api_process import check_directories
    from policies.loading.policy_catalog import PolicyCatalog

    check_directories(settings)
    catalog = PolicyCatalog.load(settings.policies)
    return Exporter(
        await connected(settings),
        contract_directory(settings),
        catalog.slugs,
        bound_credentials(settings),
        lambda: datetime.now(UTC),
    )


class _Audited:
    """The export that an audit entry is about, once it has begun."""

    export: "Export | None" = None


@contextmanager
def _audited(address: str, file: Path | None) -> Iterator[_Audited]:
    """Records the export, however it ends. Without a log that can be opened, there is none."""
    from api.audit.entry import AuditEntry, Outcome
    from api.personal_data.auditing import OPERATION, outcome_of, subject_of
    from bootstrap.audit import actor_of_command, audit_log_of_command

    log, at, audited = audit_log_of_command(file), datetime.now(UTC), _Audited()
    outcome = Outcome.FAILED
    try:
        yield audited
        if audited.export is not None:
            outcome = outcome_of(audited.export)
    finally:
        log.write(
            AuditEntry(
                at=at,
                operation=OPERATION,
                outcome=outcome,
                actor=actor_of_command(),
                subject=subject_of(address),
                count=audited.export.exported if audited.export is not None else None,
            )
        )


@contextmanager
def _destination(out: Path | None) -> Iterator[TextIO]:
    if out is None:
        try:
            yield sys.stdout
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            reason = f"cannot write standard output: {error.strerror or error}"
            raise Failure(ExitCode.USAGE, reason) from None
    else:
        with whole_file(out) as stream:
            yield stream


def _address(text: str) -> str:
    from policies.email_addresses import email_address

    try:
        return email_address(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="'--requester'") from None


def _problems(made: "Export") -> Iterator[str]:
    for each in made.missing:
        name = f"{each.part} {each.name}".rstrip()
        yield f"{name}: {each.why}"


def _counted(made: "Export") -> str:
    return "1 ticket" if made.exported == 1 else f"{made.exported} tickets"
