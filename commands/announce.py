"""`desk announce`: notifies the accounts under a policy of a revision before it takes effect."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bootstrap.exit_codes import ExitCode, Failure
from commands.console.plain_output import echo

if TYPE_CHECKING:
    from activities.announcements import Announced
    from api.audit.entry import AuditEntry
    from commands.announcements.report import Report
    from policies.loading.policy_catalog import PolicyCatalog
    from policies.reports.announcements import Announcement
    from policies.schema.policy import SupportPolicy
    from settings import Settings
    from workflows.client.announcements import AnnouncementClient, AnnouncementView

BEGIN, CANCEL = "announce_revision", "cancel_announcement"
"""Operations in the audit log."""


def announce(  # noqa: PLR0913, PLR0917  # one parameter for each option
    policy: Annotated[
        str, typer.Argument(help="Name of a policy in DESK_POLICIES, such as cention.")
    ],
    revision: Annotated[str, typer.Option(metavar="DATE", help="Date of the upcoming revision.")],
    account: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="Notify this account only, also if it was notified before: a new one, or one "
            "whose addresses were corrected.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List the addressees and send nothing.")
    ] = False,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Do not wait for the end of the announcement.")
    ] = False,
    cancel: Annotated[
        bool, typer.Option("--cancel", help="Stop the announcement, and show how far it came.")
    ] = False,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Continue an announcement that was cancelled or terminated."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
    audit_log: Annotated[
        Path | None,
        typer.Option(
            "--audit-log",
            metavar="FILE",
            envvar="DESK_AUDIT_LOG",
            help="File that gets an entry of the start or the cancellation; - is standard error, "
            "none is no entry.",
        ),
    ] = None,
) -> None:
    """Notify every account under a policy of an upcoming revision: its date,
    and the clauses that change.

    Each contact and each designated address of a contract gets one e-mail, in
    its own language if the policy's [bold]announcement[/] has it. Workers send
    them: they need the files of the revision, and the contracts. The command
    starts the announcement and shows how far it is. If it is interrupted, the
    announcement goes on.

    An announcement is started once. The same command shows the one that was
    started, also after its end. A revision in force is not announced.

    Exit codes: 0 everybody was notified, or with --no-wait it has begun; 1
    somebody was not, an account has no addressee, no account is under the
    policy, or the announcement ended early; 2 there is no such revision to
    announce; 69 no Temporal server responds.

    Example: desk announce cention --revision 2027-06-01 --dry-run
    """
    from commands.processes.api_process import check_directories
    from settings import Settings

    if dry_run + cancel + resume > 1:
        raise _usage("choose one of them", "--dry-run / --cancel / --resume")
    settings = Settings()
    check_directories(settings)
    catalog = _catalog(settings)
    announcement = _announcement(catalog, policy, revision)
    if dry_run:
        _dry_run(settings, catalog, announcement, account, as_json=as_json)
        return
    from workflows.client.calls import DeskUnavailable

    work = _Work(settings, announcement, account, audit_log)
    try:
        asyncio.run(work.run(cancel=cancel, resume=resume, waits=not no_wait, as_json=as_json))
    except DeskUnavailable as error:
        from commands.announcements.watching import why_unseen

        reason = why_unseen(error)
        raise Failure(ExitCode.FAILED, f"It is not known how far it is: {reason}.") from None


class _Work:
    """One run of the command against a Temporal server."""

    def __init__(
        self,
        settings: "Settings",
        announcement: "Announcement",
        account: str | None,
        audit_log: Path | None,
    ) -> None:
        self._settings = settings
        self._announcement = announcement
        self._account = account
        self._audit_log = audit_log

    async def run(self, *, cancel: bool, resume: bool, waits: bool, as_json: bool) -> None:
        """Starts, cancels or continues the announcement, and shows it."""
        from bootstrap.encryption import connected
        from commands.announcements.watching import ended, seen
        from workflows.client.announcements import AnnouncementClient, Status

        announced = announced_by(self._announcement)
        client = AnnouncementClient(
            await connected(self._settings), announced, self._account, self._settings.task_queue
        )
        has_changed = await self._do(client, cancel=cancel, resume=resume)
        if waits:
            view = await ended(client)
        elif has_changed:
            self._show_requested(as_json, cancel=cancel)
            return
        else:
            view = await seen(client)
        report = await self._report(view)
        _show(report, as_json, view)
        is_stopped = cancel and view.status is Status.CANCELLED
        if not (report.is_complete or is_stopped or view.status is Status.RUNNING):
            raise typer.Exit(ExitCode.FAILED)

    async def _do(self, client: "AnnouncementClient", *, cancel: bool, resume: bool) -> bool:
        """Does what the options say, with an entry in the audit log. Without a log that can be
        opened, nothing is done. Returns whether something was.
        """
        from bootstrap.audit import audit_log_of_command

        log, at = audit_log_of_command(self._audit_log), datetime.now(UTC)
        if cancel:
            await _cancel(client)
        elif resume:
            await _resume(client)
        elif not await self._begin(client):
            return False
        log.write(self._entry(CANCEL if cancel else BEGIN, at))
        return True

    async def _begin(self, client: "AnnouncementClient") -> bool:
        from bootstrap.contracts import contract_directory
        from commands.announcements.accounts import contracts_of

        new = self._announcement.new
        if _is_in_force(new):
            if not await client.was_started():
                raise _in_force(new)
            return False
        if self._account is not None:
            await contracts_of(contract_directory(self._settings), new.policy, self._account)
        return await client.begin()

    def _show_requested(self, as_json: bool, *, cancel: bool) -> None:
        from commands.announcements.report import Requested

        new, status = self._announcement.new, "cancelling" if cancel else "running"
        done = Requested(
            policy=new.policy, revision=new.revision, account=self._account, status=status
        )
        echo(done.model_dump_json(indent=2, exclude_none=True) if as_json else str(done))

    def _entry(self, operation: str, at: datetime) -> "AuditEntry":
        from api.audit.entry import AuditEntry, Outcome
        from bootstrap.audit import actor_of_command

        new = self._announcement.new
        return AuditEntry(
            at=at,
            operation=operation,
            outcome=Outcome.ACCEPTED,
            actor=actor_of_command(),
            account=self._account,
            subject=f"{new.policy}/{new.revision}",
        )

    async def _report(self, view: "AnnouncementView") -> "Report":
        from bootstrap.contracts import contract_directory
        from commands.announcements.report import report_of

        return await report_of(self._announcement, view, contract_directory(self._settings))


def announced_by(announcement: "Announcement") -> "Announced":
    """What workers are to announce, by its identity."""
    from activities.announcements import Announced

    new = announcement.new
    return Announced(policy=new.policy, revision=new.revision, fingerprint=announcement.fingerprint)


async def _cancel(client: "AnnouncementClient") -> None:
    from workflows.client.announcements import NotUnderWay

    try:
        await client.cancel()
    except NotUnderWay:
        raise Failure(ExitCode.FAILED, "There is no such announcement under way.") from None


async def _resume(client: "AnnouncementClient") -> None:
    from workflows.client.announcements import NotToContinue

    try:
        await client.resume()
    except NotToContinue as reason:
        raise Failure(ExitCode.FAILED, f"There is nothing to continue: {reason}.") from None


def _show(report: "Report", as_json: bool, view: "AnnouncementView") -> None:
    from commands.announcements.report import lines_of

    if as_json:
        echo(report.model_dump_json(indent=2, exclude_none=True))
        return
    for line in lines_of(report, view.obstacle):
        echo(line)


def _dry_run(
    settings: "Settings",
    catalog: "PolicyCatalog",
    announcement: "Announcement",
    account: str | None,
    *,
    as_json: bool,
) -> None:
    from bootstrap.contracts import contract_directory
    from commands.announcements.accounts import contracts_of
    from commands.announcements.dry_run import composer_of, dry_run, show

    new = announcement.new
    if _is_in_force(new):
        raise _in_force(new)
    contracts = asyncio.run(contracts_of(contract_directory(settings), new.policy, account))
    report = dry_run(announcement, contracts, composer_of(settings, catalog))
    if as_json:
        echo(report.model_dump_json(indent=2, exclude_none=True))
    else:
        show(report)
    if report.has_problems:
        raise typer.Exit(ExitCode.FAILED)


def _announcement(catalog: "PolicyCatalog", policy: str, revision: str) -> "Announcement":
    from policies.loading.policy_catalog import UnknownPolicy
    from policies.reports.announcements import FirstRevision, announcement_of

    try:
        day = date.fromisoformat(revision)
    except ValueError:
        raise _usage(f"{revision!r} is not a date; write 2027-06-01", "--revision") from None
    try:
        catalog.revisions(policy)
    except UnknownPolicy as error:
        raise _usage(str(error), "POLICY") from None
    try:
        return announcement_of(catalog, policy, day)
    except (UnknownPolicy, FirstRevision) as error:
        raise _usage(str(error), "--revision") from None


def _is_in_force(policy: "SupportPolicy") -> bool:
    from policies.loading.effective_date import takes_effect

    return takes_effect(policy) <= datetime.now(UTC)


def _in_force(policy: "SupportPolicy") -> typer.BadParameter:
    return _usage(f"the revision of {policy.revision} is already in force", "--revision")


def _catalog(settings: "Settings") -> "PolicyCatalog":
    from policies.documents.problems import PolicyErrors
    from policies.loading.policy_catalog import PolicyCatalog

    try:
        return PolicyCatalog.load(settings.policies)
    except PolicyErrors as errors:
        raise Failure(ExitCode.FAILED, str(errors)) from None


def _usage(message: str, option: str) -> typer.BadParameter:
    return typer.BadParameter(message, param_hint=f"'{option}'")
