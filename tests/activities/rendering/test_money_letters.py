"""Letters about credits in money: amounts as the reader's locale writes them."""

from typing import Any

import pytest

from tests.activities.rendering.sample_notices import FULL_FACTS, MIA, notice, text_of, write

LICENCES = {"amount": "2025.00", "currency": "EUR", "percent": "0.25", "fee": "Licence fee"}


def _text(template: str, locale: str, **facts: Any) -> str:
    contact = MIA.model_copy(update={"locale": locale})
    full = FULL_FACTS[template] | facts
    return text_of(write(notice(template, "customer", contact=contact, facts=full)))


@pytest.mark.parametrize(
    ("locale", "shown"),
    [
        ("en", '€2,025.00 (0.25% of "Licence fee")'),
        ("en-US", "€2,025.00"),
        ("fr", "2 025,00 € (0,25 % de « Licence fee »)"),
    ],
)
def test_an_amount_is_written_as_the_reader_writes_it(locale: str, shown: str) -> None:
    text = _text("credit_earned", locale, credit_worth=LICENCES)
    assert shown in text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_fee_that_the_contract_lacks_is_named_and_its_percentage_stated() -> None:
    worth = {"percent": "5", "fee": "Monthly fee", "fee_missing": True}
    english = _text("credit_earned", "en", credit_worth=worth)
    assert '5% of "Monthly fee". The contract does not state this fee' in english
    french = _text("credit_earned", "fr", credit_worth=worth)
    assert "montant reste donc à établir" in french


def test_a_capped_credit_states_the_cap_and_the_worth_without_it() -> None:
    cap = {"amount": "2000.00", "currency": "EUR", "days": 0}
    capped = {"amount": "50.00", "currency": "EUR"}
    before = {"amount": "75.00", "currency": "EUR", "days": 0}
    text = _text("credit_earned", "en", credit_worth=capped, cap=cap, before_cap=before)
    assert "worth €50.00. The credits of this period are limited to €2,000.00" in text
    assert "the worth would be €75.00" in text


def test_a_time_limit_in_business_time_is_told_to_the_minute() -> None:
    text = _text("credit_earned", "en", claim_until_at="2026-07-27T12:30:00+00:00")
    assert "by Monday 27 July 2026, " in text


def test_a_claim_in_money_asks_for_the_amount_and_not_for_a_longer_contract() -> None:
    text = _text("credits_claimed", "en", days=0, worths=[LICENCES], reviewed=False)
    assert "worth €2,025.00" in text
    assert "have the amount credited" in text
    assert "contract extended" not in text


def test_a_service_level_is_told_with_its_tickets_and_its_exact_share() -> None:
    english = _text("service_level_missed", "en")
    assert '48 of 49 requests were in time for "Quick answers" (97.9591%)' in english
    assert "the commitment is 98%" in english
    assert "48 sur 49" in _text("service_level_missed", "fr")
    assert "49 sur 49, soit 100 %" in _text("service_level_kept", "fr").replace(
        "\N{NO-BREAK SPACE}", " "
    )


def test_a_number_of_breaches_is_told_with_its_period() -> None:
    facts = {"ticket_number": None, "breaches": 3, "period_begins": "2026-06-01"}
    text = _text("credit_earned", "en", **facts, period_ends="2026-06-30")
    assert "3 missed deadlines of the resolution" in text
