"""The documents of proofs over HTTP. `docs/proof.md` explains the format."""

from typing import Literal

from pydantic import BaseModel, Field

from proof.document import FORMAT, ProofDocument


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
