"""JSON documents of a provider over HTTP: its discovery document and its keys.

A request uses https, or plain HTTP to this machine only. It ignores proxy variables, follows no
redirect, takes at most `TIMEOUT` altogether, and reads at most `MOST_BYTES`.
"""

import asyncio
import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from activities.adapters.trusted_certificates import trusted_certificates

TIMEOUT = timedelta(seconds=3)
MOST_BYTES = 256 * 1024
# Uncompressed, so that a small answer cannot become a large one.
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}


class DocumentUnusable(Exception):
    """A document cannot be fetched or used. The message completes "the provider ..."."""


@dataclass(frozen=True)
class Fetched:
    """A JSON object, and how long the provider allows to cache it, if it says so."""

    content: Mapping[str, Any]
    max_age: timedelta | None


def is_protected(url: str) -> bool:
    """Whether nobody on the network can change what the URL returns: https, or this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    if not host or parts.username is not None or parts.password is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def fetch(url: str, timeout: timedelta = TIMEOUT) -> Fetched:  # noqa: ASYNC109  # a limit of the exchange
    """Fetches a JSON object; DocumentUnusable says why there is none."""
    if not is_protected(url):
        raise DocumentUnusable("names a URL without https")
    try:
        async with asyncio.timeout(timeout.total_seconds()):
            headers, body = await _get(url)
    except TimeoutError:
        raise DocumentUnusable("did not answer in time") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = str(error) or type(error).__name__
        raise DocumentUnusable(f"cannot be reached: {reason}") from error
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise DocumentUnusable("answered with something other than JSON") from None
    if not isinstance(content, dict):
        raise DocumentUnusable("answered with something other than a JSON object")
    return Fetched(content, _max_age(headers))


async def _get(url: str) -> tuple[httpx.Headers, bytes]:
    async with (
        httpx.AsyncClient(
            verify=trusted_certificates(), trust_env=False, follow_redirects=False, timeout=None
        ) as client,
        client.stream("GET", url, headers=_HEADERS) as answer,
    ):
        if answer.status_code != httpx.codes.OK:
            raise DocumentUnusable(f"answered {answer.status_code} at {url}")
        body = b""
        async for part in answer.aiter_raw():
            body += part
            if len(body) > MOST_BYTES:
                raise DocumentUnusable(f"answered with more than {MOST_BYTES:,} bytes")
        return answer.headers, body


def _max_age(headers: httpx.Headers) -> timedelta | None:
    for directive in headers.get("cache-control", "").split(","):
        name, _, value = directive.strip().partition("=")
        if name.lower() == "max-age" and value.isascii() and value.isdigit():
            return timedelta(seconds=min(int(value[:9]), 10**9))
    return None
