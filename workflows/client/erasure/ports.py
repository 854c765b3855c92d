"""The ports of an erasure: data keys, and what is configured for the person."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from workflows.client.erasure.report import Item

Configured: TypeAlias = Callable[[str], Iterable[Item]]
"""What the settings of a deployment have of an address. Only their author can remove it."""


def nothing_configured(address: str) -> Iterable[Item]:
    """Settings that name nobody."""
    del address
    return ()


class DataKeys(Protocol):
    """The data keys of workflows, with encryption."""

    async def destroy(self, scope: str) -> int:
        """Destroys the keys of a workflow for ever; returns how many there were."""

    async def is_destroyed(self, scope: str) -> bool:
        """Whether the keys of a workflow were destroyed."""


@dataclass(frozen=True)
class Credential:
    """A credential that stands for a person, and the id that is recorded with its actions."""

    id: str
    actor: str


class Credentials(Protocol):
    """The credentials that are bound to an address."""

    async def of(self, address: str) -> list[Credential]:
        """Those that have the address, also revoked ones."""

    async def revoke(self, id: str) -> None:
        """Makes a credential invalid for ever."""

    async def scrub(self, id: str) -> None:
        """Removes name and address from a credential that was revoked."""


class NoCredentials:
    """A deployment without stored credentials."""

    async def of(self, address: str) -> list[Credential]:
        """None."""
        del address
        return []

    async def revoke(self, id: str) -> None:
        """Never called."""

    async def scrub(self, id: str) -> None:
        """Never called."""
