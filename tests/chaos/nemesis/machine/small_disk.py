"""A file system that can be full: in memory, in a mount namespace, for one folder.

It is full because its size is set to what is in use, so no memory is filled.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIZE = 4 << 30
"""Bytes while it is not full. Memory is taken for what is in use only."""
_ATTEMPTS = 100
_LEAST = 4096
"""Bytes; 0 would be no limit."""


class SmallDisk:
    """A folder with a file system of its own. Needs a mount namespace (`own_namespaces.py`)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def mounted(self) -> Iterator[None]:
        """Everything in the folder is lost at the end."""
        mount_memory(self._folder, f"size={SIZE},mode=755")
        try:
            yield
        finally:
            subprocess.run(["umount", "--lazy", str(self._folder)], check=True)

    @contextmanager
    def full(self) -> Iterator[None]:
        """No byte can be added."""
        try:
            self._fill()
            yield
        finally:
            self._resize(SIZE)

    def _fill(self) -> None:
        # What is written between the two steps makes the second one fail.
        if not any(self._resize(max(self._used(), _LEAST)) for _ in range(_ATTEMPTS)):
            raise RuntimeError(f"{self._folder} changes too fast to be full")

    def _used(self) -> int:
        numbers = os.statvfs(self._folder)
        return (numbers.f_blocks - numbers.f_bfree) * numbers.f_frsize

    def _resize(self, size: int) -> bool:
        command = ["mount", "-o", f"remount,size={size}", str(self._folder)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


def mount_memory(folder: Path, options: str) -> None:
    """Mounts a file system in memory. Needs a mount namespace (`own_namespaces.py`)."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)
