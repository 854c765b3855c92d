"""The file of a log: opened, decompressed on the way if it is a `.gz` or a `.zip`."""

import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from policies.documents.suggestions import quoted

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
BROKEN = (
    *(EOFError, OSError, zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(NotImplementedError, RuntimeError, UnicodeError),
)
"""Errors of a file that ends too early, or is damaged, while it is decompressed. `zipfile` raises
NotImplementedError for a compression that it does not have, and RuntimeError for an encrypted file.
"""


class LogError(ValueError):
    """A log that cannot be read at all: not the format, or without a column that is needed."""


class LogFile:
    """An open log. `content` is what is in it, decompressed; `size` the bytes on disk."""

    def __init__(self, content: BinaryIO, raw: BinaryIO, size: int) -> None:
        self.content = content
        self.size = size
        self._raw = raw

    @property
    def position(self) -> int:
        """The bytes on disk that are read so far."""
        return min(self._raw.tell(), self.size)


@contextmanager
def open_log(path: Path, member: str | None = None) -> Iterator[LogFile]:
    """Opens a log. `member` is the file in a `.zip` that has several. LogError if there is no such
    file in it, OSError if the log cannot be opened.
    """
    with path.open("rb") as raw:
        if not raw.seekable():
            raise LogError(f"{path} is a pipe; write the log into a file first")
        size = path.stat().st_size
        start = raw.read(4)
        raw.seek(0)
        if start.startswith(GZIP):
            with gzip.open(raw) as content:
                yield LogFile(cast(BinaryIO, content), raw, size)
        elif start == ZIP:
            with (
                _opened(raw, path) as archive,
                archive.open(_member(archive, path, member)) as file,
            ):
                yield LogFile(
                    cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, file))), raw, size
                )
        else:
            yield LogFile(raw, raw, size)


def _opened(raw: BinaryIO, path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(raw)
    except zipfile.BadZipFile as error:
        raise LogError(f"{path} is not a sound .zip: {error}") from None


def _member(archive: zipfile.ZipFile, path: Path, wanted: str | None) -> str:
    files = [info.filename for info in archive.infolist() if not info.is_dir()]
    if wanted is not None:
        if wanted in files:
            return wanted
        raise LogError(f"{path} has no file {quoted(wanted)}; it has {', '.join(files) or 'none'}")
    if len(files) != 1:
        names = ", ".join(files) or "none"
        raise LogError(f"{path} has {len(files)} files: {names}; name one as `csv.member`")
    return files[0]
