"""`desk schema` prints the schema of one sort of document."""

import json

import pytest
import typer
from typer.testing import CliRunner

from commands.schema import schema

app = typer.Typer()
app.command()(schema)


@pytest.mark.parametrize(
    ("arguments", "title"),
    [
        ([], "Durable Desk support policy"),
        (["policy"], "Durable Desk support policy"),
        (["contract"], "Durable Desk account contract"),
    ],
)
def test_it_prints_the_schema_of_policies_or_contracts(arguments: list[str], title: str) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["title"] == title


def test_there_is_none_of_anything_else() -> None:
    assert CliRunner().invoke(app, ["tickets"]).exit_code == 2
