"""The data converter of the project, with encryption."""

from copy import copy
from dataclasses import dataclass
from typing import Self

from temporalio.converter import DataConverter, SerializationContext

from encryption.codec import EncryptionCodec
from encryption.failures import EncryptedFailures
from encryption.key_ring import KeyRing
from workflows.temporal.connection import DATA_CONVERTER


@dataclass(frozen=True)
class EncryptingDataConverter(DataConverter):
    """A data converter of which only the codec depends on the context."""

    def with_context(self, context: SerializationContext) -> Self:
        """The converter of one workflow. The SDK's own would make a new payload converter each
        time, and asks several times in each task.
        """
        codec = self.payload_codec
        if not isinstance(codec, EncryptionCodec):
            return self
        clone = copy(self)
        object.__setattr__(clone, "payload_codec", codec.with_context(context))
        return clone


def encrypting(keys: KeyRing) -> DataConverter:
    """Converts as the project does, and encrypts with these keys."""
    return EncryptingDataConverter(
        payload_converter_class=DATA_CONVERTER.payload_converter_class,
        payload_codec=EncryptionCodec(keys),
        failure_converter_class=EncryptedFailures,
    )
