"""A mail server as a separate process; it appends one line to a file for each e-mail it accepts.

    python mail_server.py HOST PORT LOG SEED PERCENT FAULT...

PERCENT of the e-mails meet a fault on first sight, chosen by Message-ID: the server accepts the
message and closes the connection without a reply (`hang-up`), accepts it and delays the reply past
the client's timeout (`silence`), or replies with a temporary error (`busy`). It remembers each
Message-ID across restarts. Mailboxes at refused.example do not exist.
"""

import asyncio
import json
import random
import sys
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP as MAIL
from hashlib import sha256
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

REFUSED = "@refused.example"
SILENCE = 40.0
OK = "250 OK"


class RecordingHandler:
    """An aiosmtpd handler that records e-mails."""

    def __init__(self, log: Path, seed: str, percent: int, faults: list[str]) -> None:
        self._log = log
        self._seed = seed
        self._percent = percent
        self._faults = faults
        self._memory = log.with_suffix(".faults")
        self._memory.touch()
        self._seen = set(self._memory.read_text(encoding="utf-8").splitlines())

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accepts every recipient except at refused.example; called by aiosmtpd."""
        del server, session, options
        if address.endswith(REFUSED):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Accepts one e-mail, or applies its fault; called by aiosmtpd."""
        del session
        content = envelope.original_content or b""
        message = message_from_bytes(content, policy=MAIL)
        message_id = str(message["Message-ID"]).strip()
        fault = self._fault(message_id)
        if fault == "busy":
            return "451 try again in 2 seconds"
        self._write(message_id, envelope.rcpt_tos[0], content)
        if fault == "hang-up" and server.transport is not None:
            server.transport.close()
        if fault == "silence":
            await asyncio.sleep(SILENCE)
        return OK

    def _fault(self, message_id: str) -> str | None:
        chance = random.Random(f"{self._seed}/{message_id}")
        if message_id in self._seen or chance.randrange(100) >= self._percent:
            return None
        self._seen.add(message_id)
        with self._memory.open("a", encoding="utf-8") as memory:
            memory.write(f"{message_id}\n")
        return chance.choice(self._faults)

    def _write(self, message_id: str, to: str, content: bytes) -> None:
        line = {
            "id": message_id,
            "to": to,
            "digest": sha256(content).hexdigest(),
            "at": datetime.now(UTC).isoformat(),
        }
        with self._log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")


async def main(host: str, port: int, handler: RecordingHandler) -> None:
    """Serves until the process is killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="localhost", loop=loop), host, port
    )
    await server.serve_forever()


if __name__ == "__main__":
    host, port, log, seed, percent, *faults = sys.argv[1:]
    asyncio.run(main(host, int(port), RecordingHandler(Path(log), seed, int(percent), faults)))
