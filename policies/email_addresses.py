"""E-mail addresses that every mail server accepts (RFC 5321).

A domain in Unicode is converted to its ASCII form (`bücher.example` to `xn--bcher-kva.example`),
which is the same domain to every server. The part before the `@` has no such form: a server without
SMTPUTF8 refuses it, so an address with other characters there is refused when it is given, not when
the first e-mail is due.
"""

import re
from typing import Annotated

import idna
from pydantic import AfterValidator

_PLAIN = re.compile(r"[^@\s<>\",;:\\()\[\]\x00-\x1f\x7f]+@[^@\s<>\",;:\\()\[\]\x00-\x1f\x7f]+")
_LOCAL_PART = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
_LONGEST_QUOTE = 80
"""Characters of a wrong address that an error repeats."""
_LONGEST_LOCAL_PART, _LONGEST_DOMAIN, _LONGEST = 64, 253, 254


def email_address(text: str) -> str:
    """`text` with its domain in ASCII, if it is one plain address that can be mailed; else
    ValueError.
    """
    if not _PLAIN.fullmatch(text):
        raise ValueError(
            f"{_quoted(text)} is not an e-mail address; write for example mia@example.com"
        )
    local, _, domain = text.rpartition("@")
    address = f"{local}@{ascii_domain(domain)}"
    if reason := _fault_before_the_at(local) or _fault_of_length(address):
        raise ValueError(f"{_quoted(text)} cannot be mailed: {reason}")
    return address


def ascii_domain(domain: str) -> str:
    """The domain in ASCII; ValueError if it cannot be one of a mail server."""
    converted = domain
    if not domain.isascii() or "xn--" in domain.lower():
        try:
            converted = idna.encode(domain, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError) as error:
            reason = f"{error}"[:_LONGEST_QUOTE]
            raise ValueError(f"{_quoted(domain)} is not a domain: {reason}") from error
    labels = converted.split(".")
    is_domain = all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdigit()
    if not is_domain or len(converted) > _LONGEST_DOMAIN:
        raise ValueError(f"{_quoted(domain)} is not a domain; write for example example.com")
    return converted


def comparable(address: str) -> str:
    """The address as others are compared with it: without case, its domain in ASCII. It may have a
    `*` before the `@`, and need not be valid.
    """
    local, _, domain = address.lower().rpartition("@")
    try:
        return f"{local}@{ascii_domain(domain)}"
    except ValueError:
        return address.lower()


def _quoted(text: str) -> str:
    return f'"{text}"' if len(text) <= _LONGEST_QUOTE else f'"{text[:_LONGEST_QUOTE]}…"'


def _fault_before_the_at(local: str) -> str | None:
    if not local.isascii():
        return "the part before the @ has characters that not every mail server accepts"
    if not _LOCAL_PART.fullmatch(local):
        return "the part before the @ is not valid; dots are single and between other characters"
    if len(local) > _LONGEST_LOCAL_PART:
        return f"the part before the @ is longer than {_LONGEST_LOCAL_PART} characters"
    return None


def _fault_of_length(address: str) -> str | None:
    return f"it is longer than {_LONGEST} characters" if len(address) > _LONGEST else None


EmailAddress = Annotated[str, AfterValidator(email_address)]
