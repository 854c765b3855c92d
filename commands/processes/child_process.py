"""Child processes that end when their parent does, however the parent ends."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def end_with_parent() -> Callable[[], None] | None:
    """A `preexec_fn` that has the kernel kill the child with its parent.

    This covers SIGKILL, a crash and lack of memory, which no signal handler can. The child gets
    SIGKILL, because no process is left to wait for an orderly end; a database in WAL mode keeps
    all committed data. Linux only: elsewhere, the lock on the state directory reveals a server
    that was left behind.
    The kernel watches the *thread* that forked, so start children from the main thread.
    """
    if not sys.platform.startswith("linux"):
        return None
    # Looked up before the fork: as little as possible may happen between fork and exec.
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def arm() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # the parent ended before this call
            os._exit(1)

    return arm
