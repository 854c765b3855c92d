"""The progress of a back-test on standard error: a bar that needs no thread of its own.

Worker processes are forked, which is safe only from a process with one thread.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from commands.console.terminal import Terminal

EVERY = 0.1
"""Seconds between two updates."""

OnProgress = Callable[[int, int], None]


@contextmanager
def progress_bar(label: str) -> Iterator[OnProgress]:
    """A bar on a terminal while the block runs. It gets how much is done, and how much there is."""
    console = Terminal(stderr=True)
    if not console.is_terminal:
        yield lambda _, __: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    bar = Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        auto_refresh=False,
        transient=True,
    )
    last = 0.0
    with bar:
        task = bar.add_task(label, total=None)

        def show(done: int, total: int) -> None:
            nonlocal last
            now = monotonic()
            if now - last >= EVERY or done == total:
                last = now
                bar.update(task, completed=done, total=total, refresh=True)

        yield show
