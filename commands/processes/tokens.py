"""The tokens of a desk that has none configured: made once, kept where only we can read them."""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from bootstrap.exit_codes import ExitCode, Failure
from settings import TokenActor, parse_tokens

CAST = (
    {"id": "ada", "role": "agent", "name": "Ada Agent"},
    {"id": "widget", "role": "service", "name": "In-platform widget"},
    {
        "id": "kim",
        "role": "requester",
        "name": "Kim Harbour",
        "account": "harbour-media",
    },
    {"id": "enzo", "role": "engineering", "name": "Enzo Engineering"},
    {"id": "pia", "role": "product", "name": "Pia Product"},
    {"id": "olga", "role": "operator", "name": "Olga Operator"},
)
"""Somebody for every part in the process; the requester belongs to a contract that ships."""

Tokens = Mapping[SecretStr, TokenActor]


def kept_tokens(file: Path) -> Tokens:
    """The tokens of this file, which is written first when it is not there."""
    if not file.exists():
        _write(file)
    try:
        return parse_tokens(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Failure(
            ExitCode.BAD_SETTINGS,
            f"The tokens in {file} are not usable: {error}. "
            "Mend the file, or remove it to have new ones.",
        ) from None


def _write(file: Path) -> None:
    made = {f"{actor['role']}-{secrets.token_urlsafe(18)}": actor for actor in CAST}
    # Whole or not at all, and never readable for others, not even for a moment.
    draft = file.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as out:
        json.dump(made, out, indent=2, ensure_ascii=False)
        out.write("\n")
    draft.replace(file)
