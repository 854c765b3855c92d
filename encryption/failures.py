"""Failures whose message and stack trace are encrypted."""

from temporalio.api.failure.v1 import Failure
from temporalio.converter import DefaultFailureConverter, PayloadConverter

from encryption.errors import EncryptionError


class EncryptedFailures(DefaultFailureConverter):
    """Moves message and stack trace of a failure into a payload, which the codec encrypts.

    Errors of the encryption itself stay in clear: they contain nothing of a ticket, and there may
    be no key to encrypt them.
    """

    def __init__(self) -> None:
        super().__init__(encode_common_attributes=True)

    def to_failure(
        self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure
    ) -> None:
        """Converts an exception to a failure."""
        if isinstance(exception, EncryptionError):
            _IN_CLEAR.to_failure(exception, payload_converter, failure)
        else:
            super().to_failure(exception, payload_converter, failure)


_IN_CLEAR = DefaultFailureConverter()
