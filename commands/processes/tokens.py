"""Tokens for `desk up` when none are configured: generated once and kept in a private file."""

import json
import os
import secrets
from pathlib import Path

from api.identity.static_tokens import Tokens, parse_tokens
from bootstrap.exit_codes import ExitCode, Failure

ACTORS = (
    {"id": "ada", "role": "agent", "name": "Ada Agent", "email": "ada@desk.example"},
    {"id": "widget", "role": "service", "name": "In-platform widget"},
    {
        "id": "kim",
        "role": "requester",
        "name": "Kim Harbour",
        "email": "kim@harbour-media.example",
        "account": "harbour-media",
    },
    {"id": "enzo", "role": "engineering", "name": "Enzo Engineering"},
    {"id": "pia", "role": "product", "name": "Pia Product"},
    {
        "id": "max",
        "role": "account_manager",
        "name": "Max Manager",
        "email": "max@desk.example",
    },
    {"id": "olga", "role": "operator", "name": "Olga Operator"},
)
"""The actors of the generated tokens; the requester belongs to a contract that ships."""


def load_or_generate(file: Path) -> Tokens:
    """Reads the file, and writes it first if it does not exist."""
    if not file.exists():
        _write(file)
    try:
        return parse_tokens(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Failure(
            ExitCode.BAD_SETTINGS,
            f"The tokens in {file} are not valid: {error}. "
            "Correct the file, or delete it to generate new tokens.",
        ) from None


def _write(file: Path) -> None:
    tokens = {f"{actor['role']}-{secrets.token_urlsafe(18)}": actor for actor in ACTORS}
    # Written atomically, and never readable by others.
    draft = file.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as out:
        json.dump(tokens, out, indent=2, ensure_ascii=False)
        out.write("\n")
    draft.replace(file)
