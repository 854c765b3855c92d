"""The key of proofs, from the settings."""

from typing import TYPE_CHECKING

from proof.making import ProofMaker
from proof.signing import ProofKey

if TYPE_CHECKING:
    from settings import Settings


def proof_maker(settings: "Settings") -> ProofMaker | None:
    """Makes proofs with the key of the settings; None without one."""
    key = settings.proof_key
    return ProofMaker(ProofKey(key.get_secret_value())) if key is not None else None
