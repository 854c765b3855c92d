"""`desk keys`: API keys of services and agents."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bootstrap.exit_codes import ExitCode, Failure
from commands.console.plain_output import echo
from commands.credentials.hash_token import hash_token
from commands.credentials.lengths_of_time import duration_of, lifetime_of
from policies.vocabulary import Role

if TYPE_CHECKING:
    from api.identity.keys.api_key import ApiKey, KeyGrant
    from api.identity.keys.sqlite_key_store import SqliteKeyStore

LONGEST_GRACE = timedelta(days=30)

File = Annotated[
    Path,
    typer.Option("--file", metavar="FILE", envvar="DESK_KEYS_FILE", help="File of the keys."),
]
AuditFile = Annotated[
    Path | None,
    typer.Option(
        "--audit-log",
        metavar="FILE",
        envvar="DESK_AUDIT_LOG",
        help="File that gets an entry of the change; - is standard error, none is no entry.",
    ),
]
Id = Annotated[str, typer.Argument(metavar="ID", help="Id of the key, or the key itself.")]


def keys() -> None:
    """Create, list, rotate and revoke API keys, and hash static tokens.

    A key is a bearer token for a service or an agent, with a role and, if you
    want, only some accounts and actions. Keys are in the file DESK_KEYS_FILE,
    which every API of this machine reads: a change takes effect within 5
    seconds, without a restart. Only a hash of each key is stored.

    Exit codes: 1 there is no such key, 2 usage, 78 the file cannot be used.

    Example: desk keys create crm-sync --role service --account harbour-media
    """


app = typer.Typer(
    callback=keys,
    no_args_is_help=True,
    rich_markup_mode="rich",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("hash-token")(hash_token)


@app.command()
def create(  # noqa: PLR0913, PLR0917  # one parameter for each option
    name: Annotated[str, typer.Argument(help="Name of the key, shown with its actions.")],
    role: Annotated[Role, typer.Option(help="Role of the key.")],
    file: File,
    accounts: Annotated[
        list[str] | None,
        typer.Option("--account", metavar="ID", help="Account that exists for it; repeatable."),
    ] = None,
    all_accounts: Annotated[
        bool, typer.Option("--all-accounts", help="All accounts exist for it.")
    ] = False,
    actions: Annotated[
        list[str] | None,
        typer.Option(
            "--action", metavar="NAME", help="Action that it may take; repeatable. Default: all."
        ),
    ] = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="It may take no action.")] = False,
    email: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Address of the person behind it.")
    ] = None,
    scope: Annotated[
        str | None,
        typer.Option(
            metavar="own|account",
            help="Tickets of a requester: its own (default), or those of its accounts.",
        ),
    ] = None,
    actor: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Id recorded with its actions. Default: id of the key."),
    ] = None,
    expires: Annotated[
        str, typer.Option(metavar="TIME", help="When it expires: 12h, 90d or never.")
    ] = "90d",
    audit_log: AuditFile = None,
) -> None:
    """Create a key. Standard output is the key and nothing else; it is shown only now.

    Example: desk keys create crm-sync --role service --account harbour-media
      --action open_ticket --action withdraw --expires 30d
    """
    from api.identity.caller import Scope
    from api.identity.keys.api_key import ApiKey
    from api.identity.keys.key_text import KeyText

    if bool(accounts) == all_accounts:
        raise typer.BadParameter("set either --account or --all-accounts", param_hint="'--account'")
    if actions and read_only:
        raise typer.BadParameter("set either --action or --read-only", param_hint="'--action'")
    key, now = KeyText.new(), datetime.now(UTC)
    lifetime = lifetime_of(expires)
    grant = _grant(
        name=name,
        actor=actor or key.id,
        role=role,
        accounts=accounts or None,
        actions=[] if read_only else actions or None,
        email=email,
        scope=scope or Scope.default_of(role),
    )
    end = now + lifetime if lifetime is not None else None
    with _audited("create_key", key.id, audit_log):
        store = _store(file)
        store.prepare()
        store.add(ApiKey(key.id, grant, key.digest, now, now, end))
    _note(f"Key {key.id} of {name} {_until(end)}. Copy it now, it is not shown again:")
    echo(key.text)


@app.command("list")
def list_(
    file: File,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """List the keys: whom each stands for, what it may do, and its last use.

    Example: desk keys list --json
    """
    from commands.credentials.key_lines import key_data, key_lines

    now, found = datetime.now(UTC), _store(file).read_all()
    if as_json:
        echo(json.dumps([key_data(key, now) for key in found], indent=2, ensure_ascii=False))
        return
    for key in found:
        for line in key_lines(key, now):
            echo(line)
    if not found:
        _note("There are no keys.")


@app.command()
def rotate(
    id: Id,
    file: File,
    grace: Annotated[
        str, typer.Option(metavar="TIME", help="How long the previous key stays valid: 0s to 30d.")
    ] = "1h",
    expires: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="When the new key expires. Default: as long as before."),
    ] = None,
    audit_log: AuditFile = None,
) -> None:
    """Replace a key by a new one with the same id and rights.

    Example: desk keys rotate q3f7m2k9xa --grace 24h
    """
    from api.identity.keys.key_text import KeyText

    kept = duration_of(grace, "--grace")
    if kept is None or kept > LONGEST_GRACE:
        raise typer.BadParameter("must be at most 30d", param_hint="'--grace'")
    store, now = _store(file), datetime.now(UTC)
    old = _find(store, id, now)
    lifetime = lifetime_of(expires) if expires is not None else old.lifetime
    end = now + lifetime if lifetime is not None else None
    previous_until = min(now + kept, old.expires_at or now + kept)
    key = KeyText.of(old.id)
    with _audited("rotate_key", old.id, audit_log):
        store.rotate(old.id, key.digest, now, end, previous_until)
    _note(f"The previous key of {old.grant.name} is valid until {_time(previous_until)}.")
    _note(f"The new one {_until(end)}. Copy it now, it is not shown again:")
    echo(key.text)


@app.command()
def revoke(id: Id, file: File, audit_log: AuditFile = None) -> None:
    """Revoke a key for ever, also its previous one after a rotation.

    Example: desk keys revoke q3f7m2k9xa
    """
    from api.identity.keys.key_store import UnknownKey
    from api.identity.keys.key_text import id_in

    try:
        with _audited("revoke_key", id_in(id), audit_log):
            _store(file).revoke(id_in(id), datetime.now(UTC))
    except UnknownKey:
        raise _no_such_key() from None
    _note(f"The key {id_in(id)} is revoked. Every API of this machine refuses it within 5 seconds.")


@contextmanager
def _audited(operation: str, id: str, file: Path | None) -> Iterator[None]:
    """Records a change of a key. Without a log that can be opened, there is no change."""
    from api.audit.entry import AuditEntry, Outcome
    from bootstrap.audit import actor_of_command, audit_log_of_command

    log, at = audit_log_of_command(file), datetime.now(UTC)
    yield
    log.write(
        AuditEntry(
            at=at,
            operation=operation,
            outcome=Outcome.ACCEPTED,
            actor=actor_of_command(),
            subject=id,
        )
    )


def _store(file: Path) -> "SqliteKeyStore":
    from api.identity.keys.sqlite_key_store import SqliteKeyStore

    return SqliteKeyStore(file)


def _find(store: "SqliteKeyStore", text: str, now: datetime) -> "ApiKey":
    """The key with this id, if its secret can be replaced."""
    from api.identity.keys.api_key import KeyState
    from api.identity.keys.key_text import id_in

    id = id_in(text)
    key = next((each for each in store.read_all() if each.id == id), None)
    if key is None:
        raise _no_such_key()
    if key.state(now) is KeyState.REVOKED:
        raise Failure(ExitCode.FAILED, f"The key {id} was revoked. Create a new one.")
    return key


def _no_such_key() -> Failure:
    # The argument is not quoted: it may be a secret.
    return Failure(ExitCode.FAILED, "There is no such key; desk keys list shows all ids.")


def _grant(**values: Any) -> "KeyGrant":
    """The grant; a Failure that names each mistake in it."""
    from pydantic import ValidationError

    from api.identity.grantable import actions_of
    from api.identity.keys.api_key import KeyGrant

    problems: list[str] = []
    possible = actions_of(values["role"])
    if unknown := [action for action in values["actions"] or () if action not in possible]:
        problems.append(
            f"--action: the role {values['role']} cannot {', '.join(unknown)}; "
            f"it can {', '.join(possible)}"
        )
    try:
        grant = KeyGrant.model_validate(values)
    except ValidationError as error:
        for each in error.errors(include_url=False, include_context=False):
            place = f"--{str(each['loc'][0]).removesuffix('s')}: " if each["loc"] else ""
            problems.append(f"{place}{each['msg'].removeprefix('Value error, ')}")
    if problems:
        raise Failure(ExitCode.USAGE, "\n".join(problems))
    return grant


def _until(end: datetime | None) -> str:
    return "never expires" if end is None else f"expires {_time(end)}"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _note(text: str) -> None:
    """To standard error, so that a script can read a key from standard output."""
    echo(text, err=True)
