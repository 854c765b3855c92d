"""`desk keys hash-token`: a static token as it is configured without being readable."""

import sys

from bootstrap.exit_codes import ExitCode, Failure
from commands.console.plain_output import echo

SHORTEST_TOKEN = 20
"""Characters. Whoever has the hash of a shorter token could try all of them."""


def hash_token() -> None:
    """Print the hash of a static token, which takes its place in DESK_TOKENS_FILE.

    The token is read from standard input, so that it is in no list of
    processes. It has to be random: nothing protects the hash of a word.

    Example: openssl rand -hex 32 | tee token.txt | desk keys hash-token
    """
    from api.identity.static_tokens import hashed

    token = sys.stdin.readline().strip()
    if len(token) < SHORTEST_TOKEN:
        raise Failure(
            ExitCode.USAGE,
            f"The token has {len(token)} characters: use at least {SHORTEST_TOKEN} random ones, "
            "such as those of openssl rand -hex 32.",
        )
    try:
        echo(hashed(token))
    except ValueError as error:
        raise Failure(ExitCode.USAGE, f"The token {error}.") from None
