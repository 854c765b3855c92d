"""Texts by locale: the reader's language if there is one, and never an empty text."""

import pytest
from pydantic import JsonValue

from policies.coverage.evaluation import verdict
from policies.i18n.locales import by_locale, spoken, words_in
from policies.loading.loader import read_policy
from policies.schema.request import Requester, TicketFacts
from policies.terms.settlement import settle
from tests.harness import HARBOUR, new_york
from tests.policies.sample_documents import HERE, POLICY, broken, places_marked, problems_in

WORDS = {"fr": "Non.", "en": "No.", "fr_CA": "Ben non."}
BOTH = "{en: Plugins are not covered., fr: Les extensions ne sont pas couvertes.}"
BILINGUAL = broken("says: Plugins are not covered.", f"says: {BOTH}").replace(
    "{en: As soon as we can}", "{en: As soon as we can, fr: Dès que possible}"
)
PLUGIN: dict[str, JsonValue] = {"cause": "plugin", "users": 1, "load": 0.9}


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("fr", "Non."),
        ("fr-CA", "Ben non."),
        ("fr_ca", "Ben non."),
        ("fr-BE", "Non."),
        ("en-GB", "No."),
        ("en-US", "No."),
        ("de", "No."),
    ],
)
def test_texts_are_found_by_locale_then_language_then_the_policys_locale(
    locale: str, words: str
) -> None:
    assert words_in(WORDS, locale, "en") == words


def test_another_text_is_used_if_the_policys_locale_has_none() -> None:
    assert words_in({"fr": "Non."}, "de", "en") == "Non."
    assert words_in({}, "de", "en") == ""


def test_another_country_is_preferred_to_another_language() -> None:
    assert words_in({"en": "No.", "fr-FR": "Non."}, "fr-BE", "en") == "Non."


def test_a_plain_text_is_in_the_policys_locale() -> None:
    assert by_locale("Nej.", "sv") == {"sv": "Nej."}
    assert words_in("Nej.", "fr", "sv") == "Nej."
    assert spoken("fr", by_locale("Nej.", "sv")) is None


def test_a_refusal_is_in_the_given_locale() -> None:
    policy = read_policy(BILINGUAL)
    assert verdict(policy, PLUGIN).says == "Plugins are not covered."
    assert verdict(policy, PLUGIN, "fr-FR").says == "Les extensions ne sont pas couvertes."


def test_terms_have_the_texts_of_the_contracts_locale() -> None:
    update = {"policy": "acme", "plan": "silver", "region": "north", "locale": "fr-FR"}
    ticket = TicketFacts(
        requester=Requester(name="Mia", email="mia@harbour-media.example"),
        channel="email",
        kind="issue",
        priority="normal",
        facts=PLUGIN,
    )
    terms = settle(
        read_policy(BILINGUAL),
        HARBOUR.model_copy(update=update),
        ticket,
        new_york("2027-01-06 14:00"),
    )
    assert terms.verdict.says == "Les extensions ne sont pas couvertes."
    assert terms.clock("first_response").promise("normal").says == "Dès que possible"
    # Two rules refuse on this clause: for both there is only what the page says there.
    assert terms.exclusions["scope"] == "Our own product only."


@pytest.mark.parametrize("wrong", ["[a, b]", "7", "{}", "{en: 7}"])
def test_invalid_texts_are_reported_at_their_place(wrong: str) -> None:
    marked = broken("says: Plugins are not covered.", f"says: {HERE}{wrong}")
    [problem] = problems_in(marked)
    assert problem.path.startswith("coverage[0].says")
    assert problem.line == places_marked(marked)[0][0]


def test_a_policy_in_one_language_needs_no_locales() -> None:
    assert read_policy(POLICY).coverage[0].says == "Plugins are not covered."
