"""The mail catcher stores every e-mail and reports it in one line."""

import asyncio
from pathlib import Path

import pytest

from activities.adapters.mail_catcher import LOOPBACK, MailCatcher
from tests.activities.adapters.mail_servers import mailer
from tests.activities.rendering.sample_notices import COMPOSER, NUMBER, html_of, notice, text_of


async def send(catcher: MailCatcher, template: str = "escalated") -> bytes:
    email = COMPOSER.write(notice(template))
    await mailer(catcher.port).send(email, "support@desk.example", "mia@acme.example")
    return email.as_bytes()


async def test_a_caught_email_is_available_parsed() -> None:
    async with MailCatcher() as catcher:
        await send(catcher)
        (mail,) = await catcher.wait_for(1)
    assert mail["Subject"] == f"[{NUMBER}] Escalated: The export stays empty"
    assert "your request" in text_of(mail)
    assert "<p>" in html_of(mail)


async def test_emails_are_stored_byte_for_byte_and_numbered_across_restarts(
    tmp_path: Path,
) -> None:
    directory = tmp_path / "caught" / "mail"
    sent = []
    for template in ("acknowledged", "escalated"):
        async with MailCatcher(directory=directory) as catcher:
            sent.append(await send(catcher, template))
    files = sorted(directory.iterdir())
    assert [file.name for file in files] == [
        "00001-4k7q-2m9x-8tbd-acknowledged-the-export-stays-empty.eml",
        "00002-4k7q-2m9x-8tbd-escalated-the-export-stays-empty.eml",
    ]
    assert [file.read_bytes() for file in files] == sent


async def test_each_email_is_reported_in_one_line() -> None:
    lines: list[str] = []
    async with MailCatcher(on_message=lines.append) as catcher:
        await send(catcher)
    assert lines == [f"Mail to mia@acme.example: [{NUMBER}] Escalated: The export stays empty"]


async def test_a_hostile_email_cannot_write_to_the_terminal_or_leave_the_directory(
    tmp_path: Path,
) -> None:
    lines: list[str] = []
    async with MailCatcher(directory=tmp_path / "mail", on_message=lines.append) as catcher:
        reader, writer = await asyncio.open_connection(LOOPBACK, catcher.port)
        writer.write(
            b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"
            b"Subject: ../../x\x1b[2J =?utf-8?q?a=0D=0Ab?=\r\n\r\nhi\r\n.\r\nQUIT\r\n"
        )
        await reader.read()
        writer.close()
    assert lines == ["Mail to c@d.example: ../../x[2J a b"]
    assert [path.name for path in (tmp_path / "mail").iterdir()] == ["00001-x-2j-a-b.eml"]


async def test_a_taken_port_is_an_error_at_the_start() -> None:
    async with MailCatcher() as catcher:
        with pytest.raises(OSError, match="address already in use"):
            await MailCatcher(port=catcher.port).start()


async def test_it_stops_while_a_client_is_connected() -> None:
    catcher = MailCatcher()
    await catcher.start()
    reader, writer = await asyncio.open_connection(LOOPBACK, catcher.port)
    assert (await reader.readline()).startswith(b"220")
    await catcher.stop()
    assert await reader.read() == b""
    writer.close()


async def test_stopping_before_the_start_does_nothing() -> None:
    await MailCatcher().stop()
