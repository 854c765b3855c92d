"""E-mail messages, with corrections to how Python folds and parses headers.

Python encodes each non-ASCII word of a header as an encoded word of its own, and leaves the spaces
outside. Readers drop these spaces (RFC 2047, 6.2): "échéance dépassée" would arrive as
"échéancedépassée". Here a non-ASCII subject is encoded as a whole. Python also leaves the first
line of an ASCII subject empty if only the rest fits a line; readers then see a space before it.
"""

import textwrap
from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy, Policy
from typing import TYPE_CHECKING, Any

_LINE_LIMIT = 78
"""Characters of a line (RFC 5322 section 2.1.1)."""


class _Subject(UniqueUnstructuredHeader, BaseHeader):  # type: ignore[misc]  # as at run time
    def fold(self, *, policy: "Policy[Any]") -> str:
        if self.isascii():
            lines = _wrapped(f"{self.name}: ", str(self))
            is_short = all(len(line) <= _LINE_LIMIT for line in lines)
            return policy.linesep.join([*lines, ""]) if is_short else super().fold(policy=policy)
        # Header counts the name towards the first line, and applies the limit of the RFC itself.
        encoded = Header(str(self), "utf-8", header_name=self.name)
        return f"{self.name}: {encoded.encode(linesep=policy.linesep)}{policy.linesep}"


def _wrapped(name: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        _LINE_LIMIT,
        initial_indent=name,
        subsequent_indent=" ",
        break_long_words=False,
        break_on_hyphens=False,
    ) or [name.rstrip()]


# Subscripted for the type checker only: the class takes no parameters at run time.
if TYPE_CHECKING:
    _EmailPolicy = EmailPolicy[EmailMessage]
else:
    _EmailPolicy = EmailPolicy


class _EmailPolicyWithLazyHeaders(_EmailPolicy):
    """Stores a plain header unparsed, until it is read. Parsing every header when it is set takes
    most of the time of composing an e-mail.
    """

    def header_fetch_parse(self, name: str, value: Any) -> Any:
        """The value as it is stored: while it is written, only MIME headers are read, as texts."""
        return value

    def header_max_count(self, name: str) -> None:
        del name

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        text = str(value)
        if text.isascii() and len(text.splitlines()) <= 1:
            return name, text
        # The header class encodes other characters, and refuses line breaks.
        return super().header_store_parse(name, value)


def _email_policy() -> "EmailPolicy[EmailMessage]":
    registry = HeaderRegistry()
    registry.map_to_type("subject", _Subject)
    return _EmailPolicyWithLazyHeaders(linesep="\r\n", header_factory=registry)


EMAIL_POLICY = _email_policy()
"""The policy of composed e-mails; a mailer may send them under another one."""


class Email(EmailMessage):
    """An e-mail with address and Message-ID as attributes, so that no header must be parsed."""

    def __init__(self, address: str, message_id: str) -> None:
        super().__init__(policy=EMAIL_POLICY)
        self.address = address
        self.message_id = message_id
