"""The plain text of a ciphertext: a payload, compressed if that makes it smaller."""

import zlib

from temporalio.api.common.v1 import Payload

from encryption.errors import Undecryptable

LARGEST = 64 * 1024 * 1024
"""Bytes of a payload after decompression; Temporal takes 2 MB."""
WORTHWHILE = 200
"""Bytes from which compression saves more than it costs."""
_AS_IT_IS, _COMPRESSED = b"\0", b"\1"


def packed(payload: Payload) -> bytes:
    """The bytes of a payload. The first one tells whether the others are compressed."""
    plain = payload.SerializeToString()
    if len(plain) >= WORTHWHILE:
        compressed = zlib.compress(plain)
        if len(compressed) < len(plain):
            return _COMPRESSED + compressed
    return _AS_IT_IS + plain


def unpacked(text: bytes) -> Payload:
    """The payload of authentic bytes."""
    form, plain = text[:1], text[1:]
    if form == _COMPRESSED:
        decoder = zlib.decompressobj()
        plain = decoder.decompress(plain, LARGEST)
        if not decoder.eof:
            raise Undecryptable("an encrypted payload is too large when decompressed")
    elif form != _AS_IT_IS:
        raise Undecryptable("an encrypted payload has a format of a later version")
    return Payload.FromString(plain)
