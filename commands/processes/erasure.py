"""The erasure of a person with the stores that are configured."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from temporalio.client import Client

    from settings import Settings
    from workflows.client.erasure.erasure import Erasure, Order
    from workflows.client.erasure.ports import Credentials


def erasure(settings: "Settings", client: "Client", order: "Order") -> "Erasure":
    """An erasure that destroys the data keys of the client, and revokes keys of the key file."""
    from encryption.client_options import key_ring_of
    from workflows.client.erasure.erasure import Erasure

    return Erasure(client, order, key_ring_of(client), credentials(settings))


def credentials(settings: "Settings") -> "Credentials | None":
    """The API keys, if there are any."""
    if settings.keys_file is None:
        return None
    from api.identity.keys.keys_of_people import KeysOfPeople
    from api.identity.keys.sqlite_key_store import SqliteKeyStore

    return KeysOfPeople(SqliteKeyStore(settings.keys_file))
