"""The security headers of every response."""

from collections.abc import Mapping

SECURITY_HEADERS: Mapping[str, str] = {
    # Responses hold personal data, and what is current now is not a minute later.
    "cache-control": "no-store",
    # A browser shows or runs nothing of a response, whatever text is in it.
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
}
