"""Values as payloads of Temporal, and what a caller gets whose payload cannot be decoded."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, get_args
from weakref import ref

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
        if not any(callers):
            return self._values(payloads, type_hints, callers)
        task, message = _current_task(), (type_hints, *(p.SerializeToString() for p in payloads))
        values = _DECODED.take(task, message)
        if values is None:
            values = self._values(payloads, type_hints, callers)
            _DECODED.keep(task, message, values)
        return values

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


class _DecodedMessage(threading.local):
    """The message that this thread decoded last. Temporal decodes the argument of an update for its
    validator and again for its handler, both in one task.
    """

    def __init__(self) -> None:
        self._task: Callable[[], object] = lambda: None
        self._message: tuple[Any, ...] = ()
        self._values: list[Any] = []

    def take(self, task: object, message: tuple[Any, ...]) -> list[Any] | None:
        """The values, if this task has decoded the same message before."""
        if task is None or self._task() is not task or self._message != message:
            return None
        return self._values

    def keep(self, task: object, message: tuple[Any, ...], values: list[Any]) -> None:
        """Keeps the values for the same task."""
        if task is not None:
            self._task, self._message, self._values = ref(task), message, values


_CONVERTERS = PydanticPayloadConverter().converters
_DECODED = _DecodedMessage()


def _current_task() -> object:
    """The asyncio task, if there is one."""
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None


@lru_cache(maxsize=1024)
def _callers_message(hint: Any) -> Any:
    """The type of a message of callers, which can be optional; None for any other type."""
    return next((kind for kind in (hint, *get_args(hint)) if hasattr(kind, "undecodable")), None)
