"""The real Caddy with a configuration of the deployment."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT

from settings import ROOT
from tests.tools import tool


async def validate(configuration: str, home: Path, **variables: str) -> str:
    """What is wrong with a configuration in `deploy/`; nothing if it is valid."""
    process = await asyncio.create_subprocess_exec(
        *_command("validate", configuration),
        env=_environment(home, variables),
        stdout=PIPE,
        stderr=STDOUT,
    )
    output, _ = await process.communicate()
    return output.decode() if process.returncode else ""


@asynccontextmanager
async def running(configuration: str, home: Path, **variables: str) -> AsyncIterator[None]:
    """Runs it, from about now on."""
    process = await asyncio.create_subprocess_exec(
        *_command("run", configuration),
        env=_environment(home, variables),
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


def _command(verb: str, configuration: str) -> list[str]:
    program, file = tool("caddy", "caddy"), ROOT / "deploy" / configuration
    return [str(program), verb, "--config", str(file), "--adapter", "caddyfile"]


def _environment(home: Path, variables: dict[str, str]) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_DATA_HOME": str(home),
        **variables,
    }
