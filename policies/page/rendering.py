"""A page as HTML or Markdown, from the same model.

The HTML is one file: its style is in it, it has no scripts and loads nothing.
"""

import re
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from policies.page.model import Block, Page, Text

_TEMPLATES = Path(__file__).parent / "templates"
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#])")


def page_html(page: Page) -> str:
    """The page as an HTML document."""
    style = Markup((_TEMPLATES / "style.css").read_text(encoding="utf-8"))
    return _environment(is_html=True).get_template("page.html.j2").render(page=page, style=style)


def page_markdown(page: Page) -> str:
    """The page as Markdown."""
    text = _environment(is_html=False).get_template("page.md.j2").render(page=page)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def markdown(text: Text | str) -> str:
    """A text in which no character has a meaning in Markdown."""
    return _MARKDOWN.sub(r"\\\1", str(text)).replace("\n", " ")


def _kind(block: Block) -> str:
    return type(block).__name__.lower()


@lru_cache(maxsize=2)
def _environment(*, is_html: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=is_html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["kind"] = _kind
    environment.filters["md"] = markdown
    return environment
