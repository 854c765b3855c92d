"""The address that limits count by."""

from ipaddress import IPv6Address, ip_address

from starlette.types import Scope

UNKNOWN = "unknown"
_NETWORK_BITS = 64
"""One IPv6 customer usually has a whole /64, and so as many addresses as it likes."""


def client_address(scope: Scope) -> str:
    """The IPv4 address or the IPv6 network of the client of a request."""
    client = scope.get("client")
    return grouped(client[0]) if client else UNKNOWN


def grouped(host: str) -> str:
    """An IPv4 address as it is, an IPv6 address as its /64, an IPv4-mapped one as IPv4."""
    if ":" not in host:
        return host
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    network = int(address) >> _NETWORK_BITS << _NETWORK_BITS
    return f"{IPv6Address(network)}/{_NETWORK_BITS}"
