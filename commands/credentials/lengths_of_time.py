"""Lengths of time as options of a command: `90d`, `12h`, `never`."""

import re
from datetime import timedelta

import typer

NEVER = "never"
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration_of(text: str, option: str) -> timedelta | None:
    """The length of a text such as `90d`; None for `never`."""
    match = re.fullmatch(r"(\d{1,5})([smhd])", text)
    if match is not None:
        return timedelta(**{_UNITS[match[2]]: int(match[1])})
    if text == NEVER:
        return None
    raise typer.BadParameter(
        "must be a number with s, m, h or d, such as 90d, or never", param_hint=f"'{option}'"
    )


def lifetime_of(text: str) -> timedelta | None:
    """As duration_of, but longer than nothing."""
    lifetime = duration_of(text, "--expires")
    if lifetime is not None and not lifetime:
        raise typer.BadParameter("must be longer than nothing", param_hint="'--expires'")
    return lifetime
