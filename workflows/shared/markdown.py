"""Text of others inside Markdown, which the Temporal UI renders."""

import re

_ACTIVE = re.compile(r"[\\`*\[\]<>]")


def plain(text: str) -> str:
    """The text on one line, so that the UI shows it as it is: no image, heading or HTML, and no
    link, except that of a web address to itself.
    """
    return _ACTIVE.sub(lambda found: f"\\{found[0]}", " ".join(text.split()))
