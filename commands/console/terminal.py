"""Tables and styled texts on a terminal. Plain lines and JSON are printed by `plain_output.py`.

Numbers of tickets, subjects and names come from people and from files. Their control characters are
shown, and never sent to the terminal (`policies/documents/visible.py`).
"""

from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from policies.documents.visible import visible


class Terminal(Console):
    """A console that shows the control characters of texts. Those that it prints are its own."""

    def render_str(self, text: str, *args: Any, **kwargs: Any) -> Text:
        """A text with its markup."""
        return super().render_str(visible(text), *args, **kwargs)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Anything that can be printed, as segments."""
        if isinstance(renderable, Text) and not renderable.plain.isprintable():
            shown = visible(renderable.plain)
            if shown != renderable.plain:
                renderable = Text(shown, style=renderable.style, end=renderable.end)
        return super().render(renderable, options)
