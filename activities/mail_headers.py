"""Headers of our mails that Python would fold wrongly.

Python writes each word outside ASCII as an encoded word of its own and leaves the spaces between
them outside, where RFC 2047 section 6.2 has every reader drop them: "échéance dépassée" would
arrive as "échéancedépassée". A subject outside ASCII is encoded as a whole here.
"""

from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from typing import Any


class _Subject(UniqueUnstructuredHeader, BaseHeader):  # type: ignore[misc]  # as at run time
    def fold(self, *, policy: "Policy[Any]") -> str:
        if self.isascii():
            return super().fold(policy=policy)
        # Header counts the name into the first line; the rest of the limit is the RFC's own.
        encoded = Header(str(self), "utf-8", header_name=self.name)
        return f"{self.name}: {encoded.encode(linesep=policy.linesep)}{policy.linesep}"


def letter_policy() -> "EmailPolicy[EmailMessage]":
    """The policy to write letters under; whoever sends them may use another."""
    registry = HeaderRegistry()
    registry.map_to_type("subject", _Subject)
    return SMTP.clone(header_factory=registry)
