"""What encryption adds to a Temporal client, and thereby to its workers."""

from typing import TypedDict

from temporalio.client import Interceptor
from temporalio.converter import DataConverter

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
