"""Certificates by the script of the deployment, and Temporal behind TLS that requires them."""

import asyncio
import os
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from settings import ROOT
from tests.ports import LOOPBACK
from tests.tools import tool

SCRIPT = ROOT / "deploy" / "certificates" / "make.sh"


def run_make(
    directory: Path, *arguments: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Runs the script for this directory."""
    tool("openssl", "openssl")
    return subprocess.run(
        [str(SCRIPT), *arguments],
        env={"PATH": os.environ["PATH"], "CERTIFICATES_DIR": str(directory), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def make(directory: Path, *arguments: str, **variables: str) -> list[str]:
    """Makes certificates in this directory; returns what the script says that it made."""
    done = run_make(directory, *arguments, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@asynccontextmanager
async def temporal_behind_tls(address: str, certificates: Path) -> AsyncIterator[str]:
    """The address of a front that passes bytes on to this server, as Temporal of Docker Compose is
    configured: with the certificate of `temporal`, for clients of the authority of clients only.
    """
    own = certificates / "temporal"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own / "tls.crt", own / "tls.key")
    context.load_verify_locations(own / "clients-ca.crt")
    context.verify_mode = ssl.CERT_REQUIRED
    context.set_alpn_protocols(["h2"])
    host, _, port = address.rpartition(":")
    connections: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        with suppress(OSError, asyncio.CancelledError):
            plain_reader, plain_writer = await asyncio.open_connection(host, int(port))
            await asyncio.gather(_pass_on(reader, plain_writer), _pass_on(plain_reader, writer))
        connections.discard(task)

    server = await asyncio.start_server(serve, LOOPBACK, 0, ssl=context)
    try:
        yield f"{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in connections:
            task.cancel()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while received := await reader.read(65536):
            writer.write(received)
            await writer.drain()
    finally:
        writer.close()
