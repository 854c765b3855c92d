"""Network and mounts of this program's own, which end with it and change nothing on the machine."""

import os
import subprocess
import sys

from bootstrap.exit_codes import ExitCode, Failure

_INSIDE = "CHAOS_OWN_NAMESPACES"
_KINDS = ("--net", "--mount")
_AS_USER = ("--user", "--map-current-user", "--keep-caps")
"""PostgreSQL refuses to run as root, so a user stays the user and keeps the capabilities."""


def enter_own_namespaces() -> None:
    """Starts this program again in namespaces of its own, unless it is there.

    Raises a Failure where the kernel refuses that.
    """
    if os.environ.get(_INSIDE):
        # A new network has not even a loopback that works.
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return
    command = unshare()
    refusal = refusal_of(command)
    if refusal:
        raise Failure(
            ExitCode.BAD_SETTINGS,
            "Cuts, a full disk and clocks that jump need namespaces, which are refused here: "
            f"{refusal}. Run this as root, or where users may make namespaces: see "
            "user.max_user_namespaces, kernel.unprivileged_userns_clone and "
            "kernel.apparmor_restrict_unprivileged_userns of sysctl.",
        )
    environment = os.environ | {_INSIDE: "1"}
    os.execvpe(command[0], [*command, sys.executable, *sys.argv], environment)


def unshare() -> list[str]:
    """The words that run a command in new namespaces; as root or as a user."""
    return ["unshare", *(() if os.geteuid() == 0 else _AS_USER), *_KINDS, "--"]


def refusal_of(command: list[str]) -> str:
    """Why the namespaces cannot be made, or an empty text."""
    try:
        done = subprocess.run([*command, "true"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "the program unshare is missing"
    return done.stderr.strip() or "no reason given" if done.returncode else ""
