"""Authentication of bearer tokens, by one of several kinds of credential."""

from collections.abc import Sequence
from typing import Protocol

from api.identity.caller import Caller


class TokenRefused(Exception):
    """A token of a known kind that is not valid, such as an expired one.

    The message completes "the token ..." and never quotes the token. `reason` is a short label for
    metrics and the audit log.
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class Authenticator(Protocol):
    """Authenticates the tokens of one kind."""

    async def authenticate(self, token: str) -> Caller | None:
        """The caller that the token stands for; None for a token that is unknown here.

        Raises TokenRefused for a token of this kind that is not valid.
        """
        ...


class AnyOf:
    """Authenticates a token by the first of several authenticators that knows it."""

    def __init__(self, authenticators: Sequence[Authenticator]) -> None:
        self._authenticators = tuple(authenticators)

    async def authenticate(self, token: str) -> Caller | None:
        """As Authenticator."""
        for each in self._authenticators:
            if (caller := await each.authenticate(token)) is not None:
                return caller
        return None
