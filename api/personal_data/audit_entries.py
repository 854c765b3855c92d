"""The entry of an erasure in the audit log. It has no address: the id leads to the report."""

from datetime import datetime

from api.audit.entry import AuditedActor, AuditEntry
from api.audit.entry import Outcome as Audited
from api.identity.grantable import ERASE_PERSONAL_DATA
from workflows.client.erasure.report import ErasureReport, Outcome

REFUSED_BY = "tickets-open"
"""The problem of an erasure that open tickets prevent."""
_OUTCOMES = {
    Outcome.ERASED: Audited.ACCEPTED,
    Outcome.NOTHING_LEFT: Audited.ACCEPTED,
    Outcome.REFUSED: Audited.REFUSED,
}


def entry_of(
    report: ErasureReport,
    at: datetime,
    actor: AuditedActor | None = None,
    source: str | None = None,
) -> AuditEntry:
    """The entry of an erasure that has ended. One that is not complete has failed."""
    outcome = _OUTCOMES.get(report.outcome, Audited.FAILED)
    return AuditEntry(
        at=at,
        operation=ERASE_PERSONAL_DATA,
        outcome=outcome,
        actor=actor,
        source=source,
        problem=REFUSED_BY if outcome is Audited.REFUSED else None,
        subject=report.id,
        count=len(report.tickets),
    )
