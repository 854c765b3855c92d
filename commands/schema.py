"""`desk schema`: the JSON Schema of policies and contracts, for editors."""

import json
from typing import Annotated

import typer

from policies.documents.json_schema import DocumentKind, document_schema


def schema(
    document: Annotated[
        DocumentKind, typer.Argument(help="The document it is for.")
    ] = DocumentKind.POLICY,
) -> None:
    """Print the JSON Schema of policies or of contracts.

    An editor that knows it completes the keys of a YAML file, shows what
    they are for, and marks what has no place there. Whether the parts
    agree is for [bold]desk check[/] to say.

    Example: desk schema contract > contract.schema.json
    """
    typer.echo(schema_text(document), nl=False)


def schema_text(document: DocumentKind) -> str:
    """The schema as it stands in its file."""
    return json.dumps(document_schema(document), indent=2, ensure_ascii=False) + "\n"
