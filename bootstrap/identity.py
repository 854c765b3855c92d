"""The credentials that the API accepts, as configured."""

from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.identity.authenticator import AnyOf, Authenticator
from api.identity.static_tokens import StaticTokens
from bootstrap.exit_codes import ExitCode, Failure

if TYPE_CHECKING:
    from api.identity.keys.api_keys import ApiKeys
    from api.identity.oidc.oidc_tokens import OidcTokens
    from settings import Settings


@dataclass(frozen=True)
class Identity:
    """What authenticates callers, and what has to run meanwhile."""

    authenticator: Authenticator
    keys: "ApiKeys | None" = None
    oidc: "OidcTokens | None" = None

    def background(self) -> list[Coroutine[Any, Any, None]]:
        """Coroutines that run until cancelled: they fetch signing keys and write last uses."""
        running = [keys.run() for keys in self.oidc.signing_keys] if self.oidc else []
        return running + ([self.keys.run()] if self.keys else [])


def identity_of(settings: "Settings") -> Identity:
    """Static tokens, API keys and OpenID Connect, as far as they are configured.

    Raises a Failure for a file that cannot be used, with its setting.
    """
    keys = _keys(settings.keys_file) if settings.keys_file is not None else None
    oidc = _oidc(settings.oidc_file) if settings.oidc_file is not None else None
    # Static tokens first, because they can have any form.
    kinds = (StaticTokens(settings.tokens), keys, oidc)
    return Identity(AnyOf([each for each in kinds if each is not None]), keys, oidc)


def _keys(file: Path) -> "ApiKeys":
    from api.identity.keys.api_keys import ApiKeys
    from api.identity.keys.key_store import KeyStoreUnusable
    from api.identity.keys.sqlite_key_store import SqliteKeyStore

    store = SqliteKeyStore(file)
    try:
        store.prepare()
    except KeyStoreUnusable as error:
        raise Failure(ExitCode.BAD_SETTINGS, f"DESK_KEYS_FILE: {error}") from error
    return ApiKeys(store)


def _oidc(file: Path) -> "OidcTokens":
    from api.identity.oidc.configuration import read_oidc_file
    from api.identity.oidc.oidc_tokens import OidcTokens
    from policies.documents.problems import PolicyErrors

    try:
        return OidcTokens(read_oidc_file(file).issuers)
    except OSError as error:
        reason = f"cannot read {file}: {error.strerror or error}"
        raise Failure(ExitCode.BAD_SETTINGS, f"DESK_OIDC_FILE: {reason}") from error
    except PolicyErrors as errors:
        lines = "\n".join(f"  {problem}" for problem in errors.problems)
        raise Failure(
            ExitCode.BAD_SETTINGS, f"DESK_OIDC_FILE: the file is not valid:\n{lines}"
        ) from errors
