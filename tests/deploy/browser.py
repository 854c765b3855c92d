"""Chromium without a window, driven over a pipe by its DevTools protocol."""

import asyncio
import base64
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

from tests.tools import tool

TIMEOUT = 60
"""Seconds to wait for a text: a page of the UI loads many scripts."""
POLL_SECONDS = 0.1


class Browser:
    """One page at a time. It logs in where it is asked to."""

    def __init__(self, commands: asyncio.StreamWriter, events: asyncio.StreamReader) -> None:
        self._commands = commands
        self._login: dict[str, str] = {}
        self._profile: dict[str, Any] = {}
        self._ids = count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._session: str | None = None
        self._reading = asyncio.create_task(self._read(events))

    async def open(self, url: str) -> None:
        """Loads a page."""
        await self.call("Page.navigate", url=url)

    async def text(self, holds: Callable[[str], bool]) -> str:
        """The visible text of the page, once the condition holds."""
        expression = "document.body ? document.body.innerText : ''"
        text = ""
        try:
            async with asyncio.timeout(TIMEOUT):
                while not holds(text):
                    await asyncio.sleep(POLL_SECONDS)
                    found = await self.call("Runtime.evaluate", expression=expression)
                    text = found["result"].get("value", "")
        except TimeoutError:
            raise AssertionError(f"the page shows:\n{text}") from None
        return text

    async def screenshot(self) -> bytes:
        """What a window of the browser would show, as PNG."""
        shot = await self.call("Page.captureScreenshot", format="png")
        return base64.b64decode(shot["data"])

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Sends a command; returns its result."""
        number = next(self._ids)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        self._answers[number] = asyncio.get_running_loop().create_future()
        self._commands.write(json.dumps(message).encode() + b"\0")
        return await self._answers[number]

    async def log_in_as(self, login: tuple[str, str]) -> None:
        """Makes a page with an empty profile for a name and password, instead of the last one."""
        self._session = None
        if self._profile:
            await self.call("Target.disposeBrowserContext", **self._profile)
        self._login = dict(zip(("username", "password"), login, strict=True))
        self._profile = await self.call("Target.createBrowserContext")
        target = await self.call("Target.createTarget", url="about:blank", **self._profile)
        attached = await self.call("Target.attachToTarget", flatten=True, **target)
        self._session = attached["sessionId"]
        await self.call("Page.enable")
        await self.call("Fetch.enable", handleAuthRequests=True)

    async def stop(self) -> None:
        """Reads no further."""
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        self._commands.close()

    async def _read(self, events: asyncio.StreamReader) -> None:
        while True:
            try:
                message = json.loads((await events.readuntil(b"\0"))[:-1])
            except asyncio.IncompleteReadError:
                for waiting in self._answers.values():
                    waiting.set_exception(EOFError("the browser ended"))
                return
            if answer := self._answers.pop(message.get("id"), None):
                answer.set_result(message.get("result") or {"error": message.get("error")})
            self._continue(message.get("method"), message.get("params", {}))

    def _continue(self, event: str | None, parameters: dict[str, Any]) -> None:
        """Lets each request go on, with the login if it is asked for."""
        parameters = {"requestId": parameters.get("requestId")}
        if event == "Fetch.authRequired":
            answer = {"response": "ProvideCredentials", **self._login}
            self._send("Fetch.continueWithAuth", authChallengeResponse=answer, **parameters)
        elif event == "Fetch.requestPaused":
            self._send("Fetch.continueRequest", **parameters)

    def _send(self, method: str, **parameters: Any) -> None:
        task = asyncio.ensure_future(self.call(method, **parameters))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())


@asynccontextmanager
async def browser(directory: Path, width: int = 1280, height: int = 800) -> AsyncIterator[Browser]:
    """A browser that takes every certificate."""
    to_browser, commands = os.pipe()
    events, from_browser = os.pipe()
    arguments = [
        "--headless=new",
        "--remote-debugging-pipe",
        f"--user-data-dir={directory}",
        f"--window-size={width},{height}",
        "--ignore-certificate-errors",
        "--no-proxy-server",
        "--no-first-run",
        "--disable-gpu",
        # The parts of a browser with a window, each of which is a process of its own.
        "--disable-features=PreloadTopChromeWebUI",
        "--disable-extensions",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-dev-shm-usage",
        # It has no sandbox as root, and opens nothing but pages of the test.
        *(["--no-sandbox"] if os.getuid() == 0 else []),
    ]
    # The protocol reads from descriptor 3 and writes to 4. Other shells take no numbers above 9.
    script = f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}'
    process = await asyncio.create_subprocess_exec(
        *("bash", "-c", script, str(tool("chromium", "chromium")), *arguments),
        pass_fds=(to_browser, from_browser),
        stdout=DEVNULL,
        stderr=DEVNULL,
        env={**os.environ, "HOME": str(directory)},
    )
    os.close(to_browser)
    os.close(from_browser)
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=64 * 1024 * 1024)
    reading, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(events, "rb")
    )
    transport, protocol = await loop.connect_write_pipe(
        lambda: asyncio.streams.FlowControlMixin(loop), os.fdopen(commands, "wb")
    )
    page = Browser(asyncio.StreamWriter(transport, protocol, None, loop), reader)
    try:
        yield page
    finally:
        await page.stop()
        reading.close()
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
