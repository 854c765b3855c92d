"""Headers of e-mails: addresses, threads, and encoded subjects."""

import subprocess
import sys
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import SMTP, EmailPolicy
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.rendering.email_composer import EmailComposer, Identity
from activities.templates.manifest import ABOUT_ACCOUNTS
from tests.activities.rendering.sample_notices import (
    AT,
    COMPOSER,
    IDENTITY,
    MIA,
    NUMBER,
    TICKET,
    html_of,
    notice,
    text_of,
    write,
)

ROOT = Path(__file__).parents[2]


def test_the_email_has_address_date_and_message_id_of_its_notice() -> None:
    email = write(notice())
    assert str(email["From"]) == "Contently product support <support@desk.example>"
    assert str(email["To"]) == "Mia Chen <mia@acme.example>"
    assert parsedate_to_datetime(email["Date"]) == AT


def test_emails_of_a_ticket_form_one_thread_with_unique_ids() -> None:
    emails = [write(notice(template)) for template in ("opened", "responded", "escalated")]
    root = f"<{NUMBER}@desk.example>"
    assert {str(email["References"]).strip() for email in emails} == {root}
    assert {str(email["In-Reply-To"]).strip() for email in emails} == {root}
    ids = {email["Message-ID"] for email in emails}
    assert len(ids) == 3
    assert all(name.startswith(f"<{NUMBER}.") and name.endswith("@desk.example>") for name in ids)


def test_automatic_replies_are_suppressed_and_bounces_arrive() -> None:
    email = write(notice())
    assert email["Auto-Submitted"] == "auto-generated"
    assert email["X-Auto-Response-Suppress"] == "OOF, AutoReply"


def test_the_same_notice_is_the_same_bytes_in_every_process() -> None:
    program = (
        "import sys; from activities.rendering.email_composer import EmailComposer;"
        "from tests.activities.rendering.sample_notices import IDENTITY, notice;"
        "sys.stdout.buffer.write(EmailComposer(IDENTITY).write(notice()).as_bytes())"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    assert run.stdout == EmailComposer(IDENTITY).write(notice()).as_bytes()


@pytest.mark.parametrize("flatten", [SMTP, SMTP.clone(cte_type="7bit")], ids=["sent", "7 bit"])
@settings(deadline=None)  # the first e-mail loads its templates
@given(st.lists(st.sampled_from(["échéance", "à", "the", "–", "dépassée", "x"]), max_size=40))
def test_a_subject_outside_ascii_keeps_every_space_and_stays_short(
    flatten: EmailPolicy, words: list[str]
) -> None:
    ticket = TICKET.model_copy(update={"subject": " ".join(words)})
    written = COMPOSER.write(notice(ticket=ticket))
    raw = written.as_bytes(policy=flatten)
    read = str(make_header(decode_header(message_from_bytes(raw)["Subject"])))
    assert read == written["Subject"]
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78


@pytest.mark.parametrize("length", range(30, 90))
def test_a_subject_of_any_length_arrives_without_a_space_before_it(length: int) -> None:
    ticket = TICKET.model_copy(update={"subject": "x" * 20 + " " + "y" * length})
    written = COMPOSER.write(notice(ticket=ticket))
    assert write(notice(ticket=ticket))["Subject"] == written["Subject"]
    assert max(len(line) for line in written.as_bytes().split(b"\r\n")) <= 78


def test_an_identity_can_have_its_own_name_and_message_domain() -> None:
    identity = Identity("help@desk.example", name="The help desk", domain="mail.desk.example")
    email = EmailComposer(identity).write(notice())
    assert str(email["From"]) == "The help desk <help@desk.example>"
    assert email["Message-ID"].endswith("@mail.desk.example>")


def test_an_identity_without_an_address_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="not a mail address"):
        EmailComposer(Identity("support"))


def test_every_line_is_short_enough_and_ascii_whatever_the_text() -> None:
    subject, message = "Überlang 🎉 שלום " * 20, "x" * 5_000 + "é🎉" * 500
    ticket = TICKET.model_copy(update={"subject": subject})
    written = EmailComposer(IDENTITY).write(
        notice("update_posted", ticket=ticket, facts={"message": message, "by": "Sam"})
    )
    raw = written.as_bytes()
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert raw.count(b"\n") == raw.count(b"\r\n")


@pytest.mark.parametrize("locale", ["en", "fr"])
@pytest.mark.parametrize("template", sorted(ABOUT_ACCOUNTS))
def test_an_email_to_an_account_names_no_ticket(template: str, locale: str) -> None:
    account = {"number": "", "subject": "", "requester_name": ""}
    ticket, contact = TICKET.model_copy(update=account), MIA.model_copy(update={"locale": locale})
    email = write(notice(template, "account_manager", ticket=ticket, contact=contact))
    assert email["In-Reply-To"] == "<account-acme@desk.example>"
    assert "[" not in email["Subject"]
    for page in (text_of(email), html_of(email)):
        assert "\n--\n" not in page
        assert "Requested by" not in page
        assert "None" not in page
