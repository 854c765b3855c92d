"""`desk announce`: notifies the accounts under a policy of a revision before it takes effect."""

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
from activities.rendering.template_renderer import TemplateRenderer
from activities.templates.manifest import ANNOUNCED
from activities.templates.own_templates import OwnTemplates
from bootstrap.contracts import contract_directory
from bootstrap.exit_codes import ExitCode, Failure
from bootstrap.mail import smtp_mailer
from bootstrap.own_templates import own_templates
from commands.console.plain_output import echo
from commands.processes.api_process import check_directories
from policies.documents.problems import PolicyErrors
from policies.i18n.locales import words_in
from policies.loading.effective_date import takes_effect
from policies.loading.policy_catalog import PolicyCatalog, UnknownPolicy
from policies.reports.announcements import ClauseChange, addressees, announced, changes
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from settings import Settings


class Outcome(StrEnum):
    """The outcome for one addressee, as in the JSON report."""

    TOLD = "told"
    TOLD_BEFORE = "told before"
    WOULD_BE_TOLD = "would be told"
    FAILED = "failed"


_OUTCOME_TEXTS = {
    Outcome.TOLD: "notified",
    Outcome.TOLD_BEFORE: "skipped, notified by an earlier run",
    Outcome.WOULD_BE_TOLD: "would be notified",
    Outcome.FAILED: "failed",
}


class Addressee(BaseModel):
    """One addressee, and the outcome."""

    account: str
    to: str
    fate: Outcome
    message_id: str
    error: str | None = None


class Report(BaseModel):
    """The JSON report. `nobody` lists the accounts without an addressee."""

    policy: str
    revision: date
    changes: tuple[ClauseChange, ...]
    told: tuple[Addressee, ...]
    nobody: tuple[str, ...]


class Announcement(NamedTuple):
    """An upcoming revision, and the one before it."""

    old: SupportPolicy
    new: SupportPolicy
    today: date
    own: OwnTemplates


def announce(
    policy: Annotated[
        str, typer.Argument(help="Name of a policy in DESK_POLICIES, such as cention.")
    ],
    revision: Annotated[str, typer.Option(metavar="DATE", help="Date of the upcoming revision.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List the addressees and send nothing.")
    ] = False,
    told: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="JSON report of an earlier run, whose addressees are skipped.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """Notify every account under a policy of an upcoming revision: its date,
    and the clauses that change.

    Each contact and each designated address of a contract gets one e-mail, in
    its own language if the policy's [bold]announcement[/] has it. Contracts are
    read from DESK_CONTRACTS, or from the directory at DESK_CONTRACTS_URL. A
    revision that is already in force is rejected.

    A second run sends the same e-mails again, with the same Message-IDs. To
    send each only once, pass the report of the first run with --told.

    Exit codes: 0 every addressee was notified, 1 one was not, an account has
    no addressee or a contract cannot be read, 2 there is no such revision to
    announce, 78 DESK_MAIL_HOST is not set.

    Example: desk announce cention --revision 2027-06-01 --dry-run
    """
    settings = Settings()
    announcement = _announcement(settings, policy, revision)
    sender = Sender(
        EmailComposer(
            Identity(settings.mail_from, settings.mail_domain),
            TemplateRenderer(own=announcement.own),
        ),
        None if dry_run else _mailer(settings),
        _notified_before(told),
    )
    report = asyncio.run(_announce(settings, sender, announcement))
    _show(report, as_json)
    if report.nobody or any(each.fate is Outcome.FAILED for each in report.told):
        raise typer.Exit(ExitCode.FAILED)


def announcements(announcement: Announcement, contract: Contract) -> Iterator[Notice]:
    """The e-mails of an announcement to the people of an account."""
    old, new = announcement.old, announcement.new
    clauses = {**old.clauses, **new.clauses}
    for recipient in addressees(contract, new):
        changed = changes(old, new, recipient.locale)
        title = words_in(new.title, recipient.locale, new.locale)
        yield Notice(
            # With the address, because each addressee gets an e-mail of its own.
            key=f"{ANNOUNCED}/{new.policy}/{new.revision}/{contract.account}/{recipient.email.lower()}",
            template=ANNOUNCED,
            audience="account",
            contact=recipient,
            ticket=TicketRef.to_account(contract.account, contract.name, title, new.policy),
            facts={
                "policy_title": title,
                "effective_on": new.revision.isoformat(),
                "summary": announced(new, recipient.locale),
                "changes": [
                    change.model_dump(mode="json") | {"clause": clauses[change.clause].at}
                    for change in changed
                ],
            },
            at=datetime.combine(announcement.today, time(), UTC),
        )


class Sender(NamedTuple):
    """Composes and sends e-mails. A dry run has no mailer; `sent` has the Message-IDs to skip."""

    composer: EmailComposer
    mailer: Mailer | None
    sent: frozenset[str]


async def _announce(settings: Settings, sender: Sender, announcement: Announcement) -> Report:
    contracts = await _contracts(settings, announcement.new.policy)
    notices = [n for contract in contracts for n in announcements(announcement, contract)]
    return Report(
        policy=announcement.new.policy,
        revision=announcement.new.revision,
        changes=changes(announcement.old, announcement.new),
        told=tuple([await _send(sender, notice) for notice in notices]),
        nobody=tuple(c.account for c in contracts if not addressees(c, announcement.new)),
    )


def _notified_before(report: Path | None) -> frozenset[str]:
    if report is None:
        return frozenset()
    try:
        earlier = Report.model_validate_json(report.read_bytes())
    except OSError as error:
        raise _usage(f"cannot read {report}: {error.strerror or error}", "--told") from None
    except ValidationError:
        raise _usage(f"{report} is not the JSON report of an earlier run", "--told") from None
    return frozenset(
        each.message_id for each in earlier.told if each.fate in (Outcome.TOLD, Outcome.TOLD_BEFORE)
    )


def _announcement(settings: Settings, policy: str, revision: str) -> Announcement:
    today = datetime.now(UTC).date()
    try:
        day = date.fromisoformat(revision)
    except ValueError:
        raise _usage(f"{revision!r} is not a date; write 2027-06-01", "--revision") from None
    try:
        catalog = PolicyCatalog.load(settings.policies)
        new = catalog.revision(policy, day)
        own = own_templates(settings.policies, catalog)
    except UnknownPolicy as error:
        raise _usage(str(error), "--revision") from None
    except PolicyErrors as errors:
        raise Failure(ExitCode.FAILED, str(errors)) from None
    if takes_effect(new) <= datetime.now(UTC):
        raise _usage(f"the revision of {day} is already in force", "--revision")
    earlier = [each for each in catalog.revisions(policy) if each.revision < day]
    if not earlier:
        raise _usage(f"{day} is the first revision of {policy}, so nothing changes", "--revision")
    return Announcement(earlier[-1], new, today, own)


async def _contracts(settings: Settings, policy: str) -> tuple[Contract, ...]:
    """The contracts under a policy. All contracts must be readable, since any could be one."""
    check_directories(settings)
    try:
        return await contract_directory(settings).under(policy)
    except ContractUnavailable as error:
        raise Failure(ExitCode.FAILED, str(error)) from None


def _mailer(settings: Settings) -> Mailer:
    if settings.mail_host is None:
        raise Failure(
            ExitCode.BAD_SETTINGS,
            "DESK_MAIL_HOST: not set; set it to the mail server for notices, or use --dry-run.",
        )
    return smtp_mailer(settings)


async def _send(sender: Sender, notice: Notice) -> Addressee:
    account, to = notice.ticket.account, notice.contact.email
    message_id = ""
    try:
        email = sender.composer.write(notice)
        message_id = str(email["Message-ID"])
        fate = await _outcome(sender, email, to)
    except (TemplateFailed, RecipientRefused, MailServerUnavailable) as error:
        return Addressee(
            account=account, to=to, fate=Outcome.FAILED, message_id=message_id, error=str(error)
        )
    return Addressee(account=account, to=to, fate=fate, message_id=message_id)


async def _outcome(sender: Sender, email: EmailMessage, to: str) -> Outcome:
    if email["Message-ID"] in sender.sent:
        return Outcome.TOLD_BEFORE
    if sender.mailer is None:
        return Outcome.WOULD_BE_TOLD
    await sender.mailer.send(email, sender.composer.sender, to)
    return Outcome.TOLD


def _show(report: Report, as_json: bool) -> None:
    if as_json:
        data = report.model_dump(mode="json", exclude_none=True)
        echo(json.dumps(data, indent=2, ensure_ascii=False))
        return
    echo(f"{report.policy}: the revision of {report.revision}")
    for change in report.changes:
        echo(f"  {change.kind:8} {change.clause}")
    for each in report.told:
        reason = f": {each.error}" if each.error else ""
        echo(f"{each.account}: {each.to} {_OUTCOME_TEXTS[each.fate]}{reason}")
    for account in report.nobody:
        echo(f"{account}: no addressee")
    if not report.told and not report.nobody:
        echo("no account is under this policy")


def _usage(message: str, option: str) -> typer.BadParameter:
    return typer.BadParameter(message, param_hint=f"'{option}'")
