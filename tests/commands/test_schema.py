"""`desk schema` prints the schema of one kind of document or message."""

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
        (["opening"], "Input of the workflow Ticket"),
        (["action", "respond"], "Argument of the update respond"),
        (["reply"], "Reply to the opening and to every action"),
        (["ticket"], "Result of the query ticket"),
        (["events"], "Result of the query timeline"),
        (["export"], "Export of personal data"),
    ],
)
def test_it_prints_the_schema_of_a_document_or_message(arguments: list[str], title: str) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["title"] == title


def test_there_is_none_of_anything_else() -> None:
    assert CliRunner().invoke(app, ["tickets"]).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["action"], "name an action: acknowledge, assign,"),
        (["action", "respnd"], 'did you mean "respond"?'),
        (["action", "change_revision"], "is possible over HTTP only"),
        (["opening", "respond"], "only an action has a name"),
    ],
)
def test_a_wrong_name_is_an_error_that_says_what_is_right(arguments: list[str], says: str) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert says in " ".join(result.stderr.replace("│", " ").split())
