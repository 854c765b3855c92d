"""Letters are in the zone and the language of whoever reads them."""

from pathlib import Path

import pytest

from activities.rendering.email_composer import EmailComposer
from activities.rendering.template_renderer import TemplateRenderer
from activities.templates.manifest import PARTS
from policies.terms.model.recipient import Recipient
from tests.activities.rendering.sample_notices import IDENTITY, MIA, html_of, notice, text_of, write


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


def _french(directory: Path) -> TemplateRenderer:
    for language in ("en", "fr"):
        (directory / language).mkdir()
        for part in PARTS:
            words = f"{language} {{{{ due_at | instant }}}} {{{{ message }}}}"
            (directory / language / f"escalated.{part}.j2").write_text(words)
    return TemplateRenderer(directory)


@pytest.mark.parametrize("locale", ["fr", "fr_FR", "fr-CA"])
def test_a_reader_is_written_to_in_their_language_where_there_are_templates(
    tmp_path: Path, locale: str
) -> None:
    letters = EmailComposer(IDENTITY, _french(tmp_path))
    letter = letters.write(notice(contact=MIA.model_copy(update={"locale": locale})))
    assert letter["Content-Language"] == "fr"
    assert "fr vendredi 15 janvier 2027" in text_of(letter)
