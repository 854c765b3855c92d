"""Checks that TCP ports are free before a command starts to listen."""

import errno
import socket
from typing import NamedTuple

from bootstrap.exit_codes import ExitCode, Failure


class Port(NamedTuple):
    """A port, its purpose, and the settings that change it."""

    number: int
    host: str
    purpose: str
    option: str
    variable: str


def require_free(ports: tuple[Port, ...]) -> None:
    """Raises a Failure that lists every port that is taken or assigned twice."""
    problems = [_port_taken(port) for port in ports if not is_free(port.host, port.number)]
    problems += _assigned_twice(ports)
    if problems:
        raise Failure(ExitCode.PORT_TAKEN, "\n".join(problems))


def is_free(host: str, number: int) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do, so that closing connections of an earlier server do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except OSError as error:
            # The server itself reports any other problem with the address.
            return error.errno != errno.EADDRINUSE
    return True


def free_port(host: str) -> int:
    """A port on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
    return port


def _port_taken(port: Port) -> str:
    return (
        f"Port {port.number} on {port.host} is already in use, so {port.purpose} cannot use it. "
        f"Stop the other process, or set another port with {port.option} or {port.variable}."
    )


def _assigned_twice(ports: tuple[Port, ...]) -> list[str]:
    numbers = [port.number for port in ports]
    return [
        f"Port {port.number} is assigned twice. Set another port for {port.purpose} "
        f"with {port.option} or {port.variable}."
        for position, port in enumerate(ports)
        if port.number in numbers[:position]
    ]
