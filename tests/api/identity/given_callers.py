"""An authenticator for tests: tokens with the callers or the errors that they stand for."""

from collections.abc import Mapping

from api.identity.caller import Caller


class GivenCallers:
    """Authenticates a token as its caller, or raises its error."""

    def __init__(self, given: Mapping[str, Caller | Exception]) -> None:
        self._given = given

    async def authenticate(self, token: str) -> Caller | None:
        """As Authenticator."""
        found = self._given.get(token)
        if isinstance(found, Exception):
            raise found
        return found
