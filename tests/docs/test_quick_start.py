"""The quick start of the API document runs as it is written: by curl, by Python and by Node."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_memory import InMemoryContracts
from api.server.server import serve
from tests.api.caller import make_app
from tests.docs.pages import API, blocks
from tests.policies.requests import contract
from tests.polling import eventually
from tests.ports import free_port
from tests.tools import tool

ANSWER = "Please clear the cache of your browser."


@pytest.fixture
async def url(desk: WorkflowEnvironment) -> AsyncIterator[str]:
    """An API with the sample contract of the document."""
    app = make_app(desk.client, contracts=InMemoryContracts([contract("harbour-media")]))
    port = free_port()
    serving = asyncio.create_task(serve(app, "127.0.0.1", port))

    async def is_open() -> bool:
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return True
        return False

    await eventually(is_open, bool)
    yield f"http://127.0.0.1:{port}"
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving


def script(language: str) -> str:
    [block] = [block for block in blocks(API, language) if block.language == language]
    return block.text


async def output(url: str, *command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command,
        env=os.environ | {"DESK": url, "SERVICE": "service-token", "AGENT": "agent-token"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    text, _ = await process.communicate()
    assert process.returncode == 0, text.decode()
    return text.decode()


async def test_curl_opens_answers_and_reads_a_ticket(url: str) -> None:
    tool("curl", "curl")
    said = await output(url, "bash", "-euc", script("sh"))
    assert '"value":"high"' in said
    texts = re.findall(r'^"text":"(.*)"$', said, re.MULTILINE)
    assert texts == ["No text since 9:00.", ANSWER]


@pytest.mark.parametrize("language", ["python", "js"])
async def test_a_program_opens_answers_and_reads_a_ticket(
    url: str, tmp_path: Path, language: str
) -> None:
    program = sys.executable if language == "python" else str(tool("node", "nodejs"))
    path = tmp_path / ("ticket.py" if language == "python" else "ticket.mjs")
    path.write_text(script(language))
    first, *rest = (await output(url, program, str(path))).splitlines()
    assert first.startswith("priorities: ")
    assert "high" in first.split()
    assert rest == ["requester: No text since 9:00.", f"support: {ANSWER}"]
