"""A file of identities that is read again while the process runs.

Its whole content is compared, not its time of change: a restored file can have an old time, and two
writes can have the same one. A file that cannot be used changes nothing, so that a mistake does not
lock everybody out; readiness reports it until it is corrected.
"""

import asyncio
import errno
import logging
import os
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Generic, NoReturn, TypeVar

INTERVAL = timedelta(seconds=2)
"""Between two readings. A change takes effect within 5 seconds, also on a busy machine."""
LARGEST = 16 * 1024 * 1024
"""Bytes of a file."""
logger = logging.getLogger(__name__)
Content = TypeVar("Content")


class WatchedFile(Generic[Content]):
    """Reads a file again and again, and applies each new content.

    `setting` is the variable that names the file. `parse` raises ValueError for a content that
    cannot be used; its message must not quote a secret.
    """

    def __init__(
        self,
        file: Path,
        setting: str,
        parse: Callable[[bytes], Content],
        apply: Callable[[Content], None],
    ) -> None:
        self._file = file
        self._setting = setting
        self._parse = parse
        self._apply = apply
        self._seen: bytes | None = None
        self._is_first = True
        self.problem: str | None = None
        """Why the present content is not in use; None if it is. It names no path and no content."""

    async def run(self) -> NoReturn:
        """Reads until cancelled."""
        while True:
            await self.read()
            await asyncio.sleep(INTERVAL.total_seconds())

    async def read(self) -> None:
        """Reads the file once, and applies its content if it has changed."""
        try:
            found = await asyncio.to_thread(_content_of, self._file)
        except OSError as error:
            self._seen = None
            self._refuse(f"cannot be read: {error.strerror}", error)
            return
        if found == self._seen:
            return
        self._seen = found
        try:
            # In a thread: requests do not wait for a large file.
            content = await asyncio.to_thread(self._parse, found)
        except (ValueError, RecursionError) as error:
            self._refuse("is not valid", error)
            return
        self._apply(content)
        self.problem = None
        if not self._is_first:
            logger.info("%s: the new content of %s is in use", self._setting, self._file)
        self._is_first = False

    def _refuse(self, wrong: str, error: Exception) -> None:
        problem = f"the file of {self._setting} {wrong}; its last valid content is in use"
        # A file that stays unreadable is logged once, each content that is not valid as well.
        if problem != self.problem or not isinstance(error, OSError):
            logger.error("%s (%s): %s", problem, self._file, error)
        self.problem = problem


def _content_of(file: Path) -> bytes:
    """The content of a regular file. Raises OSError for anything else: to read a pipe or a device
    can take for ever.
    """
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as opened:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "not a regular file")
        content = opened.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    return content
