"""Letters: every template for everyone, threading, and nothing hostile gets through."""

import subprocess
import sys
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import SMTP, EmailPolicy
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.letters import Identity, Letters
from activities.notifications import TemplateFailed
from activities.ports import RecipientRefused
from activities.stationery import Stationery
from activities.templates.manifest import (
    ABOUT_ACCOUNTS,
    PARTS,
    facts_of,
    known_templates,
    listed_templates,
)
from policies.terms import Recipient
from tests.activities.letterbox import (
    AT,
    FULL_FACTS,
    IDENTITY,
    LETTERS,
    MIA,
    NUMBER,
    TICKET,
    html_of,
    notice,
    text_of,
    with_facts,
    write,
)

AUDIENCES = ["requester", "account_manager", "assignee", "team_lead", "engineering", "product"]
ROOT = Path(__file__).parents[2]
INJECTIONS = [
    "a\r\nBcc: eve@evil.example",
    "a\nBcc: eve@evil.example",
    "a\x85Bcc: eve@evil.example",
    "a\u2028Bcc: eve@evil.example",
    "=?utf-8?q?a=0D=0ABcc:_eve@evil.example?=",
    "=?utf-8?b?YQ0KQmNjOiBldmVAZXZpbC5leGFtcGxl?=",
]


# --- every template, for everyone ---------------------------------------------------------------


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("template", sorted(FULL_FACTS))
def test_every_letter_says_in_both_parts_which_ticket_and_whose_desk(
    template: str, audience: str
) -> None:
    letter = write(notice(template, audience))
    assert letter["Subject"].startswith(f"[{NUMBER}] ")
    assert template in ABOUT_ACCOUNTS or "The export stays empty" in letter["Subject"]
    for page in (text_of(letter), html_of(letter)):
        assert "Mia Chen" in page
        assert NUMBER in page
        assert "Contently product support" in page
        assert "None" not in page
        assert "{{" not in page


@pytest.mark.parametrize("audience", ["requester", "assignee"])
@pytest.mark.parametrize("template", sorted(FULL_FACTS))
def test_every_letter_can_be_written_without_its_optional_facts(
    template: str, audience: str
) -> None:
    required, _ = facts_of(template)
    facts = {name: fact for name, fact in FULL_FACTS[template].items() if name in required}
    letter = write(notice(template, audience, facts=facts))
    assert "None" not in text_of(letter) + html_of(letter)


@pytest.mark.parametrize("template", sorted(FULL_FACTS))
def test_only_the_requester_is_spoken_to_as_the_one_who_asked(template: str) -> None:
    assert "your request" not in text_of(write(notice(template, "team_lead"))).lower()
    assert "Requested by Mia Chen" not in text_of(write(notice(template, "requester")))


def test_every_listed_template_exists_and_every_existing_one_is_listed() -> None:
    assert known_templates("en") == listed_templates() == FULL_FACTS.keys()


def test_a_locale_without_templates_has_none() -> None:
    assert known_templates("xx") == set()
    assert known_templates("..") == set()


@pytest.mark.parametrize("template", sorted(FULL_FACTS))
def test_a_letter_without_a_required_fact_names_what_is_missing(template: str) -> None:
    required, _ = facts_of(template)
    for missing in required:
        facts = {name: fact for name, fact in FULL_FACTS[template].items() if name != missing}
        with pytest.raises(TemplateFailed, match=missing):
            write(notice(template, facts=facts))


@pytest.mark.parametrize("template", ["unheard_of", "../en/escalated", "layout", "words", ""])
def test_a_template_that_does_not_exist_is_named(template: str) -> None:
    with pytest.raises(TemplateFailed, match="no template"):
        write(notice(template))


def test_a_fact_of_the_wrong_shape_fails_the_template_and_nothing_else() -> None:
    with pytest.raises(TemplateFailed, match="en/escalated"):
        write(with_facts("escalated", due_at="soon"))


# --- what the letters promise -------------------------------------------------------------------


@pytest.mark.clause("contently/first-response")
def test_the_receipt_gives_the_number_and_when_the_first_response_is_due() -> None:
    text = text_of(write(notice("opened")))
    assert f"its number is {NUMBER}" in text
    assert "within 2 business days: by Friday 15 January 2027, 14:00 EST" in text
    assert "> I export an article.\n> The file has no rows." in text


def test_the_receipt_promises_no_time_where_the_policy_promises_none() -> None:
    letter = write(
        with_facts("opened", promise=None, due_at=None, guarantee="We answer as time permits.")
    )
    assert "We answer as time permits." in text_of(letter)
    assert "due" not in text_of(letter)


@pytest.mark.clause("contently/first-response-content")
@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("resolution", "We believe this settles it"),
        ("information_request", "1. Which browser?\n2. Since when?"),
        ("escalation", "it is now in triage"),
    ],
)
def test_a_response_says_each_of_its_outcomes_and_no_other(outcome: str, words: str) -> None:
    together = text_of(write(notice("responded")))
    alone = text_of(write(with_facts("responded", outcomes=[outcome])))
    others = {"resolution", "information_request", "escalation"} - {outcome}
    without = text_of(write(with_facts("responded", outcomes=sorted(others))))
    assert words in together
    assert words in alone
    assert words not in without


@pytest.mark.clause("contently/escalation-update")
def test_requester_and_account_manager_are_each_told_of_an_escalation_in_their_own_words() -> None:
    requester = text_of(write(notice("escalated", "requester")))
    manager = text_of(write(notice("escalated", "account_manager")))
    assert "Sam Okafor has escalated your request" in requester
    assert "account Acme Media has been escalated" in manager
    assert "for Mia Chen" in manager
    for text in (requester, manager):
        assert "It happens to others too." in text
        assert "Friday 15 January 2027, 14:00 EST" in text


@pytest.mark.clause("contently/handoff-content")
def test_engineering_gets_everything_that_was_gathered() -> None:
    letter = write(notice("handed_over", "engineering"))
    for page in (text_of(letter), html_of(letter)):
        for gathered in (
            "The file has no rows.",
            "Reproduce it",
            "Seen twice.",
            "Which browser?",
            "Firefox",
            "Since when?",
            "No answer yet.",
            "The exporter loses its session.",
            "Please look at the session first.",
        ):
            assert gathered in page


@pytest.mark.clause("contently/handoff-content")
def test_a_packet_with_nothing_in_it_says_so() -> None:
    text = text_of(write(with_facts("handed_over", "engineering", findings=[], information=[])))
    assert "Nothing was recorded." in text
    assert "Nothing was asked." in text


@pytest.mark.clause("contently/forecast")
@pytest.mark.parametrize("audience", ["requester", "account_manager"])
def test_a_forecast_says_when_work_begins_and_that_it_is_no_promise(audience: str) -> None:
    text = text_of(write(with_facts("forecast_shared", audience, revision=1, reason=None)))
    assert "expected to begin by Monday 1 February 2027" in text
    assert "not a promised date" in text
    assert "changed:" not in text


@pytest.mark.clause("contently/forecast-basis")
def test_a_forecast_names_its_basis_and_a_revision_why_it_changed() -> None:
    text = text_of(write(notice("forecast_shared", "account_manager")))
    assert "Engineering holds it high, Product low." in text
    assert "Engineering (high) and Product (low)" in text
    assert "revision 2" in text
    assert "Why: A release came first." in text


@pytest.mark.clause("contently/forecast-basis")
def test_a_forecast_nobody_explained_still_rests_on_both_priorities() -> None:
    text = text_of(write(with_facts("forecast_shared", "requester", basis=None)))
    assert "Engineering (high) and Product (low)" in text


@pytest.mark.parametrize(
    ("closed_as", "words"),
    [
        ("resolved", "was resolved"),
        ("withdrawn", "was withdrawn"),
        ("no_reply", "heard nothing back"),
        ("duplicate", "same matter as 9AAA-9AAA-9AAA"),
        ("not_covered", "support does not cover it"),
        ("not_eligible", "support is not available for your account"),
    ],
)
def test_each_way_of_closing_has_its_own_words(closed_as: str, words: str) -> None:
    text = text_of(write(with_facts("closed", closed_as=closed_as, into="9AAA-9AAA-9AAA")))
    assert words in text


@pytest.mark.clause("contently/limitation", "contently/eligibility")
@pytest.mark.parametrize("closed_as", ["not_covered", "not_eligible"])
def test_a_refusal_gives_its_reason_and_the_clause_it_rests_on(closed_as: str) -> None:
    text = text_of(write(with_facts("closed", closed_as=closed_as)))
    assert "The plug-in of another vendor drops the rows." in text
    assert "clause limitation" in text
    assert "Third-party software is not ours to mend." in text


def test_a_target_of_the_desks_own_is_never_called_a_promise() -> None:
    text = text_of(write(with_facts("clock_warned", "assignee", promised=False)))
    assert "it was promised to nobody" in text
    assert "is promised" not in text


def test_a_breach_says_how_late_it_is_and_who_holds_the_ticket() -> None:
    text = text_of(write(notice("clock_breached", "team_lead")))
    assert "it is 1 day 2 hours 5 minutes late" in text
    assert "Assigned to Sam Okafor" in text
    unassigned = text_of(write(with_facts("clock_breached", "team_lead", owner=None)))
    assert "Assigned to nobody" in unassigned


# --- headers ------------------------------------------------------------------------------------


def test_the_letter_is_addressed_dated_and_named_after_its_notice() -> None:
    letter = write(notice())
    assert str(letter["From"]) == "Contently product support <support@desk.example>"
    assert str(letter["To"]) == "Mia Chen <mia@acme.example>"
    assert parsedate_to_datetime(letter["Date"]) == AT


def test_letters_of_one_ticket_hang_under_one_root_and_each_has_its_own_id() -> None:
    letters = [write(notice(template)) for template in ("opened", "responded", "escalated")]
    root = f"<{NUMBER}@desk.example>"
    assert {str(letter["References"]).strip() for letter in letters} == {root}
    assert {str(letter["In-Reply-To"]).strip() for letter in letters} == {root}
    ids = {letter["Message-ID"] for letter in letters}
    assert len(ids) == 3
    assert all(name.startswith(f"<{NUMBER}.") and name.endswith("@desk.example>") for name in ids)


def test_robots_are_asked_not_to_answer_and_bounces_still_come() -> None:
    letter = write(notice())
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["X-Auto-Response-Suppress"] == "OOF, AutoReply"


def test_the_same_notice_is_the_same_bytes_in_every_process() -> None:
    program = (
        "import sys; from activities.letters import Letters;"
        "from tests.activities.letterbox import IDENTITY, notice;"
        "sys.stdout.buffer.write(Letters(IDENTITY).write(notice()).as_bytes())"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    assert run.stdout == Letters(IDENTITY).write(notice()).as_bytes()


@pytest.mark.parametrize("flatten", [SMTP, SMTP.clone(cte_type="7bit")], ids=["sent", "7 bit"])
@given(st.lists(st.sampled_from(["échéance", "à", "the", "–", "dépassée", "x"]), max_size=40))
def test_a_subject_outside_ascii_keeps_every_space_and_stays_short(
    flatten: EmailPolicy, words: list[str]
) -> None:
    ticket = TICKET.model_copy(update={"subject": " ".join(words)})
    written = LETTERS.write(notice(ticket=ticket))
    raw = written.as_bytes(policy=flatten)
    read = str(make_header(decode_header(message_from_bytes(raw)["Subject"])))
    assert read == written["Subject"]
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78


def test_an_identity_can_have_a_name_and_a_message_domain_of_its_own() -> None:
    identity = Identity("help@desk.example", name="The help desk", domain="mail.desk.example")
    letter = Letters(identity).write(notice())
    assert str(letter["From"]) == "The help desk <help@desk.example>"
    assert letter["Message-ID"].endswith("@mail.desk.example>")


def test_an_identity_without_an_address_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="no mail address"):
        Letters(Identity("support"))


def test_every_line_is_short_enough_and_ascii_whatever_the_text() -> None:
    subject, message = "Überlang 🎉 שלום " * 20, "x" * 5_000 + "é🎉" * 500
    ticket = TICKET.model_copy(update={"subject": subject})
    written = Letters(IDENTITY).write(
        notice("update_posted", ticket=ticket, facts={"message": message, "by": "Sam"})
    )
    raw = written.as_bytes()
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert raw.count(b"\n") == raw.count(b"\r\n")


@pytest.mark.parametrize("locale", ["en", "fr"])
@pytest.mark.parametrize("template", sorted(ABOUT_ACCOUNTS))
def test_a_letter_to_an_account_is_about_no_ticket(template: str, locale: str) -> None:
    account = {"number": "", "subject": "", "requester_name": ""}
    ticket, contact = TICKET.model_copy(update=account), MIA.model_copy(update={"locale": locale})
    letter = write(notice(template, "account_manager", ticket=ticket, contact=contact))
    assert letter["In-Reply-To"] == "<account-acme@desk.example>"
    assert "[" not in letter["Subject"]
    for page in (text_of(letter), html_of(letter)):
        assert "\n--\n" not in page
        assert "Requested by" not in page
        assert "None" not in page


# --- zone and locale ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "locale", "due"),
    [
        ("America/New_York", "en", "Friday 15 January 2027, 14:00 EST"),
        ("America/Los_Angeles", "en-US", "Friday, January 15, 2027, 11:00 AM PST"),
        ("Europe/Paris", "en-GB", "Friday, 15 January 2027, 20:00 CET"),
        ("Nowhere/Such", "en", "Friday 15 January 2027, 19:00 UTC"),
    ],
)
def test_dates_are_in_the_readers_zone_and_locale(zone: str, locale: str, due: str) -> None:
    contact = Recipient(name="Mia", email="mia@acme.example", zone=zone, locale=locale)
    letter = write(notice(contact=contact))
    assert due in text_of(letter)
    assert due in html_of(letter)


def test_a_reader_without_templates_in_their_language_gets_a_letter_all_in_english() -> None:
    contact = MIA.model_copy(update={"locale": "sv_SE"})
    letter = write(notice(contact=contact))
    assert letter["Content-Language"] == "en"
    assert "Friday 15 January 2027, 14:00 EST" in text_of(letter)


def _french(directory: Path) -> Stationery:
    for language in ("en", "fr"):
        (directory / language).mkdir()
        for part in PARTS:
            words = f"{language} {{{{ due_at | instant }}}} {{{{ message }}}}"
            (directory / language / f"escalated.{part}.j2").write_text(words)
    return Stationery(directory)


@pytest.mark.parametrize("locale", ["fr", "fr_FR", "fr-CA"])
def test_a_reader_is_written_to_in_their_language_where_there_are_templates(
    tmp_path: Path, locale: str
) -> None:
    letters = Letters(IDENTITY, _french(tmp_path))
    letter = letters.write(notice(contact=MIA.model_copy(update={"locale": locale})))
    assert letter["Content-Language"] == "fr"
    assert "fr vendredi 15 janvier 2027" in text_of(letter)


# --- hostile text -------------------------------------------------------------------------------


@pytest.mark.parametrize("hostile", INJECTIONS)
@pytest.mark.parametrize("field", ["subject", "number", "requester_name", "policy_title"])
def test_nothing_in_a_ticket_makes_a_header_of_its_own(field: str, hostile: str) -> None:
    letter = write(notice(ticket=TICKET.model_copy(update={field: hostile})))
    assert letter["Bcc"] is None
    assert letter.keys() == write(notice()).keys()
    assert letter["To"].addresses[0].addr_spec == "mia@acme.example"


@pytest.mark.parametrize("hostile", INJECTIONS)
def test_nothing_in_a_name_makes_a_header_of_its_own(hostile: str) -> None:
    contact = Recipient(name=hostile, email="mia@acme.example")
    letter = write(notice(contact=contact))
    assert letter.keys() == write(notice()).keys()
    assert [to.addr_spec for to in letter["To"].addresses] == ["mia@acme.example"]


@pytest.mark.parametrize("hostile", INJECTIONS)
def test_nothing_in_a_fact_of_a_subject_makes_a_header_of_its_own(hostile: str) -> None:
    letter = write(with_facts("release_scheduled", release=hostile))
    assert letter.keys() == write(notice()).keys()


@given(st.text(max_size=250), st.text(max_size=100))
def test_any_subject_and_name_arrive_as_one_line_each(subject: str, name: str) -> None:
    letter = write(
        notice(
            ticket=TICKET.model_copy(update={"subject": subject}),
            contact=MIA.model_copy(update={"name": name}),
        )
    )
    assert letter.keys() == write(notice()).keys()
    assert [to.addr_spec for to in letter["To"].addresses] == ["mia@acme.example"]
    assert len(str(letter["Subject"]).splitlines()) == 1


@pytest.mark.parametrize(
    "address",
    [
        "mia",
        "mia@acme.example\r\nRCPT TO:<eve@evil.example>",
        "mia@acme.example>, <eve@evil.example",
        "mia@acme.example\x00",
        "mia..chen@acme.example",
        "(mia)@acme.example",
        "用户@acme.example",
        "mia@exämple.example",
        "",
    ],
)
def test_what_is_no_plain_address_is_refused_as_the_recipient(address: str) -> None:
    with pytest.raises(RecipientRefused):
        write(notice(contact=Recipient(name="Mia", email=address)))


TEMPLATE_TEXT = ["{{7*7}}", "{% for x in ().__class__.__mro__ %}x{% endfor %}", "{# gone #}"]


@pytest.mark.parametrize("hostile", TEMPLATE_TEXT)
def test_text_is_never_evaluated_as_a_template(hostile: str) -> None:
    letter = write(
        notice(
            "update_posted",
            ticket=TICKET.model_copy(update={"subject": hostile}),
            facts={"message": hostile, "by": hostile},
        )
    )
    assert hostile in letter["Subject"]
    assert text_of(letter).count(hostile) == 3


def _hostile(value: Any) -> Any:
    """Every text in a fact replaced by markup, where it is not an instant, a date or a code."""
    match value:
        case str() if " " in value and value[0].isupper():
            return "<script>alert('x')</script>&\"'"
        case list():
            return [_hostile(item) for item in value]
        case dict():
            return {name: _hostile(item) for name, item in value.items()}
    return value


@pytest.mark.parametrize("audience", ["requester", "account_manager", "assignee"])
@pytest.mark.parametrize("template", sorted(FULL_FACTS))
def test_markup_in_any_text_is_shown_and_never_obeyed(template: str, audience: str) -> None:
    evil = "<script>alert('x')</script>&\"'"
    hostile = notice(
        template,
        audience,
        facts=_hostile(FULL_FACTS[template]),
        contact=MIA.model_copy(update={"name": evil}),
        ticket=TICKET.model_copy(
            update=dict.fromkeys(
                ("subject", "account", "account_name", "policy_title", "requester_name"), evil
            )
        ),
    )
    page = html_of(write(hostile))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "&amp;lt;" not in page


def test_markup_is_left_alone_in_the_text_part() -> None:
    letter = write(notice("update_posted", facts={"message": "<b>5 > 4 & 3</b>", "by": "Sam"}))
    assert "<b>5 > 4 & 3</b>" in text_of(letter)


def test_templates_cannot_reach_beyond_their_facts(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    for part in PARTS:
        (tmp_path / "en" / f"sly.{part}.j2").write_text("{{ facts.__class__.__mro__ }}")
    with pytest.raises(TemplateFailed):
        Letters(IDENTITY, Stationery(tmp_path)).write(notice("sly", facts={"facts": []}))


def test_right_to_left_text_and_emoji_arrive_whole() -> None:
    subject = "שלום עולם 👩‍👩‍👧 مرحبا"
    letter = write(notice(ticket=TICKET.model_copy(update={"subject": subject})))
    assert letter["Subject"].endswith(subject)
    assert subject in text_of(letter)


def test_a_bidirectional_override_cannot_turn_the_subject_round() -> None:
    letter = write(notice(ticket=TICKET.model_copy(update={"subject": "see \u202egnp.exe"})))
    assert letter["Subject"].endswith("see gnp.exe")


def test_a_very_long_subject_is_cut_between_words_and_keeps_its_number() -> None:
    ticket = TICKET.model_copy(update={"subject": "the export stays empty " * 9})
    subject = str(write(notice(ticket=ticket))["Subject"])
    assert subject.startswith(f"[{NUMBER}] Escalated: the export")
    assert subject.endswith("…")
    assert len(subject) <= 160


def test_a_very_long_message_is_cut_and_not_refused() -> None:
    letter = write(notice("update_posted", facts={"message": "word " * 200_000, "by": "Sam"}))
    assert len(text_of(letter)) < 25_000
