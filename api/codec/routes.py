"""Temporal's remote codec protocol: `POST /decode` and `POST /encode` with payloads as JSON."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from google.protobuf.json_format import MessageToJson, Parse, ParseError
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.converter import WorkflowSerializationContext

from api.http import problem_types
from api.http.auth import AuthenticCaller
from api.http.error_handlers import unavailable
from api.http.problems import FieldError, Problem
from api.identity.caller import Caller
from encryption.codec import EncryptionCodec
from encryption.errors import DataKeyDestroyed, DataKeyUnknown, EncryptionError, Undecryptable
from policies.vocabulary import Role

WORKFLOW_ID = "Workflow-Id"
"""The header with the workflow whose key encrypts."""
KINDS = ("ticket/", "account/")
LONGEST_ID = 200

router = APIRouter()


@router.get("/healthz", operation_id="alive")
async def alive() -> dict[str, str]:
    """The process responds."""
    return {"status": "ok"}


@router.post("/decode", operation_id="decode_payloads")
async def decode(
    request: Request,
    caller: AuthenticCaller,
    workflow_id: Annotated[str, Header(alias=WORKFLOW_ID)] = "",
) -> Response:
    """The payloads in clear. Payloads that are not encrypted stay as they are.

    Those of another workflow than the header names are refused. The UI and the CLI send none.
    """
    _require_operator(caller)
    codec = _codec_of(request, workflow_id)
    payloads = await _payloads(request)
    try:
        return _response(await codec.decode(payloads.payloads))
    except (Undecryptable, DataKeyUnknown, DataKeyDestroyed) as error:
        raise Problem(problem_types.INVALID_REQUEST, str(error)) from error
    except EncryptionError as error:
        raise unavailable(str(error)) from error


@router.post("/encode", operation_id="encode_payloads")
async def encode(
    request: Request,
    caller: AuthenticCaller,
    workflow_id: Annotated[str, Header(alias=WORKFLOW_ID)] = "",
) -> Response:
    """The payloads, encrypted for the workflow that the header names."""
    _require_operator(caller)
    if not workflow_id.startswith(KINDS) or len(workflow_id) > LONGEST_ID:
        message = f"name the workflow, such as {WORKFLOW_ID}: ticket/7K3M-9QWX-2B4T"
        field = FieldError(field=WORKFLOW_ID, message=message)
        raise Problem(problem_types.INVALID_REQUEST, f"{WORKFLOW_ID}: {message}", errors=(field,))
    codec = _codec_of(request, workflow_id)
    payloads = await _payloads(request)
    try:
        return _response(await codec.encode(payloads.payloads))
    except DataKeyDestroyed as error:
        raise Problem(problem_types.INVALID_REQUEST, str(error)) from error
    except EncryptionError as error:
        raise unavailable(str(error)) from error


def _codec_of(request: Request, workflow_id: str) -> EncryptionCodec:
    """The codec of one workflow; without an id, of any."""
    codec: EncryptionCodec = request.app.state.codec
    # It binds payloads to a workflow, which has the same id in every namespace.
    context = WorkflowSerializationContext(namespace="", workflow_id=workflow_id)
    return codec.with_context(context)


def _require_operator(caller: Caller) -> None:
    if caller.actor.role is not Role.OPERATOR or caller.is_limited:
        raise Problem(
            problem_types.WRONG_ROLE, "only operators without an account may use the codec"
        )


async def _payloads(request: Request) -> Payloads:
    try:
        return Parse(await request.body(), Payloads())
    except ParseError as error:
        raise Problem(problem_types.INVALID_REQUEST, f"not payloads as JSON: {error}") from error


def _response(payloads: Sequence[Payload]) -> Response:
    content = MessageToJson(Payloads(payloads=payloads), indent=None)
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})
