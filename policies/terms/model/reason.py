"""A reason for which a request can be refused."""

from policies.terms.model.pinned import Sparse
from policies.vocabulary import ClosedAs


class ReasonTerms(Sparse):
    """A reason that an agent can give when refusing this ticket."""

    clause: str
    says: str
    closed_as: ClosedAs = ClosedAs.NOT_COVERED
    refers_to: str | None = None
