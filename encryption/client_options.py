"""What encryption adds to a Temporal client, and thereby to its workers."""

from typing import TypedDict

from temporalio.client import Client, Interceptor
from temporalio.converter import DataConverter

from encryption.codec import EncryptionCodec
from encryption.data_converter import encrypting
from encryption.key_ring import KeyRing
from encryption.known_keys import KnownKeysOnly


class ClientOptions(TypedDict):
    """Options of `connect`."""

    data_converter: DataConverter
    interceptors: list[Interceptor]


def client_options(keys: KeyRing) -> ClientOptions:
    """The options of a client that encrypts with these keys."""
    return {"data_converter": encrypting(keys), "interceptors": [KnownKeysOnly(keys)]}


def key_ring_of(client: Client) -> KeyRing | None:
    """The keys with which a client encrypts; None if it does not. They are the only ones of the
    process, so that no cache of it has a key that was destroyed.
    """
    codec = client.data_converter.payload_codec
    return codec.keys if isinstance(codec, EncryptionCodec) else None
