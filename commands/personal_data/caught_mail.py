"""The e-mails about a person that the mail catcher of `desk up` has stored."""

from collections.abc import Iterable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from commands.processes.state_dir import StateDir


def mail_about(state_dir: Path, address: str) -> list[Path]:
    """The files with e-mails to the address, or with the address in a header or a text."""
    directory = StateDir(state_dir).mail
    return [file for file in sorted(directory.glob("*.eml")) if _is_about(file, address)]


def delete_mail(files: Iterable[Path]) -> None:
    """Deletes the files."""
    for file in files:
        file.unlink(missing_ok=True)


def _is_about(file: Path, address: str) -> bool:
    message = message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=default)
    texts = [str(value) for value in message.values()]
    parts = (part for part in message.walk() if part.get_content_maintype() == "text")
    texts += [str(part.get_content()) for part in parts]
    return any(address.lower() in text.lower() for text in texts)
