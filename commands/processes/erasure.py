"""The erasure of a person with the stores that are configured."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from temporalio.client import Client

    from bootstrap.identity import KnownPeople
    from settings import Settings
    from workflows.client.erasure.erasure import Erasure, Order
    from workflows.client.erasure.ports import Credentials
    from workflows.client.erasure.report import Item


def erasure(
    settings: "Settings", known: "KnownPeople", client: "Client", order: "Order"
) -> "Erasure":
    """An erasure that destroys the data keys of the client, and revokes keys of the key file. Its
    report names tokens and agents with the address.
    """
    from encryption.client_options import key_ring_of
    from workflows.client.erasure.erasure import Erasure

    configured = partial(_configured, known)
    return Erasure(client, order, key_ring_of(client), credentials(settings), configured)


def _configured(known: "KnownPeople", address: str) -> Iterator["Item"]:
    """Tokens and agents that have the address, as they are known now."""
    from policies.email_addresses import comparable
    from workflows.client.erasure.staying import listed_agent, static_token

    wanted = comparable(address)
    for actor in known.tokens.configured_actors():
        if actor.email is not None and comparable(actor.email) == wanted:
            yield static_token(actor.id)
    for agent in known.agents.listed():
        if comparable(agent.email) == wanted:
            yield listed_agent(agent.id)


def credentials(settings: "Settings") -> "Credentials | None":
    """The API keys, if there are any."""
    if settings.keys_file is None:
        return None
    from api.identity.keys.keys_of_people import KeysOfPeople
    from api.identity.keys.sqlite_key_store import SqliteKeyStore

    return KeysOfPeople(SqliteKeyStore(settings.keys_file))
