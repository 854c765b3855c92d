"""The credentials that the API accepts, and the agents it knows, as configured."""

from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.identity.agents import Agent, ListedAgents, parse_agents, read_agents_file
from api.identity.authenticator import AnyOf, Authenticator
from api.identity.static_tokens import StaticTokens, parse_tokens
from api.identity.watched_file import WatchedFile
from bootstrap.exit_codes import ExitCode, Failure

if TYPE_CHECKING:
    from api.identity.keys.api_keys import ApiKeys
    from api.identity.keys.bound_credentials import BoundCredentials
    from api.identity.oidc.oidc_tokens import OidcTokens
    from settings import Settings


@dataclass(frozen=True)
class KnownPeople:
    """The people of tokens, and the agents that tickets can be assigned to."""

    tokens: StaticTokens
    agents: ListedAgents


@dataclass(frozen=True)
class Identity:
    """What authenticates callers, who can be assigned, and what has to run meanwhile."""

    authenticator: Authenticator
    credentials: "BoundCredentials"
    people: KnownPeople
    keys: "ApiKeys | None" = None
    oidc: "OidcTokens | None" = None
    files: tuple[WatchedFile[Any], ...] = ()

    def background(self) -> list[Coroutine[Any, Any, None]]:
        """Coroutines that run until cancelled: they read files, fetch signing keys and write last
        uses.
        """
        running: list[Coroutine[Any, Any, None]] = [file.run() for file in self.files]
        running += [keys.run() for keys in self.oidc.signing_keys] if self.oidc else []
        return running + ([self.keys.run()] if self.keys else [])

    def file_problems(self) -> list[str]:
        """What is wrong with the files that are read while the process runs."""
        return [file.problem for file in self.files if file.problem is not None]


def identity_of(settings: "Settings") -> Identity:
    """Static tokens, API keys, OpenID Connect and agents, as far as they are configured.

    Raises a Failure for a file that cannot be used, with its setting.
    """
    keys = _keys(settings.keys_file) if settings.keys_file is not None else None
    oidc = _oidc(settings.oidc_file) if settings.oidc_file is not None else None
    people = known_people(settings)
    bound = bound_credentials(settings, people.tokens)
    # Static tokens first, because they can have any form.
    authenticator = AnyOf([each for each in (people.tokens, keys, oidc) if each is not None])
    files = tuple(_watched(settings, people))
    return Identity(authenticator, bound, people, keys, oidc, files)


def known_people(settings: "Settings") -> KnownPeople:
    """The people of the settings. Raises a Failure for a file of agents that cannot be used."""
    tokens = StaticTokens(settings.tokens)
    listed = _agents(settings.agents_file) if settings.agents_file is not None else ()
    return KnownPeople(tokens, ListedAgents(listed, tokens.actors))


def _watched(settings: "Settings", people: KnownPeople) -> Iterator[WatchedFile[Any]]:
    if (file := settings.tokens_file) is not None:
        yield WatchedFile(file, "DESK_TOKENS_FILE", parse_tokens, people.tokens.replace)
    if (file := settings.agents_file) is not None:
        parse = partial(parse_agents, file=file)
        yield WatchedFile(file, "DESK_AGENTS_FILE", parse, people.agents.replace)


def _agents(file: Path) -> tuple[Agent, ...]:
    with _usable("DESK_AGENTS_FILE", file):
        return read_agents_file(file)


@contextmanager
def _usable(setting: str, file: Path) -> Iterator[None]:
    """Turns errors of a file into a Failure with its setting."""
    from policies.documents.problems import PolicyErrors

    try:
        yield
    except OSError as error:
        reason = f"cannot read {file}: {error.strerror or error}"
        raise Failure(ExitCode.BAD_SETTINGS, f"{setting}: {reason}") from error
    except PolicyErrors as errors:
        lines = "\n".join(f"  {problem}" for problem in errors.problems)
        raise Failure(
            ExitCode.BAD_SETTINGS, f"{setting}: the file is not valid:\n{lines}"
        ) from errors


def bound_credentials(
    settings: "Settings", tokens: StaticTokens | None = None
) -> "BoundCredentials":
    """Finds the stored credentials of a person: keys, and these tokens or those of the settings."""
    from api.identity.keys.bound_credentials import BoundCredentials
    from api.identity.keys.sqlite_key_store import SqliteKeyStore

    keys = SqliteKeyStore(settings.keys_file) if settings.keys_file is not None else None
    return BoundCredentials(keys, (tokens or StaticTokens(settings.tokens)).configured_actors)


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

    with _usable("DESK_OIDC_FILE", file):
        return OidcTokens(read_oidc_file(file).issuers)
