"""Refusals of requests, in the language of the contract."""

import re
import string
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import JsonValue

from policies.business_time.months import Month
from policies.i18n import phrases, request_texts
from policies.i18n.phrases import FALLBACK, Phrases
from policies.i18n.request_texts import phrase
from policies.loading.loader import load_contract
from policies.schema.contract import Contract
from policies.schema.request import Requester, TicketFacts
from policies.terms.admission import RequestRefused
from policies.terms.settlement import settle
from policies.vocabulary import Role, Stage, Viewpoint
from tests.harness import CATALOG, new_york
from tests.languages import is_english
from workflows.shared.texts import phrases as actions

FEBRUARY = "28 février 2027 à 22\u00a0h (UTC)"
MARCH, AT_NIGHT = "1 March 2027, 00:30 CET", "1er mars 2027 à 0\u00a0h\u00a030 (heure de Paris)"
LUMIERE: Contract = load_contract(Path("examples/contracts/maison-lumiere.yaml"))


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("table", [request_texts.PHRASES, actions.PHRASES])
def test_every_language_has_the_same_phrases_with_the_same_values(table: Phrases) -> None:
    assert table.tables.keys() == phrases.FORMATS.keys()
    english = table.tables[FALLBACK]
    for said in table.tables.values():
        assert said.keys() == english.keys()
        assert {n: blanks(t) for n, t in said.items()} == {n: blanks(t) for n, t in english.items()}


@pytest.mark.parametrize("table", [request_texts.PHRASES, actions.PHRASES])
def test_french_phrases_have_french_punctuation(table: Phrases) -> None:
    for text in table.tables["fr"].values():
        assert not re.search(r"[^\u00a0][;:?!»](?!\w)|«[^\u00a0]|'", text), text
        assert not is_english(re.sub(r"{\w+}|«[^»]*»", "", text)), text


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        (date(2027, 1, 11), "11 January 2027", "11 janvier 2027"),
        (date(2027, 8, 1), "1 August 2027", "1er août 2027"),
        (datetime(2027, 2, 28, 22, tzinfo=UTC), "28 February 2027, 22:00 UTC", FEBRUARY),
        (datetime(2027, 3, 1, 0, 30, tzinfo=ZoneInfo("Europe/Paris")), MARCH, AT_NIGHT),
        (Month(2027, 4), "April 2027", "avril 2027"),
        (Decimal("0.75"), "0.75", "0,75"),
        (Decimal("10.00"), "10", "10"),
        (1_000_000, "1,000,000", "1\u00a0000\u00a0000"),
        (Role.REQUESTER, "requester", "demandeur"),
        ((Stage.TRIAGE, Viewpoint.PRODUCT), "triage, product", "en cours d’analyse, Produit"),
        ((date(2027, 1, 1), "p0"), "1 January 2027, p0", "1er janvier 2027, p0"),
    ],
)
def test_values_are_formatted_for_the_language(value: object, english: str, french: str) -> None:
    table = Phrases({"en": {"it": "{it}"}, "fr": {"it": "{it}"}}, actions.PHRASES.names)
    assert table.say("en", "it", it=value) == english
    assert table.say("fr-CA", "it", it=value) == french


@pytest.mark.parametrize("locale", ["fr", "fr-CA", "fr_FR"])
def test_a_locale_has_the_phrases_of_its_language(locale: str) -> None:
    assert phrase(locale, "noun.priority") == "une priorité"


@pytest.mark.parametrize("words", [Role, Stage, Viewpoint])
def test_every_role_stage_and_viewpoint_has_a_french_name(words: type[StrEnum]) -> None:
    assert actions.PHRASES.names["fr"][words].keys() == set(words)


def test_an_unknown_language_gets_english() -> None:
    assert phrase("sv", "none") == "none"


@pytest.mark.clause("contentsquare/contacts")
def test_a_french_contract_gets_french_refusals_with_the_choices() -> None:
    received = new_york("2027-01-06 14:00")
    asker = Requester(name="Zoé", email="zoe@maison-lumiere.example")
    ticket = TicketFacts(requester=asker, channel="fax", priority="p9")
    policy = CATALOG.in_force("contentsquare", received)
    with pytest.raises(RequestRefused) as refused:
        settle(policy, LUMIERE, ticket, received)
    reasons = {objection.field: objection.reason for objection in refused.value.objections}
    assert "n’est pas un canal ouvert à cette demande\u00a0;" in reasons["channel"]
    assert "téléphone (phone)" not in reasons["channel"]
    assert "e-mail (email)" in reasons["channel"]
    assert reasons["priority"] == (
        "«\u00a0p9\u00a0» n’est pas une priorité de Support Contentsquare, "
        "dont les priorités sont\u00a0: critique (p0), élevée (p1), normale (p2), basse (p3)"
    )


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"browser": "opera"}, "Quel navigateur utilisez-vous"),
        ({"browser_up_to_date": "oui"}, "n’est pas true ou false"),
        ({"navigateur": "chrome"}, "n’est pas une information que demande Support Contentsquare"),
    ],
)
def test_an_invalid_fact_gets_a_french_refusal_with_the_question(
    facts: dict[str, JsonValue], said: str
) -> None:
    received = new_york("2027-01-06 14:00")
    asker = Requester(name="Zoé", email="zoe@maison-lumiere.example")
    ticket = TicketFacts(requester=asker, channel="email", facts=facts)
    policy = CATALOG.in_force("contentsquare", received)
    with pytest.raises(RequestRefused) as refused:
        settle(policy, LUMIERE, ticket, received)
    [objection] = refused.value.objections
    assert said in objection.reason
