"""API keys as lines and as JSON, without their secrets."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from api.identity.keys.api_key import ApiKey

_NOTHING = "never"


def key_data(key: ApiKey, now: datetime) -> dict[str, Any]:
    """A key as plain data. A missing limit is None."""
    grant = key.grant
    return {
        "id": key.id,
        "name": grant.name,
        "actor": grant.actor,
        "role": str(grant.role),
        "accounts": sorted(grant.accounts) if grant.accounts is not None else None,
        "actions": sorted(grant.actions) if grant.actions is not None else None,
        "email": grant.email,
        "scope": str(grant.scope),
        "state": str(key.state(now)),
        "created_at": _iso(key.created_at),
        "rotated_at": _iso(key.issued_at) if key.issued_at != key.created_at else None,
        "previous_until": _iso(key.previous_until) if _overlaps(key, now) else None,
        "expires_at": _iso(key.expires_at),
        "revoked_at": _iso(key.revoked_at),
        "last_used_at": _iso(key.last_used_at),
    }


def key_lines(key: ApiKey, now: datetime) -> Iterator[str]:
    """A key in a few short lines, which need no wide terminal."""
    grant = key.grant
    who = f"{grant.role} {grant.actor}" + (f" <{grant.email}>" if grant.email else "")
    yield f"{key.id}  {key.state(now):8} {grant.name} ({who}, scope {grant.scope})"
    yield f"            accounts  {_listed(grant.accounts)}"
    yield f"            actions   {_listed(grant.actions)}"
    yield (
        f"            created   {_minute(key.created_at)}   expires {_minute(key.expires_at)}   "
        f"last use {_minute(key.last_used_at)}"
    )
    if key.revoked_at is not None:
        yield f"            revoked   {_minute(key.revoked_at)}"
    elif _overlaps(key, now):
        yield f"            rotated   previous key valid until {_minute(key.previous_until)}"


def _overlaps(key: ApiKey, now: datetime) -> bool:
    return key.previous_until is not None and now < key.previous_until


def _listed(names: frozenset[str] | None) -> str:
    if names is None:
        return "all"
    return ", ".join(sorted(names)) or "none"


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at is not None else None


def _minute(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at is not None else _NOTHING
