"""Templates rendered to pages: one file each, without scripts, that loads nothing."""

import base64
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

_TEMPLATES = Path(__file__).parent / "templates"
_LONGEST = 60
_STYLE = (_TEMPLATES / "style.css").read_text(encoding="utf-8")


def rendered(name: str, **values: Any) -> str:
    """The page of a template with these values."""
    template = _environment().get_template(f"{name}.html.j2")
    return template.render(style=Markup(_STYLE), policy_header=_security(), **values)


@lru_cache(maxsize=1)
def _security() -> str:
    digest = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["drawn"] = Markup
    environment.filters["short"] = _short
    return environment


def _short(text: str) -> str:
    """A text of the log that may be of any length."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
