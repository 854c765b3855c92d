"""SMTP: final and temporary failures, against real servers that fail in each way."""

import ssl
import subprocess
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from activities.adapters.smtp import SmtpMailer, Tls, retry_after
from activities.ports import MailServerUnavailable, RecipientRefused
from tests.activities.adapters.mail_servers import Answers, mail_server, mailer, scripted_server
from tests.activities.rendering.sample_notices import COMPOSER, notice
from tests.ports import free_port
from tests.tools import tool

SENDER, RECIPIENT = "support@desk.example", "mia@acme.example"
HURRIED = timedelta(milliseconds=100)
GREETING = b"220 desk.example\r\n"
POLITE: dict[bytes, bytes | None] = {
    b"EHLO": b"250 desk.example\r\n",
    b"MAIL": b"250 OK\r\n",
    b"RCPT": b"250 OK\r\n",
    b"DATA": b"354 go on\r\n",
    b".": b"250 queued as 7F3A\r\n",
    b"RSET": b"250 OK\r\n",
    b"QUIT": b"221 bye\r\n",
}


async def send(port: int, message: EmailMessage | None = None, **options: Any) -> str | None:
    email = message or COMPOSER.write(notice())
    return await mailer(port, **options).send(email, SENDER, RECIPIENT)


async def test_an_email_is_sent_as_composed() -> None:
    email = COMPOSER.write(notice())
    answers = Answers()
    async with mail_server(answers) as port:
        assert await send(port, email) == "queued as 7F3A"
    assert answers.accepted == [email.as_bytes()]


@pytest.mark.parametrize(
    "answers",
    [
        Answers(rcpt=["550 5.1.1 no such mailbox"]),
        Answers(rcpt=["553 5.1.3 bad address"]),
        Answers(data=["554 5.7.1 message refused"]),
        Answers(data=["552 5.3.4 message too big"]),
    ],
)
async def test_a_5yz_about_the_recipient_or_the_message_is_final(answers: Answers) -> None:
    async with mail_server(answers) as port:
        with pytest.raises(RecipientRefused, match=r"^55\d 5\.\d\.\d \w+"):
            await send(port)


@pytest.mark.parametrize(
    "answers",
    [
        Answers(rcpt=["451 4.3.0 try later"]),
        Answers(rcpt=["421 4.3.2 shutting down"]),
        Answers(rcpt=["452 4.2.2 mailbox full"]),
        Answers(data=["451 4.3.0 try later"]),
        Answers(rcpt=["530 5.7.0 authentication required"]),
        Answers(rcpt=["503 5.5.1 bad sequence"]),
        Answers(mail=["550 5.7.1 sender not allowed"]),
    ],
)
async def test_every_other_answer_can_be_retried(answers: Answers) -> None:
    async with mail_server(answers) as port:
        with pytest.raises(MailServerUnavailable) as caught:
            await send(port)
    assert caught.value.retry_after is None


async def test_a_closed_port_can_be_retried() -> None:
    with pytest.raises(MailServerUnavailable):
        await send(free_port())


async def test_an_unknown_host_can_be_retried() -> None:
    nowhere = SmtpMailer("mail.invalid", 25, tls=Tls.NONE)
    with pytest.raises(MailServerUnavailable):
        await nowhere.send(COMPOSER.write(notice()), SENDER, RECIPIENT)


@pytest.mark.parametrize(
    ("greeting", "silent_on"),
    [(b"", b"EHLO"), (GREETING, b"EHLO"), (GREETING, b"RCPT"), (GREETING, b".")],
)
async def test_a_hanging_server_times_out_and_can_be_retried(
    greeting: bytes, silent_on: bytes
) -> None:
    lines = {verb: answer for verb, answer in POLITE.items() if verb != silent_on}
    async with scripted_server(lines, greeting) as port:
        with pytest.raises(MailServerUnavailable, match=r"\w"):
            await send(port, timeout=HURRIED)


@pytest.mark.parametrize("hangs_up_on", [b"EHLO", b"MAIL", b"RCPT", b"DATA", b"."])
async def test_a_server_that_closes_the_connection_can_be_retried(hangs_up_on: bytes) -> None:
    async with scripted_server(POLITE | {hangs_up_on: None}, GREETING) as port:
        with pytest.raises(MailServerUnavailable):
            await send(port)


@pytest.mark.parametrize("greeting", [b"554 go away\r\n", b"421 busy\r\n", b"nonsense\r\n"])
async def test_a_server_that_refuses_the_client_can_be_retried(greeting: bytes) -> None:
    async with scripted_server(POLITE, greeting) as port:
        with pytest.raises(MailServerUnavailable):
            await send(port)


async def test_an_accepted_email_stays_accepted_if_quit_fails() -> None:
    async with scripted_server(POLITE | {b"QUIT": None}, GREETING) as port:
        assert await send(port) == "queued as 7F3A"


# --- pauses that a server asks for --------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        ("4.7.1 Greylisted, try again in 300 seconds", timedelta(minutes=5)),
        ("4.2.0 please retry after 90s", timedelta(seconds=90)),
        ("Try again in 5 minutes", timedelta(minutes=5)),
        ("Greylisting in action, please come back in 00:04:30", timedelta(minutes=4, seconds=30)),
        ("try again in 999999 seconds", timedelta(hours=1)),
        ("4.3.0 try again later", None),
        ("4.4.2 closed after 300 seconds of silence", None),
        ("", None),
    ],
)
def test_the_pause_is_that_of_the_server_and_at_most_an_hour(
    answer: str, wait: timedelta | None
) -> None:
    assert retry_after(answer) == wait


async def test_a_greylisting_server_sets_the_pause() -> None:
    async with mail_server(Answers(rcpt=["451 4.7.1 try again in 300 seconds"])) as port:
        with pytest.raises(MailServerUnavailable) as caught:
            await send(port)
    assert caught.value.retry_after == timedelta(minutes=5)


# --- login --------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_a_login_is_used_and_a_wrong_password_can_be_retried() -> None:
    answers = Answers()
    options: dict[str, Any] = {"authenticator": answers.authenticate, "auth_required": True}
    async with mail_server(answers, auth_require_tls=False, **options) as port:
        await send(port, username="desk", password="right")
        with pytest.raises(MailServerUnavailable, match="535"):
            await send(port, username="desk", password="wrong")
        with pytest.raises(MailServerUnavailable, match="530"):
            await send(port)
    assert set(answers.logins) == {b"desk"}
    assert len(answers.accepted) == 1


# --- TLS ----------------------------------------------------------------------------------------


async def test_an_email_that_needs_tls_is_never_sent_in_clear() -> None:
    answers = Answers()
    async with mail_server(answers) as port:
        with pytest.raises(MailServerUnavailable):
            await send(port, tls=Tls.STARTTLS)
        with pytest.raises(MailServerUnavailable):
            await send(port, tls=Tls.TLS)
    assert answers.accepted == []


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrusted certificate for localhost with its key."""
    openssl = tool("openssl", "openssl")
    path = tmp_path_factory.mktemp("tls") / "desk.pem"
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(path), "-out", str(path.with_suffix(".crt"))),
        ],
        check=True,
        capture_output=True,
    )
    path.write_text(path.read_text() + path.with_suffix(".crt").read_text())
    return path


def _server_side(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


async def test_starttls_secures_the_connection_before_the_email(certificate: Path) -> None:
    answers = Answers()
    trusting = ssl.create_default_context(cafile=certificate)
    async with mail_server(answers, tls_context=_server_side(certificate)) as port:
        await send(port, tls=Tls.STARTTLS, tls_context=trusting)
    assert answers.secured == [True]


@pytest.mark.fault(69)
async def test_opportunistic_tls_encrypts_where_the_server_offers_it(
    certificate: Path, caplog: pytest.LogCaptureFixture
) -> None:
    answers = Answers()
    async with mail_server(answers, tls_context=_server_side(certificate)) as port:
        await send(port, tls=Tls.OPPORTUNISTIC)
    assert answers.secured == [True]
    assert caplog.messages == []


@pytest.mark.fault(69)
async def test_a_server_without_tls_gets_mail_and_one_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answers = Answers()
    async with mail_server(answers) as port:
        sender = mailer(port, tls=Tls.OPPORTUNISTIC)
        await sender.check()
        for _ in range(2):
            await sender.send(COMPOSER.write(notice()), SENDER, RECIPIENT)
    assert len(answers.accepted) == 2
    [warning] = caplog.messages
    assert f"127.0.0.1:{port} offers no STARTTLS" in warning


async def test_tls_secures_the_connection_from_the_start(certificate: Path) -> None:
    answers = Answers()
    trusting = ssl.create_default_context(cafile=certificate)
    async with mail_server(answers, tls=_server_side(certificate)) as port:
        await send(port, tls=Tls.TLS, tls_context=trusting)
    assert len(answers.accepted) == 1


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.TLS])
async def test_an_untrusted_certificate_gets_no_email_and_can_be_retried(
    certificate: Path, tls: Tls
) -> None:
    answers, context = Answers(), _server_side(certificate)
    given = {"tls": context} if tls is Tls.TLS else {"tls_context": context}
    async with mail_server(answers, **given) as port:
        with pytest.raises(MailServerUnavailable, match="certificate"):
            await send(port, tls=tls)
    assert answers.accepted == []
