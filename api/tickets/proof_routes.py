"""The routes of proofs: the proof of a ticket, and the key by which anybody verifies it."""

import asyncio
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from api.dependencies import Dependencies, DependsOnDesk
from api.http import problem_types
from api.http.auth import AuthenticCaller
from api.http.error_handlers import unavailable
from api.http.openapi import problem_responses
from api.http.parameters import IfNoneMatch, Number, refuse_unknown_parameters
from api.http.problems import Problem
from api.identity.caller import Scope
from api.tickets.access import visible_ticket
from api.tickets.entity_tags import matches
from proof.document import FORMAT, ProofDocument
from proof.making import ProofMaker
from workflows.client.proof_source import proof_source

router = APIRouter(tags=["Tickets"], dependencies=[Depends(refuse_unknown_parameters)])


class Proof(ProofDocument):
    """A signed proof of a ticket, as canonical JSON. What the caller may not see is left out by its
    hash.
    """


class ProofKeyDocument(BaseModel):
    """The public key of the desk, by which anybody verifies its proofs."""

    algorithm: Literal["Ed25519"] = "Ed25519"
    format: str = FORMAT
    key: str = Field(
        description="32 bytes in base64.",
        examples=["11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="],
    )


MOST_WAITING = 16
"""Requests that wait for their turn."""
_MAKING = asyncio.Semaphore(1)
_waiting: set[object] = set()
_READ = {
    "description": "The proof: canonical JSON (RFC 8785), signed.",
    "headers": {
        "ETag": {
            "description": "A hash of the proof, for `If-None-Match`.",
            "schema": {"type": "string"},
        },
        "Content-Disposition": {
            "description": "The name of the file to save it as.",
            "schema": {"type": "string"},
        },
    },
}


@router.get(
    "/tickets/{number}/proof",
    operation_id="read_proof",
    summary="Read a proof",
    response_model=Proof,
    responses={
        200: _READ,
        304: {"description": "The proof is as it was, according to `If-None-Match`."},
        **problem_responses(
            problem_types.UNAUTHENTICATED,
            problem_types.TICKET_UNKNOWN,
            problem_types.NO_PROOFS,
            problem_types.TICKET_ERASED,
            problem_types.INVALID_REQUEST,
            problem_types.DESK_UNAVAILABLE,
        ),
    },
)
async def read_proof(
    desk: DependsOnDesk, caller: AuthenticCaller, number: Number, if_none_match: IfNoneMatch = None
) -> Response:
    """A signed record of the ticket: its terms with calendars and zone offsets, its events, and
    what each clock and credit came to. `desk verify` recomputes it without a server.

    Who may read the ticket may read its proof. What the caller does not see is left out by a hash,
    and the rest still verifies. Credits are shown to whoever may read the account.
    """
    # First of all: a ticket that the caller may not read has no proof, whatever the settings.
    await visible_ticket(desk, caller, number)
    maker = _maker(desk)
    record, credits = await proof_source(desk.tickets, desk.accounts, number, desk.now())
    make = partial(
        maker.make,
        record,
        caller.actor.role,
        credits,
        sees_credits=caller.scope is Scope.ACCOUNT,
    )
    proof = await _in_turn(make)
    headers = {
        "ETag": f'"{sha256(proof).hexdigest()[:32]}"',
        "Content-Disposition": f'attachment; filename="{number}.proof.json"',
    }
    if if_none_match is not None and matches(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers={"ETag": headers["ETag"]})
    return Response(proof, media_type="application/json", headers=headers)


@router.get(
    "/proof-key",
    operation_id="read_proof_key",
    summary="Read the key of proofs",
    responses=problem_responses(problem_types.NO_PROOFS, problem_types.INVALID_REQUEST),
)
async def read_proof_key(desk: DependsOnDesk) -> ProofKeyDocument:
    """The public key by which anybody verifies proofs of this desk. No token is needed.

    Keep it, or compare it with a copy from elsewhere: whoever can change what this address returns
    can change the key.
    """
    return ProofKeyDocument(key=_maker(desk).public_key)


async def _in_turn(make: Callable[[], bytes]) -> bytes:
    """A proof, made in a thread, one at a time: that of a long ticket takes seconds of arithmetic.
    A 503 problem if many requests wait for theirs.
    """
    if len(_waiting) >= MOST_WAITING:
        raise unavailable("many proofs are being made")
    _waiting.add(make)
    try:
        async with _MAKING:
            return await asyncio.to_thread(make)
    finally:
        _waiting.discard(make)


def _maker(desk: Dependencies) -> ProofMaker:
    if desk.proofs is None:
        detail = "this desk has no key to sign proofs with; set DESK_PROOF_KEY"
        raise Problem(problem_types.NO_PROOFS, detail)
    return desk.proofs
