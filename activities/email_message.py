"""Headers of our mails, where Python would fold them wrongly or read them too often.

Python writes each word outside ASCII as an encoded word of its own and leaves the spaces between
them outside, where RFC 2047 section 6.2 has every reader drop them: "échéance dépassée" would
arrive as "échéancedépassée". A subject outside ASCII is encoded as a whole here.
"""

from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy, Policy
from typing import TYPE_CHECKING, Any


class _Subject(UniqueUnstructuredHeader, BaseHeader):  # type: ignore[misc]  # as at run time
    def fold(self, *, policy: "Policy[Any]") -> str:
        if self.isascii():
            return super().fold(policy=policy)
        # Header counts the name into the first line; the rest of the limit is the RFC's own.
        encoded = Header(str(self), "utf-8", header_name=self.name)
        return f"{self.name}: {encoded.encode(linesep=policy.linesep)}{policy.linesep}"


# Subscripted for the type checker only: the class takes no parameters at run time.
if TYPE_CHECKING:
    _EmailPolicy = EmailPolicy[EmailMessage]
else:
    _EmailPolicy = EmailPolicy


class _LetterPolicy(_EmailPolicy):
    """Keeps a plain header as it was set. It is parsed when somebody reads it; parsing every one
    as it is set takes most of the time of a letter.
    """

    def header_max_count(self, name: str) -> None:
        del name

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        text = str(value)
        if text.isascii() and len(text.splitlines()) <= 1:
            return name, text
        # Encoded words are for the header's own class; a line break is refused there.
        return super().header_store_parse(name, value)


def _letter_policy() -> "EmailPolicy[EmailMessage]":
    registry = HeaderRegistry()
    registry.map_to_type("subject", _Subject)
    return _LetterPolicy(linesep="\r\n", header_factory=registry)


LETTER_POLICY = _letter_policy()
"""The policy that letters are written under; whoever sends them may use another."""


class Email(EmailMessage):
    """A mail that knows the address it goes to and its Message-ID: nobody has to parse them."""

    def __init__(self, address: str, message_id: str) -> None:
        super().__init__(policy=LETTER_POLICY)
        self.address = address
        self.message_id = message_id
