"""The id of a request, which a caller may choose: in its response, in logs, in the audit log."""

import re
from uuid import uuid4

from starlette.datastructures import Headers
from starlette.types import Scope

HEADER = "X-Request-Id"
_ACCEPTABLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def request_id(scope: Scope) -> str:
    """The id that the caller gave, if it is a plain one; otherwise a new one."""
    given = Headers(scope=scope).get(HEADER, "")
    return given if _ACCEPTABLE.fullmatch(given) else uuid4().hex
