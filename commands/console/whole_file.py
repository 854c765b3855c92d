"""A file that has its name only once it is whole."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from bootstrap.exit_codes import ExitCode, Failure


@contextmanager
def whole_file(file: Path) -> Iterator[TextIO]:
    """A new file that replaces this one when the block ends without an error; until then it has
    another name in the same directory. Only its owner can read it. Raises Failure if it cannot be
    written. A link, a device or a directory of this name is none of ours to replace.
    """
    check_writable(file)
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    except OSError as error:
        raise _unwritable(file, error) from None
    unfinished = Path(name)
    try:
        # `mkstemp` has created it with mode 600.
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(file)
    except OSError as error:
        raise _unwritable(file, error) from None
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()


def check_writable(file: Path) -> None:
    """Raises Failure if it is known beforehand that `whole_file` cannot write it."""
    if os.path.lexists(file) and (file.is_symlink() or not file.is_file()):
        raise Failure(ExitCode.USAGE, f"cannot write {file}: it is there and not a regular file")
    if file.parent.is_dir() and not os.access(file.parent, os.W_OK):
        raise Failure(ExitCode.USAGE, f"cannot write {file}: its folder is not writable")


def _unwritable(file: Path, error: OSError) -> Failure:
    return Failure(ExitCode.USAGE, f"cannot write {file}: {error.strerror or error}")
