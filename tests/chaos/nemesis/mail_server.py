"""A mail server that is a process of its own and writes down what it accepts, a line a letter.

    python mail_server.py PORT LOG SEED PERCENT FAULT...

Of letters it has not seen before, PERCENT in a hundred meet a fault, chosen by their Message-ID:
it takes the letter and hangs up without a word (`hang-up`), takes it and says nothing for longer
than anybody waits (`silence`), or has no time now (`busy`). What it has seen it knows after a
restart, too. Mailboxes at refused.example do not exist.
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

LOOPBACK = "127.0.0.1"
REFUSED = "@refused.example"
SILENCE = 40.0
OK = "250 OK"


class Letterbox:
    """Takes letters and writes them down; an aiosmtpd handler."""

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
        """Knows every mailbox but those at refused.example; called by aiosmtpd."""
        del server, session, options
        if address.endswith(REFUSED):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Takes one letter, or has a fault; called by aiosmtpd."""
        del session
        content = envelope.original_content or b""
        letter = message_from_bytes(content, policy=MAIL)
        identity = str(letter["Message-ID"]).strip()
        fault = self._fault(identity)
        if fault == "busy":
            return "451 try again in 2 seconds"
        self._write(identity, envelope.rcpt_tos[0], content)
        if fault == "hang-up" and server.transport is not None:
            server.transport.close()
        if fault == "silence":
            await asyncio.sleep(SILENCE)
        return OK

    def _fault(self, identity: str) -> str | None:
        chance = random.Random(f"{self._seed}/{identity}")
        if identity in self._seen or chance.randrange(100) >= self._percent:
            return None
        self._seen.add(identity)
        with self._memory.open("a", encoding="utf-8") as memory:
            memory.write(f"{identity}\n")
        return chance.choice(self._faults)

    def _write(self, identity: str, to: str, content: bytes) -> None:
        line = {
            "id": identity,
            "to": to,
            "digest": sha256(content).hexdigest(),
            "at": datetime.now(UTC).isoformat(),
        }
        with self._log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")


async def main(port: int, box: Letterbox) -> None:
    """Serves until it is killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(box, hostname="localhost", loop=loop), LOOPBACK, port
    )
    await server.serve_forever()


if __name__ == "__main__":
    port, log, seed, percent, *faults = sys.argv[1:]
    asyncio.run(main(int(port), Letterbox(Path(log), seed, int(percent), faults)))
