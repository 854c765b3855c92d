"""The record of a ticket that has ended, as its workflow returns it.

Readers make views of it without a worker, so that no replay can fail. It is the state that
continue-as-new carries, with the same promise of compatibility, compressed to a fifth.
"""

import zlib
from base64 import b64decode, b64encode

from workflows.ticket.state.ticket_state import TicketState

FORMAT = "state/zlib/1"
"""The format of a record. Readers that do not know it ask the workflow instead."""


def packed(state: TicketState) -> str:
    """The record of a state."""
    return b64encode(zlib.compress(state.model_dump_json().encode())).decode()


def unpacked(record: str) -> TicketState:
    """The state of a record."""
    return TicketState.model_validate_json(zlib.decompress(b64decode(record)))
