"""Nothing hostile in a ticket gets anywhere by letter."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.ports import RecipientRefused, TemplateFailed
from activities.rendering.email_composer import EmailComposer
from activities.rendering.template_renderer import TemplateRenderer
from activities.templates.manifest import PARTS
from policies.terms.model.recipient import Recipient
from tests.activities.rendering.sample_notices import (
    FULL_FACTS,
    IDENTITY,
    MIA,
    NUMBER,
    TICKET,
    html_of,
    notice,
    text_of,
    with_facts,
    write,
)

INJECTIONS = [
    "a\r\nBcc: eve@evil.example",
    "a\nBcc: eve@evil.example",
    "a\x85Bcc: eve@evil.example",
    "a\u2028Bcc: eve@evil.example",
    "=?utf-8?q?a=0D=0ABcc:_eve@evil.example?=",
    "=?utf-8?b?YQ0KQmNjOiBldmVAZXZpbC5leGFtcGxl?=",
]


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


@settings(deadline=None)  # the first e-mail loads its templates
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
        EmailComposer(IDENTITY, TemplateRenderer(tmp_path)).write(
            notice("sly", facts={"facts": []})
        )


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
