"""What a requester is told when a request does not fit, in the language of their contract."""

import string
from pathlib import Path

import pytest

from policies.contract import Contract
from policies.loading import load_contract
from policies.settlement import Requester, RequestRefused, TicketFacts, settle
from policies.wording import ENGLISH, PHRASES, phrase
from tests.harness import CATALOGUE, new_york

LUMIERE: Contract = load_contract(Path("examples/contracts/maison-lumiere.yaml"))


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", PHRASES)
def test_every_language_has_the_same_phrases_about_the_same_things(language: str) -> None:
    said = PHRASES[language]
    assert said.keys() == ENGLISH.keys()
    assert {n: blanks(t) for n, t in said.items()} == {n: blanks(t) for n, t in ENGLISH.items()}


@pytest.mark.parametrize("locale", ["fr", "fr-CA", "fr_FR"])
def test_a_locale_speaks_its_language(locale: str) -> None:
    assert phrase(locale, "none") == "aucun"


def test_an_unknown_language_is_spoken_to_in_english() -> None:
    assert phrase("sv", "none") == "none"


@pytest.mark.clause("contentsquare/contacts")
def test_a_french_contract_is_refused_in_french_with_what_would_be_right() -> None:
    received = new_york("2027-01-06 14:00")
    asker = Requester(name="Zoé", email="zoe@maison-lumiere.example")
    ticket = TicketFacts(requester=asker, channel="fax", priority="p9")
    policy = CATALOGUE.in_force("contentsquare", received)
    with pytest.raises(RequestRefused) as refused:
        settle(policy, LUMIERE, ticket, received)
    reasons = {objection.field: objection.reason for objection in refused.value.objections}
    assert "n’est pas un canal pour cette demande\u00a0;" in reasons["channel"]
    assert "email" in reasons["channel"]
    assert "est inconnu\u00a0;" in reasons["priority"]
