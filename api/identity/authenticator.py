"""Authentication of bearer tokens, by one of several kinds of credential."""

from collections.abc import Sequence
from typing import Protocol

from api.identity.caller import Caller


class TokenRefused(Exception):
    """A token of a known kind that is not valid, such as an expired one.

    The message completes "the token ..." and never quotes the token. `reason` is a short label for
    metrics and the audit log. `is_guess` tells whether the sender has not shown to have been given
    the token: its secret or its signature is wrong. Only guesses lead to a lockout, so that a
    client whose token has expired does not lock out the others behind its address.
    """

    def __init__(self, message: str, reason: str, *, is_guess: bool = False) -> None:
        super().__init__(message)
        self.reason = reason
        self.is_guess = is_guess


class AuthenticationUnavailable(Exception):
    """Nobody can tell at the moment whether a token is valid: a retry may succeed.

    The message is a sentence for the caller; the cause is in the log.
    """


class Authenticator(Protocol):
    """Authenticates the tokens of one kind."""

    async def authenticate(self, token: str) -> Caller | None:
        """The caller that the token stands for; None for a token that is unknown here.

        Raises TokenRefused for a token of this kind that is not valid, and
        AuthenticationUnavailable if that cannot be decided now.
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
