"""The little Markdown of the OpenAPI document as HTML: paragraphs, lists, bold, emphasis, code."""

import re

from markupsafe import Markup, escape

_CODE = re.compile(r"`([^`]+)`")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_EMPHASIS = re.compile(r"\*([^*]+)\*")
_ITEM = re.compile(r"\d+\. |- ")


def inline(text: str) -> Markup:
    """One paragraph, without its tag."""
    parts = _CODE.split(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else _emphasized(part)
        for number, part in enumerate(parts)
    )


def blocks(text: str) -> Markup:
    """Paragraphs and lists, separated by blank lines."""
    return Markup("\n").join(map(_block, filter(None, text.strip().split("\n\n"))))


def _block(text: str) -> Markup:
    lines = text.splitlines()
    if not all(_ITEM.match(line) for line in lines):
        return Markup("<p>{}</p>").format(inline(" ".join(lines)))
    items = Markup("").join(
        Markup("<li>{}</li>").format(inline(_ITEM.sub("", line, count=1))) for line in lines
    )
    return Markup("<ol>{}</ol>").format(items)


def _emphasized(text: str) -> Markup:
    html = _BOLD.sub(r"<strong>\1</strong>", str(escape(text)))
    return Markup(_EMPHASIS.sub(r"<em>\1</em>", html))
