from datetime import date, timedelta, timezone

import pytest
from pydantic import ValidationError

from policies.account_terms import AccountTerms, MaintenanceWindow, account_terms
from policies.catalogue import Catalogue
from policies.contract import Contract
from policies.durations import Duration
from policies.schema import CreditRule, RemedyRules
from tests.harness import HARBOUR
from tests.policies.account_samples import CONTENTSQUARE, PRISMIC

POLICY = Catalogue.load().latest("contently")


def test_a_policy_without_remedies_promises_an_account_nothing() -> None:
    contract = HARBOUR.model_copy(update={"starts_on": date(2026, 1, 15)})
    terms = account_terms(POLICY, contract)
    assert (terms.account, terms.policy) == ("harbour-media", "contently")
    assert terms.starts_on == date(2026, 1, 15)
    promised = (terms.enablement, terms.late_resolution, terms.availability, terms.claims)
    assert not any(promised)


def test_the_remedies_of_a_policy_are_pinned() -> None:
    remedies = RemedyRules(
        credits=(
            CreditRule(clause="one", priorities=("p0",), each=Duration.parse("24 hours")),
            CreditRule(clause="two", availability_below=99.5),
        ),
        claim_within=Duration.parse("30 days"),
        claim_clause="three",
    )
    terms = account_terms(POLICY.model_copy(update={"remedies": remedies}), HARBOUR)
    assert terms.late_resolution is not None
    assert terms.late_resolution.priorities == ("p0",)
    assert terms.availability is not None
    assert str(terms.availability.target) == "99.5"
    assert terms.claims is not None
    assert (terms.claims.days, terms.claims.clause) == (30, "three")


@pytest.mark.parametrize("terms", [CONTENTSQUARE, PRISMIC])
def test_terms_are_the_same_after_a_journey_through_json(terms: AccountTerms) -> None:
    assert AccountTerms.model_validate_json(terms.model_dump_json()) == terms
    assert len(terms.model_dump_json()) < 1_500


@pytest.mark.parametrize(
    ("offset", "minutes"), [("+00:00", 0), ("+02:00", 120), ("-05:00", -300), ("-03:30", -210)]
)
def test_offsets_are_fixed(offset: str, minutes: int) -> None:
    terms = PRISMIC.model_copy(update={"offset": offset})
    assert terms.zone == timezone(timedelta(minutes=minutes))


@pytest.mark.parametrize(
    "wrong", [{"weekday": "someday"}, {"opens": "8:00"}, {"closes": "24:01"}, {"offset": "CET"}]
)
def test_windows_that_are_none_are_refused(wrong: dict[str, str]) -> None:
    right = {"weekday": "sat", "opens": "08:00", "closes": "16:00"}
    with pytest.raises(ValidationError):
        MaintenanceWindow.model_validate(right | wrong)


@pytest.mark.parametrize("wrong", [1_700_000_000, True, "soon", "1999-12-31", "9999-12-31"])
def test_a_contract_starts_on_a_date(wrong: object) -> None:
    known = {"account": "a", "name": "A", "policy": "contently"}
    assert Contract.model_validate(known | {"starts_on": "2026-01-15"}).starts_on
    with pytest.raises(ValidationError):
        Contract.model_validate(known | {"starts_on": wrong})
