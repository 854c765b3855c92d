"""What a route adds to the audit entry of its request, when the status alone does not tell."""

from dataclasses import dataclass

from starlette.types import Scope

from api.audit.entry import Outcome

_NOTE = "desk.audit_note"


@dataclass
class AuditNote:
    """The subject of a request, how many tickets it concerned, and how it ended if its response was
    begun.
    """

    subject: str
    outcome: Outcome = Outcome.FAILED
    count: int | None = None


def put_note(scope: Scope, note: AuditNote) -> None:
    """Adds a note to the entry of a request. It can still be changed until the response ends."""
    scope[_NOTE] = note


def note_of(scope: Scope) -> AuditNote | None:
    """The note of a request, if its route has put one."""
    note: AuditNote | None = scope.get(_NOTE)
    return note
