"""Values as payloads of Temporal, and what a caller gets whose payload cannot be decoded."""

import asyncio
from collections.abc import Sequence
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, get_args

from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.exceptions import ApplicationError

ENCRYPTED = b"binary/encrypted"
"""The encoding of encrypted payloads."""


class PayloadEncrypted(Exception):
    """An encrypted payload came to a process without encryption."""

    def __init__(self) -> None:
        super().__init__(
            "the payload is encrypted, and this process has no keys: set DESK_ENCRYPTION_KEYS_FILE"
        )


class PayloadConverter(PydanticPayloadConverter):
    """JSON by pydantic. Who sends what cannot be decoded gets the reason."""

    def __init__(self) -> None:
        # Temporal makes two converters for each activation of a workflow. Each would build its
        # type adapters again.
        self.converters = _CONVERTERS

    def from_payloads(
        self, payloads: Sequence[Payload], type_hints: list[type] | None = None
    ) -> list[Any]:
        """The values. A message of callers has `check_data`, which refuses data before it is
        decoded, and `undecodable`, the error that they get.

        Temporal passes no types if a workflow gets too many arguments. An error would then fail the
        workflow task again and again, unless it is one that fails the workflow.
        """
        if any(payload.metadata.get("encoding") == ENCRYPTED for payload in payloads):
            raise PayloadEncrypted
        callers = [_callers_message(hint) for hint in type_hints or ()]
        if not any(callers) or not _is_in_task():
            return self._values(payloads, type_hints, callers)
        # Temporal decodes the argument of an update twice in one task: for its validator, and for
        # its handler.
        message = (type_hints, *(payload.SerializeToString() for payload in payloads))
        decoded = _DECODED.get()
        if decoded is None or decoded[0] != message:
            decoded = message, self._values(payloads, type_hints, callers)
            _DECODED.set(decoded)
        return decoded[1]

    def _values(
        self, payloads: Sequence[Payload], type_hints: list[type] | None, callers: list[Any]
    ) -> list[Any]:
        for payload, message in zip(payloads, callers, strict=False):
            if message is not None:
                message.check_data(payload.data)
        try:
            return super().from_payloads(payloads, type_hints)
        except Exception as error:
            for message in filter(None, callers):
                raise message.undecodable(error) from None
            if type_hints is not None or len(payloads) < 2:
                raise
            reason = f"{len(payloads)} payloads instead of one, which cannot be decoded"
            raise ApplicationError(reason, type="InvalidRequest", non_retryable=True) from error


_CONVERTERS = PydanticPayloadConverter().converters
_DECODED: ContextVar[tuple[object, list[Any]] | None] = ContextVar("decoded", default=None)
"""The message of a caller that a task has decoded, with its values. Each task has its own."""


def _is_in_task() -> bool:
    """Whether this is code of a task, which has a context of its own."""
    try:
        return asyncio.current_task() is not None
    except RuntimeError:
        return False


@lru_cache(maxsize=1024)
def _callers_message(hint: Any) -> Any:
    """The type of a message of callers, which can be optional; None for any other type."""
    return next((kind for kind in (hint, *get_args(hint)) if hasattr(kind, "undecodable")), None)
