"""The e-mails about a person that the mail catcher of `desk up` has stored."""

import re
from collections.abc import Collection, Iterable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from commands.processes.state_dir import StateDir

_TICKET = re.compile(r"\s*<([^.@>]+)[.@]")
"""The number of the ticket, with which the Message-ID of each notice begins."""


def mail_about(state_dir: Path, address: str, tickets: Collection[str] = ()) -> list[Path]:
    """The files with e-mails to the address, with the address in a header or a text, or about one
    of these tickets: those to others name its requester.
    """
    directory, named, numbers = StateDir(state_dir).mail, _naming(address), frozenset(tickets)
    return [file for file in sorted(directory.glob("*.eml")) if _is_about(file, named, numbers)]


def delete_mail(files: Iterable[Path]) -> None:
    """Deletes the files."""
    for file in files:
        file.unlink(missing_ok=True)


def _naming(address: str) -> re.Pattern[str]:
    """Matches the address, but not another one that ends or begins with it, such as that of Mia
    where Ia is meant.
    """
    whole = rf"(?<![\w.+-])(?<!\w')(?<!\w&){re.escape(address)}(?![\w-]|\.\w)"
    return re.compile(whole, re.IGNORECASE)


def _is_about(file: Path, named: re.Pattern[str], numbers: frozenset[str]) -> bool:
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        # Another erasure has deleted it meanwhile.
        return False
    message = message_from_bytes(content, _class=EmailMessage, policy=default)
    ticket = _TICKET.match(str(message["Message-ID"]))
    if ticket is not None and ticket[1] in numbers:
        return True
    texts = [str(value) for value in message.values()]
    parts = (part for part in message.walk() if part.get_content_maintype() == "text")
    texts += [str(part.get_content()) for part in parts]
    return any(map(named.search, texts))
