"""Plain output: lines, and JSON. Control characters in it are shown, as in `terminal.py`."""

import typer

from policies.documents.visible import visible


def echo(text: object = "", *, nl: bool = True, err: bool = False) -> None:
    """Prints a text without styles."""
    typer.echo(visible(str(text)), nl=nl, err=err)
