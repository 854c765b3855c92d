"""No orphans: a child process that ends when we do, however we end."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def end_with_parent() -> Callable[[], None] | None:
    """What a child has to do between fork and exec so that the kernel ends it with us.

    That covers what no handler of ours can: SIGKILL, a crash, the machine running out of
    memory. SIGKILL, because there is nobody left to wait for anything; a database in WAL mode
    keeps all that was committed. Linux only; elsewhere the lock on the state directory tells of
    a server left behind.
    The kernel watches the *thread* that forked, so start children from the main thread.
    """
    if not sys.platform.startswith("linux"):
        return None
    # Looked up here: between fork and exec as little as possible may happen.
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def arm() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # we were gone before it was armed
            os._exit(1)

    return arm
