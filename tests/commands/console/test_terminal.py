"""Nothing that people or files wrote is obeyed by a terminal."""

import ast
from collections.abc import Iterator
from io import StringIO

import pytest
from rich.console import RenderableType
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from commands.console.error_reporting import print_error
from commands.console.plain_output import echo
from commands.console.terminal import Terminal
from settings import ROOT

HOSTILE = "INC1\x1b]0;owned\x07\x1b[2J\x9b1A\r\u202e\0end"
SHOWN = "INC1\\u001b]0;owned\\u0007\\u001b[2J\\u009b1A\\u000d\\u202e\\u0000end"
OBEYED = ("\x1b]", "\x1b[2J", "\x9b", "\r", "\u202e", "\0", "\x07")


def table(cell: RenderableType) -> Table:
    found = Table("ticket", title="Worst")
    found.add_row(cell)
    return found


@pytest.mark.parametrize(
    "printed",
    [
        pytest.param(HOSTILE, id="a text"),
        pytest.param(Text(HOSTILE, "bold"), id="a styled text"),
        pytest.param(Text.assemble((HOSTILE, "red"), " more"), id="an assembled text"),
        pytest.param(table(HOSTILE), id="a cell"),
        pytest.param(table(Text(HOSTILE)), id="a styled cell"),
        pytest.param(Table(HOSTILE), id="a heading"),
        pytest.param(Rule(HOSTILE), id="a rule"),
        pytest.param(Panel(HOSTILE, title=HOSTILE), id="a panel"),
    ],
)
def test_control_characters_never_reach_the_terminal(printed: RenderableType) -> None:
    file = StringIO()
    Terminal(file=file, force_terminal=True, width=400, highlight=False).print(printed)
    assert not [each for each in OBEYED if each in file.getvalue()]
    assert "INC1" in file.getvalue()


def test_a_console_shows_them_and_keeps_its_own_styles() -> None:
    file = StringIO()
    console = Terminal(file=file, force_terminal=True, width=400, color_system="standard")
    console.print(HOSTILE, style="red", markup=False, highlight=False)
    assert file.getvalue() == f"\x1b[31m{SHOWN}\x1b[0m\n"


def test_lines_and_errors_show_them(capsys: pytest.CaptureFixture[str]) -> None:
    echo(HOSTILE)
    print_error(HOSTILE)
    printed = capsys.readouterr()
    assert printed.out == SHOWN + "\n"
    assert printed.err == SHOWN + "\n"


def unchecked(tree: ast.AST) -> Iterator[int]:
    """The lines of calls that print by another way."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in {"print", "Console", "typer.echo", "typer.secho", "sys.stdout.write"}:
                yield node.lineno


def test_every_command_prints_by_these_ways() -> None:
    own = ROOT / "commands" / "console" / "plain_output.py"
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / "commands").rglob("*.py"))
        if path != own
        for line in unchecked(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not found
