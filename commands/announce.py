"""`desk announce`: tells the accounts under a policy of a revision, before it holds."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from pydantic import BaseModel

from activities.letters import Identity, Letters
from activities.notices import Notice, TicketRef
from activities.notifications import TemplateFailed
from activities.ports import Mailer, MailServerUnavailable, RecipientRefused
from commands.failure import ExitCode, Failure
from policies.announcements import ClauseChange, addressees, changes, summary
from policies.catalogue import Catalogue, UnknownPolicy
from policies.contract import Contract
from policies.loading import load_contract
from policies.problems import PolicyErrors
from policies.schema import SupportPolicy
from settings import Settings
from worker import smtp_mailer

TEMPLATE = "policy_announced"


class Fate(StrEnum):
    """What became of a letter."""

    TOLD = "told"
    WOULD_BE_TOLD = "would be told"
    FAILED = "failed"


class Told(BaseModel):
    """One addressee, and what became of the letter."""

    account: str
    to: str
    fate: Fate
    message_id: str
    error: str | None = None


class Report(BaseModel):
    """Who was told of what."""

    policy: str
    revision: date
    changes: tuple[ClauseChange, ...]
    told: tuple[Told, ...]
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
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """Tell every account under a policy of a coming revision: the day from
    which it holds, and the clauses that change.

    Each contact and each designated address of a contract in DESK_CONTRACTS
    gets one letter. Whoever repeats it sends the same letters: a mail
    server or reader knows them by their Message-ID. A revision that is in force
    already is refused.

    Exit code 0 when everybody was told, 1 when somebody was not or an
    account names nobody, 2 when there is no such revision to announce, 78
    when DESK_MAIL_HOST is not set.

    Example: desk announce cention --revision 2027-06-01 --dry-run
    """
    settings = Settings()
    coming = _announcement(settings, policy, revision)
    contracts = sorted(_contracts(settings.contracts, policy), key=lambda c: c.account)
    letters = Letters(Identity(settings.mail_from, settings.mail_domain))
    mailer = None if dry_run else _mailer(settings)
    told = asyncio.run(_tell(letters, mailer, coming, contracts))
    report = Report(
        policy=policy,
        revision=coming.new.revision,
        changes=changes(coming.old, coming.new),
        told=tuple(told),
        nobody=tuple(c.account for c in contracts if not addressees(c, coming.new.locale)),
    )
    _show(report, as_json)
    if report.nobody or any(each.fate is Fate.FAILED for each in told):
        raise typer.Exit(ExitCode.FAILED)


def _announcement(settings: Settings, policy: str, revision: str) -> Announcement:
    today = datetime.now(UTC).date()
    try:
        day = date.fromisoformat(revision)
    except ValueError:
        raise _usage(f"{revision!r} is no date; write 2027-06-01", "--revision") from None
    try:
        catalogue = Catalogue.load(settings.policies)
        new = catalogue.revision(policy, day)
    except UnknownPolicy as error:
        raise _usage(str(error), "--revision") from None
    except PolicyErrors as errors:
        raise Failure(ExitCode.FAILED, str(errors)) from None
    if day <= today:
        raise _usage(
            f"the revision of {day} is in force already; it is announced before it is", "--revision"
        )
    earlier = [known for known in catalogue.revisions(policy) if known.revision < day]
    if not earlier:
        raise _usage(f"{day} is the first revision of {policy}; nothing changes", "--revision")
    return Announcement(earlier[-1], new, today)


def _contracts(directory: Path, policy: str) -> Iterator[Contract]:
    """The contracts under a policy. One that cannot be read might be, so all are needed."""
    if not directory.is_dir():
        raise Failure(ExitCode.BAD_SETTINGS, f"DESK_CONTRACTS: {directory} is no directory")
    for path in sorted(directory.glob("*.yaml")):
        try:
            contract = load_contract(path)
        except PolicyErrors as errors:
            raise Failure(ExitCode.FAILED, str(errors)) from None
        if contract.policy == policy:
            yield contract


def _mailer(settings: Settings) -> Mailer:
    if settings.mail_host is None:
        raise Failure(
            ExitCode.BAD_SETTINGS,
            "DESK_MAIL_HOST: set it to the mail server that notices go through, or try --dry-run.",
        )
    return smtp_mailer(settings)


async def _tell(
    letters: Letters, mailer: Mailer | None, coming: Announcement, contracts: list[Contract]
) -> list[Told]:
    return [
        await _send(letters, mailer, notice)
        for contract in contracts
        for notice in _notices(coming, contract)
    ]


def _notices(coming: Announcement, contract: Contract) -> Iterator[Notice]:
    old, new = coming.old, coming.new
    for recipient in addressees(contract, new.locale):
        changed = changes(old, new, recipient.locale)
        yield Notice(
            # With the address, for each is a letter of its own.
            key=f"{TEMPLATE}/{new.policy}/{new.revision}/{contract.account}/{recipient.email.lower()}",
            template=TEMPLATE,
            audience="account",
            contact=recipient,
            ticket=TicketRef(
                number="",
                subject="",
                account=contract.account,
                account_name=contract.name,
                policy_title=new.title,
                requester_name="",
            ),
            facts={
                "policy_title": new.title,
                "effective_on": new.revision.isoformat(),
                "summary": summary(changed, recipient.locale),
                "changes": [change.told(recipient.locale) for change in changed],
            },
            at=datetime.combine(coming.today, time(), UTC),
        )


async def _send(letters: Letters, mailer: Mailer | None, notice: Notice) -> Told:
    account, to = notice.ticket.account, notice.contact.email
    message_id = ""
    try:
        letter = letters.write(notice)
        message_id = str(letter["Message-ID"])
        if mailer is not None:
            await mailer.send(letter, letters.sender, to)
    except (TemplateFailed, RecipientRefused, MailServerUnavailable) as error:
        return Told(
            account=account, to=to, fate=Fate.FAILED, message_id=message_id, error=str(error)
        )
    fate = Fate.WOULD_BE_TOLD if mailer is None else Fate.TOLD
    return Told(account=account, to=to, fate=fate, message_id=message_id)


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
