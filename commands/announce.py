"""`desk announce`: tells the accounts under a policy of a revision, before it holds."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from email.message import EmailMessage
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from pydantic import BaseModel, ValidationError

from activities.notices import Notice, TicketRef
from activities.ports import (
    ContractUnavailable,
    Mailer,
    MailServerUnavailable,
    RecipientRefused,
    TemplateFailed,
)
from activities.rendering.email_composer import EmailComposer, Identity
from activities.templates.manifest import ANNOUNCED
from bootstrap.contracts import contract_directory
from bootstrap.exit_codes import ExitCode, Failure
from bootstrap.mail import smtp_mailer
from commands.processes.api_process import check_directories
from policies.documents.problems import PolicyErrors
from policies.loading.effective_date import takes_effect
from policies.loading.policy_catalog import PolicyCatalog, UnknownPolicy
from policies.reports.announcements import ClauseChange, addressees, announced, changes
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from settings import Settings


class Outcome(StrEnum):
    """What became of a letter."""

    TOLD = "told"
    TOLD_BEFORE = "told before"
    WOULD_BE_TOLD = "would be told"
    FAILED = "failed"


class Addressee(BaseModel):
    """One addressee, and what became of the letter."""

    account: str
    to: str
    fate: Outcome
    message_id: str
    error: str | None = None


class Report(BaseModel):
    """Who was told of what."""

    policy: str
    revision: date
    changes: tuple[ClauseChange, ...]
    told: tuple[Addressee, ...]
    nobody: tuple[str, ...]


class Announcement(NamedTuple):
    """A coming revision, and the one before it."""

    old: SupportPolicy
    new: SupportPolicy
    today: date


def announce(
    policy: Annotated[str, typer.Argument(help="A policy of DESK_POLICIES, such as cention.")],
    revision: Annotated[
        str, typer.Option(metavar="DATE", help="The coming revision, by its date.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say who would be told, and send nothing.")
    ] = False,
    told: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What an earlier run printed with --json: whoever was told is not told again.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """Tell every account under a policy of a coming revision: the day from
    which it holds, and the clauses that change.

    Each contact and each designated address of a contract gets one letter, in
    its own language where the policy's [bold]announcement[/] speaks it. Contracts
    are those of DESK_CONTRACTS, or of the directory at DESK_CONTRACTS_URL. A
    revision that is in force already is refused.

    Whoever repeats it sends the same letters: a mail server or reader knows
    them by their Message-ID. With --told, nobody is sent one twice.

    Exit code 0 when everybody was told, 1 when somebody was not, an account
    names nobody or a contract cannot be had, 2 when there is no such
    revision to announce, 78 when DESK_MAIL_HOST is not set.

    Example: desk announce cention --revision 2027-06-01 --dry-run
    """
    settings = Settings()
    coming = _announcement(settings, policy, revision)
    desk = Sender(
        EmailComposer(Identity(settings.mail_from, settings.mail_domain)),
        None if dry_run else _mailer(settings),
        _notified_before(told),
    )
    report = asyncio.run(_announce(settings, desk, coming))
    _show(report, as_json)
    if report.nobody or any(each.fate is Outcome.FAILED for each in report.told):
        raise typer.Exit(ExitCode.FAILED)


class Sender(NamedTuple):
    """Who writes and who sends, nobody in a dry run; and the Message-IDs that were sent before."""

    letters: EmailComposer
    mailer: Mailer | None
    sent: frozenset[str]


async def _announce(settings: Settings, desk: Sender, coming: Announcement) -> Report:
    contracts = await _contracts(settings, coming.new.policy)
    notices = [n for contract in contracts for n in _notices(coming, contract)]
    return Report(
        policy=coming.new.policy,
        revision=coming.new.revision,
        changes=changes(coming.old, coming.new),
        told=tuple([await _send(desk, notice) for notice in notices]),
        nobody=tuple(c.account for c in contracts if not addressees(c, coming.new)),
    )


def _notified_before(report: Path | None) -> frozenset[str]:
    if report is None:
        return frozenset()
    try:
        earlier = Report.model_validate_json(report.read_bytes())
    except OSError as error:
        raise _usage(f"{report} cannot be read: {error.strerror or error}", "--told") from None
    except ValidationError:
        raise _usage(f"{report} is not what an earlier run printed with --json", "--told") from None
    return frozenset(
        t.message_id for t in earlier.told if t.fate in (Outcome.TOLD, Outcome.TOLD_BEFORE)
    )


def _announcement(settings: Settings, policy: str, revision: str) -> Announcement:
    today = datetime.now(UTC).date()
    try:
        day = date.fromisoformat(revision)
    except ValueError:
        raise _usage(f"{revision!r} is no date; write 2027-06-01", "--revision") from None
    try:
        catalogue = PolicyCatalog.load(settings.policies)
        new = catalogue.revision(policy, day)
    except UnknownPolicy as error:
        raise _usage(str(error), "--revision") from None
    except PolicyErrors as errors:
        raise Failure(ExitCode.FAILED, str(errors)) from None
    if takes_effect(new) <= datetime.now(UTC):
        raise _usage(
            f"the revision of {day} is in force already; it is announced before it is", "--revision"
        )
    earlier = [known for known in catalogue.revisions(policy) if known.revision < day]
    if not earlier:
        raise _usage(f"{day} is the first revision of {policy}; nothing changes", "--revision")
    return Announcement(earlier[-1], new, today)


async def _contracts(settings: Settings, policy: str) -> tuple[Contract, ...]:
    """The contracts under a policy. One that cannot be read might be, so all are needed."""
    check_directories(settings)
    try:
        return await contract_directory(settings).under(policy)
    except ContractUnavailable as error:
        raise Failure(ExitCode.FAILED, str(error)) from None


def _mailer(settings: Settings) -> Mailer:
    if settings.mail_host is None:
        raise Failure(
            ExitCode.BAD_SETTINGS,
            "DESK_MAIL_HOST: set it to the mail server that notices go through, or try --dry-run.",
        )
    return smtp_mailer(settings)


def _notices(coming: Announcement, contract: Contract) -> Iterator[Notice]:
    old, new = coming.old, coming.new
    for recipient in addressees(contract, new):
        changed = changes(old, new, recipient.locale)
        yield Notice(
            # With the address, for each is a letter of its own.
            key=f"{ANNOUNCED}/{new.policy}/{new.revision}/{contract.account}/{recipient.email.lower()}",
            template=ANNOUNCED,
            audience="account",
            contact=recipient,
            ticket=TicketRef.to_account(contract.account, contract.name, new.title),
            facts={
                "policy_title": new.title,
                "effective_on": new.revision.isoformat(),
                "summary": announced(new, recipient.locale),
                "changes": [change.model_dump(mode="json") for change in changed],
            },
            at=datetime.combine(coming.today, time(), UTC),
        )


async def _send(desk: Sender, notice: Notice) -> Addressee:
    account, to = notice.ticket.account, notice.contact.email
    message_id = ""
    try:
        letter = desk.letters.write(notice)
        message_id = str(letter["Message-ID"])
        fate = await _outcome(desk, letter, to)
    except (TemplateFailed, RecipientRefused, MailServerUnavailable) as error:
        return Addressee(
            account=account, to=to, fate=Outcome.FAILED, message_id=message_id, error=str(error)
        )
    return Addressee(account=account, to=to, fate=fate, message_id=message_id)


async def _outcome(desk: Sender, letter: EmailMessage, to: str) -> Outcome:
    if letter["Message-ID"] in desk.sent:
        return Outcome.TOLD_BEFORE
    if desk.mailer is None:
        return Outcome.WOULD_BE_TOLD
    await desk.mailer.send(letter, desk.letters.sender, to)
    return Outcome.TOLD


def _show(report: Report, as_json: bool) -> None:
    if as_json:
        shown = report.model_dump(mode="json", exclude_none=True)
        typer.echo(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    typer.echo(f"{report.policy}: the revision of {report.revision}")
    for change in report.changes:
        typer.echo(f"  {change.kind:8} {change.clause}")
    for told in report.told:
        why = f": {told.error}" if told.error else ""
        typer.echo(f"{told.account}: {told.to} {told.fate}{why}")
    for account in report.nobody:
        typer.echo(f"{account}: names nobody who could be told")
    if not report.told and not report.nobody:
        typer.echo("no account is under this policy")


def _usage(message: str, option: str) -> typer.BadParameter:
    return typer.BadParameter(message, param_hint=f"'{option}'")
