"""The key for proofs of `desk up` when none is configured: generated once, in a private file."""

import base64
import secrets
from pathlib import Path

from pydantic import SecretStr

from bootstrap.exit_codes import ExitCode, Failure
from commands.console.whole_file import whole_file
from proof.signing import KEY_BYTES, InvalidKey, ProofKey


def load_or_generate_key(file: Path) -> SecretStr:
    """Reads the file, and writes it first if it does not exist."""
    if not file.exists():
        with whole_file(file) as stream:
            stream.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n")
    try:
        text = file.read_text(encoding="utf-8").strip()
        ProofKey(text)
    except (OSError, InvalidKey, UnicodeDecodeError) as error:
        raise Failure(
            ExitCode.BAD_SETTINGS,
            f"The key for proofs in {file} is not valid: {error}. "
            "Correct the file, or delete it to generate a new key.",
        ) from None
    return SecretStr(text)
