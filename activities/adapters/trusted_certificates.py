"""The certificate authorities that outgoing HTTPS connections trust."""

from functools import cache
from ssl import SSLContext

import httpx


@cache
def trusted_certificates() -> SSLContext:
    """Those that come with httpx. Reading them takes 30 ms, so that it happens once."""
    return httpx.create_ssl_context()
