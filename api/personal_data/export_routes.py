"""The route of the export. The address is in the body, because logs have URLs."""

from collections.abc import AsyncIterator, Callable
from enum import StrEnum
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from pydantic import Field

from api.audit.note import AuditNote, put_note
from api.dependencies import DependsOnDesk
from api.http import problem_types
from api.http.auth import AuthenticCaller, check_granted
from api.http.body import Body
from api.http.openapi import example_of, problem_responses, with_example
from api.http.parameters import refuse_unknown_parameters
from api.http.problems import Problem
from api.identity.caller import Caller
from api.identity.grantable import EXPORT_PERSONAL_DATA, EXPORTERS
from api.personal_data import json_writer, page_writer
from api.personal_data.auditing import outcome_of, subject_of
from api.personal_data.document import PersonalData
from api.personal_data.exporter import Export, Exporter
from policies.email_addresses import EmailAddress

router = APIRouter(
    prefix="/personal-data",
    tags=["Personal data"],
    dependencies=[Depends(refuse_unknown_parameters)],
)


class Form(StrEnum):
    """The form of an export: for programs, or for the person."""

    JSON = "json"
    HTML = "html"


class ExportBody(Body):
    """Whose data, and in which form."""

    requester: EmailAddress = Field(
        description="E-mail address of the person.", examples=["mia@harbour-media.example"]
    )
    format: Form = Field(
        default=Form.JSON, description="`json`, or `html` for a page without scripts."
    )


PARTS: dict[Form, Callable[[Export], AsyncIterator[str]]] = {
    Form.JSON: json_writer.json_parts,
    Form.HTML: page_writer.page_parts,
}
_MEDIA: dict[Form, tuple[str, dict[str, str]]] = {
    Form.JSON: (json_writer.MEDIA_TYPE, {}),
    Form.HTML: (page_writer.MEDIA_TYPE, page_writer.HEADERS),
}
_EXPORTED: dict[str, Any] = {
    "description": "The export. It is complete if its `complete` is true.",
    "content": {page_writer.MEDIA_TYPE: {"schema": {"type": "string"}}},
}


@router.post(
    "/export",
    operation_id=EXPORT_PERSONAL_DATA,
    summary="Export personal data",
    response_model=PersonalData,
    openapi_extra=with_example(example_of(ExportBody)),
    responses={
        200: _EXPORTED,
        **problem_responses(
            problem_types.MALFORMED_BODY,
            problem_types.UNAUTHENTICATED,
            problem_types.WRONG_ROLE,
            problem_types.ACTION_NOT_GRANTED,
            problem_types.BODY_TOO_LARGE,
            problem_types.UNSUPPORTED_MEDIA_TYPE,
            problem_types.INVALID_REQUEST,
            problem_types.DESK_UNAVAILABLE,
        ),
    },
)
async def export_personal_data(
    request: Request, desk: DependsOnDesk, caller: AuthenticCaller, body: ExportBody
) -> StreamingResponse:
    """What is held about a person, to hand to them: their tickets, open and closed, as they may see
    them; their credits, claims and notices in accounts; their entries in contracts; their API keys
    without secrets. It names what is held and not handed out.

    A token that is limited to accounts exports what these hold. A person without data gets an
    empty export. The response is sent while tickets are read; one that could not be read is in
    `missing`, and `complete` is then false.
    """
    note = AuditNote(subject_of(body.requester))
    put_note(request.scope, note)
    _check_exporter(caller)
    exporter = Exporter(desk.client, desk.contracts, desk.catalog.slugs, desk.credentials, desk.now)
    export = await exporter.begin(body.requester, caller.accounts)
    media_type, headers = _MEDIA[body.format]
    parts = _noted(export, PARTS[body.format](export), note)
    return StreamingResponse(parts, media_type=media_type, headers=headers)


async def _noted(export: Export, parts: AsyncIterator[str], note: AuditNote) -> AsyncIterator[str]:
    """The parts, with the result in the note."""
    try:
        async for part in parts:
            yield part
        note.outcome = outcome_of(export)
    finally:
        note.count = export.exported


def _check_exporter(caller: Caller) -> None:
    role = caller.actor.role
    if role not in EXPORTERS:
        raise Problem(
            problem_types.WRONG_ROLE,
            f"only {', '.join(EXPORTERS)} can export personal data, not {role}",
        )
    check_granted(caller, EXPORT_PERSONAL_DATA)
