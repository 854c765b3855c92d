"""An address on loopback that others on this machine do not guess."""

import secrets
import sys


def hidden_address() -> str:
    """A loopback address for the UI behind the front: one of sixteen million on Linux, where all
    of 127.0.0.0/8 is loopback.
    """
    if sys.platform != "linux":
        return "127.0.0.1"
    return f"127.{1 + secrets.randbelow(254)}.{secrets.randbelow(256)}.{1 + secrets.randbelow(254)}"
