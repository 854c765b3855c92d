"""Every language says the same: the same letters, the same facts, and its own words only."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, nodes
from ruamel.yaml import YAML

from activities.rendering.alert_composer import SIGNALS
from activities.rendering.template_renderer import RenderedMessage, TemplateRenderer
from activities.rendering.vocabulary_words import VocabularyWords
from activities.templates.manifest import PARTS, TEMPLATES, WORDS, facts_of, languages
from policies import vocabulary
from policies.reports.announcements import ChangeKind
from tests.activities.rendering.sample_notices import FULL_FACTS, MIA, TICKET
from tests.languages import is_english

LANGUAGES = sorted(languages())
TRANSLATIONS = [language for language in LANGUAGES if language != "en"]
AUDIENCES = ("requester", "account_manager", "assignee", "team_lead", "engineering", "product")
RENDERER = TemplateRenderer()
READER = Environment(autoescape=True)
NO_BREAK = "\N{NO-BREAK SPACE}"
WORDS_OF = {
    "clock_state": vocabulary.ClockState,
    "stage": vocabulary.Stage,
    "waiting_on": vocabulary.WaitingOn,
    "outcome": vocabulary.Outcome,
    "closed_as": vocabulary.ClosedAs,
    "guarantee": vocabulary.Guarantee,
    "viewpoint": vocabulary.Viewpoint,
    "change": ChangeKind,
}


def rendered(language: str, template: str, audience: str, facts: dict[str, Any]) -> RenderedMessage:
    ticket = TICKET.model_dump()
    recipient = {"name": MIA.name}
    return RENDERER.render(
        template,
        language,
        "Europe/Paris",
        facts,
        ticket=ticket,
        recipient=recipient,
        audience=audience,
        yours=audience == "requester",
    )


def neutral(value: Any) -> Any:
    """A fact with every word of people's replaced, so that only the template's own are left."""
    match value:
        case str() if " " in value:
            return "FACT"
        case list():
            return [neutral(item) for item in value]
        case dict():
            return {name: neutral(item) for name, item in value.items()}
    return value


def facts_for(template: str, everything: bool) -> dict[str, Any]:
    required, _ = facts_of(template)
    return {n: f for n, f in FULL_FACTS[template].items() if everything or n in required}


def source(language: str, name: str) -> str:
    return (TEMPLATES / language / name).read_text()


def files(language: str) -> set[str]:
    return {path.name for path in (TEMPLATES / language).iterdir()}


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_has_the_files_of_english(language: str) -> None:
    assert files(language) == files("en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", sorted(FULL_FACTS))
def test_every_letter_is_written_in_every_language_for_everyone(
    language: str, template: str
) -> None:
    for audience, everything in product(AUDIENCES, (True, False)):
        pages = rendered(language, template, audience, facts_for(template, everything))
        assert pages.language == language
        for page in pages:
            assert page.strip()
            assert "None" not in page
            assert "{{" not in page


def _facts_shown(language: str, template: str, part: str) -> set[str]:
    """The facts a file names, and what it shows of the items of its lists."""
    text = source(language, f"{template}.{part}.j2")
    required, optional = facts_of(template)
    named = {node.name for node in READER.parse(text).find_all(nodes.Name)}
    return named & (required | optional) | set(re.findall(r"\b(?:finding|item)\.(\w+)", text))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", sorted(FULL_FACTS))
def test_every_html_email_fits_a_small_screen_and_dark_mode(language: str, template: str) -> None:
    html = rendered(language, template, "requester", FULL_FACTS[template]).html
    assert html.startswith("<!doctype html>")
    assert "overflow-wrap:anywhere" in html, "a long word would widen the page"
    assert "@media (prefers-color-scheme: dark)" in html
    assert "@media (max-width: 480px)" in html


@pytest.mark.parametrize("language", TRANSLATIONS)
@pytest.mark.parametrize("template", sorted(FULL_FACTS))
def test_a_translation_shows_every_fact_that_english_shows(language: str, template: str) -> None:
    for part in PARTS:
        english = _facts_shown("en", template, part)
        assert english <= _facts_shown(language, template, part), part


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", sorted(FULL_FACTS))
def test_text_and_html_show_the_same_facts(language: str, template: str) -> None:
    text, html = (_facts_shown(language, template, part) for part in ("txt", "html"))
    assert text == html


@pytest.mark.parametrize("language", TRANSLATIONS)
@pytest.mark.parametrize("name", ["clock_details", "parts.html", "parts.txt", "verdict", "words"])
def test_a_translation_has_the_shared_parts_of_english(language: str, name: str) -> None:
    macros = r"{% macro (\w+\([^)]*\))"
    english = set(re.findall(macros, source("en", f"{name}.j2")))
    assert english <= set(re.findall(macros, source(language, f"{name}.j2")))


@pytest.mark.parametrize("template", sorted(FULL_FACTS))
def test_no_english_is_left_in_a_french_letter(template: str) -> None:
    for page in _french_pages(template):
        assert not is_english(page), page


@pytest.mark.parametrize("template", sorted(FULL_FACTS))
def test_french_double_punctuation_stands_after_a_no_break_space(template: str) -> None:
    for page in _french_pages(template):
        # A colon between digits is no punctuation: `14:00`.
        assert not re.search(rf"[^{NO_BREAK}\d][;:?!»]|«[^{NO_BREAK}]", page), page
        assert "'" not in page, "an apostrophe of a typewriter"


def _french_pages(template: str) -> Iterator[str]:
    """What everybody reads of a letter, without the words of the ticket."""
    tickets = [text for text in TICKET.model_dump().values() if " " in text]
    for audience, everything in product(AUDIENCES, (True, False)):
        facts = {n: neutral(f) for n, f in facts_for(template, everything).items()}
        pages = rendered("fr", template, audience, facts)
        html = re.sub(r"(?s)<style>.*?</style>|<[^>]*>", " ", pages.html)
        for page in (pages.subject, pages.text, html):
            for text in (*tickets, "mia@acme.example"):
                page = page.replace(text, "FACT")  # noqa: PLW2901 - one after the other
            yield page


@pytest.mark.parametrize("name", sorted(files("fr")))
def test_no_french_apostrophe_is_that_of_a_typewriter(name: str) -> None:
    own_words = re.sub(r"#.*|{#.*?#}", "", source("fr", name))
    assert "'" not in re.sub(r"{%.*?%}|{{.*?}}", "", own_words)


# --- the vocabulary -----------------------------------------------------------------------------


def _words(language: str) -> dict[str, Any]:
    words: dict[str, Any] = YAML(typ="safe").load(TEMPLATES / language / WORDS)
    return words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(WORDS_OF))
def test_every_word_of_the_vocabulary_has_one_in_every_language(language: str, kind: str) -> None:
    assert set(_words(language)[kind]) == {word.value for word in WORDS_OF[kind]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_and_every_clock_has_a_name_in_every_language(language: str) -> None:
    words = _words(language)
    assert words["notice"].keys() == FULL_FACTS.keys() | SIGNALS.keys()
    assert words["clock"].keys() == _words("en")["clock"].keys()


def test_what_has_no_word_is_shown_as_it_is_written() -> None:
    assert VocabularyWords("fr").word("legal_review", "clock") == "legal review"
    assert VocabularyWords("xx").word("first_response", "clock") == "first response"
    assert VocabularyWords("xx").duration("2 business days") == "2 business days"
    assert VocabularyWords("xx").counted(3, "credit") == "3 credit"
    assert VocabularyWords("fr").duration("pretty late") == "pretty late"


def test_a_clock_of_the_policys_own_can_be_told_of_in_french() -> None:
    facts = FULL_FACTS["clock_warned"] | {"clock": "legal_review"}
    text = rendered("fr", "clock_warned", "assignee", facts).text
    assert f"l’étape «{NO_BREAK}legal review{NO_BREAK}»" in text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Mia Chen", "la demande de Mia"),
        ("Élodie Roy", "la demande d’Élodie"),
        ("Olga Ek", "la demande d’Olga"),
        ("Yves Roy", "la demande d’Yves"),
        ("Yasmine B.", "la demande de Yasmine"),
    ],
)
def test_names_are_elided_as_people_say_them(name: str, shown: str) -> None:
    ticket = TICKET.model_dump() | {"requester_name": name}
    facts = FULL_FACTS["update_posted"]
    pages = RENDERER.render(
        "update_posted",
        "fr-CA",
        "UTC",
        facts,
        ticket=ticket,
        recipient={"name": "Lee"},
        audience="assignee",
        yours=False,
    )
    assert shown in pages.text
    assert shown in pages.html


@pytest.mark.parametrize(
    ("length", "english", "french"),
    [
        ("2 business hours", "2 business hours", "2¤heures ouvrées"),
        ("1 business hour", "1 business hour", "1¤heure ouvrée"),
        ("48 business hours", "48 business hours", "48¤heures ouvrées"),
        ("10 business days", "10 business days", "10¤jours ouvrés"),
        ("1 business day", "1 business day", "1¤jour ouvré"),
        ("30 minutes", "30 minutes", "30¤minutes"),
        ("90 business minutes", "90 business minutes", "90¤minutes ouvrées"),
        ("1 week", "1 week", "1¤semaine"),
        ("2 hours", "2 hours", "2¤heures"),
        ("1500 days", "1,500 days", "1¤500¤jours"),
        ("the following week", "the following week", "la semaine suivante"),
        (
            "1 business day, end of day",
            "1 business day (until closing time)",
            "1¤jour ouvré (jusqu’à la fermeture)",
        ),
        ("2 business days, same time", "2 business days", "2¤jours ouvrés"),
        (
            "0 business days, end of day",
            "the close of the business day",
            "la fermeture du jour ouvré",
        ),
    ],
)
def test_lengths_are_said_in_the_readers_language(length: str, english: str, french: str) -> None:
    assert VocabularyWords("en").duration(length) == english
    assert VocabularyWords("fr").duration(length) == french.replace("¤", NO_BREAK)


@pytest.mark.parametrize(
    ("language", "length", "shown"),
    [
        ("en", "2 business days", "within 2 business days"),
        ("en", "the following week", "in the following week"),
        ("fr", "2 business days", "dans un délai de 2¤jours ouvrés"),
        ("fr", "the following week", "au cours de la semaine suivante"),
        ("en", "0 business days, end of day", "by the close of the business day"),
        ("fr", "0 business days, end of day", "avant la fermeture du jour ouvré"),
    ],
)
def test_what_is_due_within_a_length_is_a_sentence(language: str, length: str, shown: str) -> None:
    assert VocabularyWords(language).within(length) == shown.replace("¤", NO_BREAK)


@pytest.mark.parametrize(
    ("at", "english", "french"),
    [
        ("75%", "at 75% of the time allowed", "à 75¤% du délai"),
        ("breach", "at the deadline", "à l’échéance"),
        (
            "1 business day after",
            "1 business day after the deadline",
            "1¤jour ouvré après l’échéance",
        ),
        ("12 hours before", "12 hours before the deadline", "12¤heures avant l’échéance"),
    ],
)
def test_rungs_are_named_in_the_readers_language(at: str, english: str, french: str) -> None:
    assert VocabularyWords("en").rung(at) == english
    assert VocabularyWords("fr").rung(at) == french.replace("¤", NO_BREAK)


def test_credits_are_counted_in_the_readers_language() -> None:
    assert VocabularyWords("en").counted(1, "credit") == "1 service credit"
    assert VocabularyWords("fr").counted(1, "credit") == f"1{NO_BREAK}crédit de service"
    assert VocabularyWords("fr").counted(3, "credit") == f"3{NO_BREAK}crédits de service"


def test_a_kind_of_guarantee_has_words_and_a_policys_own_words_stay() -> None:
    assert (
        VocabularyWords("fr").guarantee("reasonable_time")
        == "Nous le ferons dans un délai raisonnable."
    )
    assert VocabularyWords("fr").guarantee("Dès que possible.") == "Dès que possible."


def test_a_language_without_a_vocabulary_still_writes_letters(tmp_path: Path) -> None:
    (tmp_path / "sv").mkdir()
    for part in ("subject", "txt", "html"):
        (tmp_path / "sv" / f"opened.{part}.j2").write_text("Svar {{ promise | within }}")
    pages = TemplateRenderer(tmp_path).render(
        "opened", "sv", "UTC", {"description": "x", "promise": "2 business days"}
    )
    assert pages.text == "Svar 2 business days"
