"""A dry run: the addressees of an announcement, by the files of this machine. Nothing is sent."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

from pydantic import BaseModel

from activities.announcement_notices import AnnouncementNotices
from activities.ports import RecipientRefused, TemplateFailed
from activities.rendering.email_composer import EmailComposer, Identity
from activities.rendering.template_renderer import TemplateRenderer
from bootstrap.own_templates import own_templates
from commands.announcements.report import change_lines
from commands.console.plain_output import echo
from policies.loading.policy_catalog import PolicyCatalog
from policies.reports.announcements import Announcement, ClauseChange, changes
from policies.schema.contract import Contract
from settings import Settings


class Addressee(BaseModel):
    """One addressee, and the Message-ID that its e-mail would have, or why it cannot be written."""

    account: str
    to: str
    message_id: str = ""
    error: str | None = None


class DryRun(BaseModel):
    """The JSON report of a dry run. `nobody` lists the accounts without an addressee."""

    policy: str
    revision: date
    changes: tuple[ClauseChange, ...]
    would_be_told: tuple[Addressee, ...]
    nobody: tuple[str, ...]

    @property
    def has_problems(self) -> bool:
        """Whether somebody could not be told, or nobody would be."""
        if not self.would_be_told:
            return True
        return bool(self.nobody) or any(each.error for each in self.would_be_told)


def dry_run(
    announcement: Announcement, contracts: Iterable[Contract], composer: EmailComposer
) -> DryRun:
    """Writes every e-mail to the people of these contracts, and sends none."""
    old, new = announcement
    notices = AnnouncementNotices(announcement, datetime.now(UTC))
    told = {each.account: [*_addressees(each, notices, composer)] for each in contracts}
    return DryRun(
        policy=new.policy,
        revision=new.revision,
        changes=changes(old, new),
        would_be_told=tuple(addressee for found in told.values() for addressee in found),
        nobody=tuple(account for account, found in told.items() if not found),
    )


def composer_of(settings: Settings, catalog: PolicyCatalog) -> EmailComposer:
    """Writes e-mails as the workers of these settings do."""
    return EmailComposer(
        Identity(settings.mail_from, settings.mail_domain),
        TemplateRenderer(own=own_templates(settings.policies, catalog)),
    )


def show(report: DryRun) -> None:
    """Prints the report as lines."""
    for line in change_lines(report.policy, report.revision, report.changes):
        echo(line)
    for each in report.would_be_told:
        outcome = f"failed: {each.error}" if each.error else "would be notified"
        echo(f"{each.account}: {each.to} {outcome}")
    for account in report.nobody:
        echo(f"{account}: no addressee")
    if not report.would_be_told and not report.nobody:
        echo("no account is under this policy")


def _addressees(
    contract: Contract, notices: AnnouncementNotices, composer: EmailComposer
) -> Iterator[Addressee]:
    for _, notice in notices.to(contract):
        addressee = Addressee(account=contract.account, to=notice.contact.email)
        try:
            message_id = str(composer.write(notice)["Message-ID"])
        except (TemplateFailed, RecipientRefused) as error:
            yield addressee.model_copy(update={"error": str(error)})
        else:
            yield addressee.model_copy(update={"message_id": message_id})
