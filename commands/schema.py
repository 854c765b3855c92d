"""`desk schema`: the JSON Schemas of policies, contracts, messages to tickets, and exports."""

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.console.plain_output import echo
from policies.documents.json_schema import DocumentKind, document_schema

if TYPE_CHECKING:
    from policies.vocabulary import Action


class SchemaKind(StrEnum):
    """What `desk schema` prints the schema of."""

    POLICY = "policy"
    CONTRACT = "contract"
    OPENING = "opening"
    ACTION = "action"
    REPLY = "reply"
    TICKET = "ticket"
    EVENTS = "events"
    EXPORT = "export"


def schema(
    of: Annotated[
        SchemaKind, typer.Argument(metavar="KIND", help="Kind of document or message.")
    ] = SchemaKind.POLICY,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Name of the action, after `action`.")
    ] = None,
) -> None:
    """Print the JSON Schema of a document or a message.

    [bold]policy[/] and [bold]contract[/] are YAML files. With the schema, an editor
    completes their keys, describes them, and marks unknown ones.
    [bold]desk check[/] also checks that the parts of a file agree.

    Messages between Temporal clients and tickets have schemas, too:
    [bold]opening[/] is the input of the workflow, [bold]action[/] NAME the argument of an
    update, [bold]reply[/] its result, [bold]ticket[/] and [bold]events[/] those of queries.

    [bold]export[/] is what [bold]desk export[/] writes about a person.

    Example: desk schema action respond > respond.schema.json
    """
    if of is SchemaKind.ACTION:
        echo(_text(_action_schema(name)), nl=False)
    elif name is not None:
        raise typer.BadParameter("only an action has a name", param_hint="'[NAME]'")
    else:
        echo(schema_text(of), nl=False)


def schema_text(of: str) -> str:
    """The schema as the text of a file. `of` is a `SchemaKind` apart from `action`."""
    if of in tuple(DocumentKind):
        return _text(document_schema(DocumentKind(of)))
    if of == SchemaKind.EXPORT:
        from api.personal_data.document import export_schema

        return _text(export_schema())
    from workflows.client.message_schemas import MessageKind, message_schema

    return _text(message_schema(MessageKind(of)))


def _action_schema(name: str | None) -> dict[str, Any]:
    from workflows.client.message_schemas import action_schema

    return action_schema(_action(name))


def _action(name: str | None) -> "Action":
    from policies.documents.suggestions import one_of
    from workflows.client.message_schemas import OVER_HTTP_ONLY, PUBLIC_ACTIONS

    if name in PUBLIC_ACTIONS:
        return PUBLIC_ACTIONS[PUBLIC_ACTIONS.index(name)]
    if name in OVER_HTTP_ONLY:
        reason = f'"{name}" is possible over HTTP only, which settles its terms'
    elif name is None:
        reason = f"name an action: {', '.join(PUBLIC_ACTIONS)}"
    else:
        reason = f'"{name}" is not an action; {one_of(name, PUBLIC_ACTIONS)}'
    raise typer.BadParameter(reason, param_hint="'[NAME]'")


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
