"""An export as one page, written ticket by ticket. It has no scripts and loads nothing."""

import base64
from collections.abc import AsyncIterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.personal_data.exporter import Export
from api.personal_data.wording import Wording

_TEMPLATES = Path(__file__).parent / "templates"
_STYLE = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()
MEDIA_TYPE = "text/html"
HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
DEFAULT_LOCALE, DEFAULT_ZONE = "en", "UTC"


async def page_parts(export: Export) -> AsyncIterator[str]:
    """The parts of the page, in order. Its language is that of the latest ticket."""
    page: Wording | None = None
    async for ticket in export.read_tickets():
        words = Wording(ticket.locale, ticket.zone)
        if page is None:
            page = words
            yield _html("begin", w=page, export=export)
        own = ticket.exported
        yield _html("ticket", w=words, page=page, held=own.held, t=own.ticket, own=own)
    if page is None:
        page = Wording(DEFAULT_LOCALE, DEFAULT_ZONE)
        yield _html("begin", w=page, export=export)
    yield _html("end", w=page, export=export, tail=export.tail)


def _html(name: str, **values: Any) -> str:
    template = _environment().get_template(f"{name}.html.j2")
    return template.render(style=Markup(_STYLE), **values)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
