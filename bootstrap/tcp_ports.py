"""Ports that a command is about to listen on: taken ones are named before anything starts."""

import errno
import socket
from typing import NamedTuple

from bootstrap.exit_codes import ExitCode, Failure


class Port(NamedTuple):
    """A port, what it is for, and how to choose another one."""

    number: int
    host: str
    purpose: str
    option: str
    variable: str


def refuse_taken(ports: tuple[Port, ...]) -> None:
    """Returns when every port is free; otherwise a Failure names all that are not."""
    problems = [_port_taken(port) for port in ports if not is_free(port.host, port.number)]
    problems += _named_twice(ports)
    if problems:
        raise Failure(ExitCode.PORT_TAKEN, "\n".join(problems))


def is_free(host: str, number: int) -> bool:
    """Whether somebody could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do: connections of an earlier one that are still closing do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except OSError as error:
            # Any other trouble with the address is for the server itself to tell.
            return error.errno != errno.EADDRINUSE
    return True


def _port_taken(port: Port) -> str:
    return (
        f"Port {port.number} on {port.host} is taken: {port.purpose} cannot listen there. "
        f"Stop what listens there, or choose another one with {port.option} or {port.variable}."
    )


def _named_twice(ports: tuple[Port, ...]) -> list[str]:
    numbers = [port.number for port in ports]
    return [
        f"Port {port.number} is given twice; choose another one for {port.purpose} "
        f"with {port.option} or {port.variable}."
        for position, port in enumerate(ports)
        if port.number in numbers[:position]
    ]
