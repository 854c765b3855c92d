"""How the audit log names a person, and the outcome of an export."""

from hashlib import sha256

from api.audit.entry import Outcome
from api.identity.grantable import EXPORT_PERSONAL_DATA
from api.personal_data.exporter import Export
from policies.email_addresses import comparable

OPERATION = EXPORT_PERSONAL_DATA


def subject_of(address: str) -> str:
    """A person without the address: a hash, by which who knows the address finds the entries."""
    return f"person:{sha256(comparable(address).encode()).hexdigest()[:16]}"


def outcome_of(export: Export) -> Outcome:
    """`failed` for an export that lacks a part."""
    return Outcome.ACCEPTED if export.is_complete else Outcome.FAILED
