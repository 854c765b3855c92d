"""SVG elements as text. Places across are in percent, so that pictures fit any width and their
letters keep their size; places down are in pixels.
"""

from collections.abc import Iterable
from html import escape

Attribute = str | float | None


def element(name: str, content: str = "", /, **attributes: Attribute) -> str:
    """An element. `cls` is its class, and an underscore in a name stands for a hyphen."""
    shown = "".join(
        f' {_name(key)}="{escape(_text(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{shown}>{content}</{name}>" if content else f"<{name}{shown}/>"


def picture(alt: str, height: int, parts: Iterable[str], width: str = "100%") -> str:
    """A picture with a text for those who do not see it. Links inside keep their own names."""
    return element(
        "svg",
        "".join(parts),
        width=width,
        height=height,
        role="group",
        aria_label=alt,
        cls="chart",
    )


def stretched(parts: Iterable[str], y: float, height: float) -> str:
    """A part in which 1,000 units are the whole width: for paths, which know no percent."""
    return element(
        "svg",
        "".join(parts),
        y=y,
        width="100%",
        height=height,
        viewBox=f"0 0 1000 {number(height)}",
        preserveAspectRatio="none",
    )


def text(x: float, y: float, words: str, cls: str = "", anchor: str = "start") -> str:
    """A text at a place across (percent) and down."""
    given = None if anchor == "start" else anchor
    return element("text", escape(words), x=percent(x), y=y, cls=cls or None, text_anchor=given)


def line(x: float, top: float, bottom: float, cls: str) -> str:
    """An upright line at a place across (percent)."""
    return element("line", x1=percent(x), x2=percent(x), y1=top, y2=bottom, cls=cls)


def level(y: float, begin: float, end: float, cls: str) -> str:
    """A level line between two places across (percent)."""
    return element("line", x1=percent(begin), x2=percent(end), y1=y, y2=y, cls=cls)


def box(x: float, y: float, width: float, height: float, cls: str, title: str = "") -> str:
    """A box; across in percent, down in pixels."""
    hint = element("title", escape(title)) if title else ""
    return element("rect", hint, x=percent(x), y=y, width=percent(width), height=height, cls=cls)


def link(target: str, content: str, label: str) -> str:
    """A link around a part of a picture."""
    return element("a", content, href=f"#{target}", aria_label=label)


def percent(value: float) -> str:
    """A place across."""
    return f"{number(value)}%"


def number(value: float) -> str:
    """A number as short as it can be."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def _name(key: str) -> str:
    if key == "cls":
        return "class"
    return key.replace("_", "-")


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else number(value)
