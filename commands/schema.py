"""`desk schema`: the JSON Schema of policies and contracts, for editors."""

import json
from typing import Annotated

import typer

from policies.documents.json_schema import DocumentKind, document_schema


def schema(
    document: Annotated[
        DocumentKind, typer.Argument(help="Kind of document.")
    ] = DocumentKind.POLICY,
) -> None:
    """Print the JSON Schema of policies or contracts.

    With it, an editor completes the keys of a YAML file, describes them,
    and marks unknown ones. [bold]desk check[/] also checks that the parts of
    a file agree.

    Example: desk schema contract > contract.schema.json
    """
    typer.echo(schema_text(document), nl=False)


def schema_text(document: DocumentKind) -> str:
    """The schema as the text of a file."""
    return json.dumps(document_schema(document), indent=2, ensure_ascii=False) + "\n"
