"""Action ids: idempotency keys, each within the scope of its caller.

A ticket and an account remember the ids of actions, whoever took them, and Temporal knows an update
by its id. So the same key of two callers must become two ids, and no key may become an id that
Durable Desk uses itself. Callers see their keys.
"""

import re
import secrets
from hashlib import blake2b
from typing import Annotated

from pydantic import AfterValidator

from api.identity.caller import Caller

LONGEST_KEY = 100
"""Characters of a key in an id; a longer key is in it as a hash."""
_SCOPE_BYTES = 6
# At the end of an id, which in a sentence is the end of a word.
_SCOPE = re.compile(rf"~[0-9a-f]{{{2 * _SCOPE_BYTES}}}(?=\s|$)")


def action_id(caller: Caller, key: str | None) -> str:
    """The id of an action of a caller under a key; a new one without a key."""
    if key is None:
        return secrets.token_urlsafe(12)
    shown = key if len(key) <= LONGEST_KEY else blake2b(key.encode(), digest_size=24).hexdigest()
    return f"{shown}~{blake2b(caller.key.encode(), digest_size=_SCOPE_BYTES).hexdigest()}"


def shown(text: str) -> str:
    """An action id, or a text with one, as callers know it: without its scope."""
    return _SCOPE.sub("", text)


ShownId = Annotated[str, AfterValidator(shown)]
"""An action id in a response."""
