"""Critical requests under the published policies: who is paged, and what the letters promise."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from policies.coverage.verdict import Decision
from policies.schema.request import Requester, TicketFacts
from policies.terms.settlement import unsettled_terms
from policies.terms.settlement_request import Settlement
from policies.vocabulary import Action, EventType, Stage
from tests.harness import REQUESTER, opening
from tests.policies.requests import contract, local
from tests.workflows.ticket.ticket_driver import TicketDriver

AT = datetime(2027, 3, 3, 3, 0, tzinfo=UTC)
NIGHT = local("2027-03-03 22:00", "Europe/London")
MIA = Requester(name="Mia", email="mia@somewhere.example")
OTHER_BROWSER = {"browser": "other"}
BO = {"id": "bo", "name": "Bo", "email": "bo@desk.example"}


def anomaly(**facts: Any) -> TicketDriver:
    """A critical anomaly of Contentsquare, at night."""
    party = contract("maison-lumiere")
    return TicketDriver(
        opened=opening(NIGHT, contract=party, requester=MIA, priority="p0", facts=facts)
    )


def outage(priority: str = "category_1") -> TicketDriver:
    """An outage of Prismic's Enterprise Premium."""
    party = contract("alder-forge")
    opened = opening(
        AT,
        contract=party,
        requester=MIA,
        channel="portal",
        kind="api_outage",
        priority=priority,
    )
    return TicketDriver(opened=opened)


def facts_of(driver: TicketDriver, template: str) -> dict[str, Any]:
    """The facts of the only notice with this template."""
    [notice] = driver.notices(template)
    return dict(driver.ticket.outbox.compose(notice).facts)


@pytest.mark.fault(18)
@pytest.mark.clause("contentsquare/critical-24x7", "contentsquare/browser")
def test_nobody_is_paged_for_a_request_that_is_refused_at_once() -> None:
    driver = anomaly(**OTHER_BROWSER)
    assert driver.state.stage is Stage.CLOSED
    assert driver.notices("paged") == []
    assert driver.audiences("closed") == ["requester"]


@pytest.mark.fault(18)
@pytest.mark.clause("contentsquare/critical-24x7", "contentsquare/anomaly")
def test_a_critical_request_that_is_taken_on_after_its_refusal_is_paged() -> None:
    driver = anomaly(**OTHER_BROWSER).until_instant(NIGHT + timedelta(minutes=30))
    driver.act(Action.OVERRIDE_VERDICT, reason="Chrome est touché aussi.")
    assert driver.audiences("paged") == ["on_call"]
    clock = driver.clock("first_response")
    assert facts_of(driver, "paged")["due_at"] == clock.due_at.isoformat()


@pytest.mark.fault(18)
@pytest.mark.clause("contentsquare/critical-24x7")
def test_an_override_of_missing_facts_pages_no_second_time() -> None:
    driver = anomaly()
    assert driver.state.verdict.decision is Decision.NEEDS_FACTS
    assert driver.audiences("paged") == ["on_call"]
    driver.act(Action.OVERRIDE_VERDICT, reason="Par courtoisie.")
    assert driver.audiences("paged") == ["on_call"]


@pytest.mark.fault(18)
@pytest.mark.clause("contentsquare/critical-24x7")
@pytest.mark.parametrize(("browser", "paged"), [("other", []), ("chrome", ["on_call"])])
def test_terms_that_are_settled_late_page_for_work_only(browser: str, paged: list[str]) -> None:
    party = contract("maison-lumiere")
    facts = {"browser": browser, "browser_up_to_date": True}
    known = opening(NIGHT, contract=party, requester=MIA, priority="p0", facts=facts)
    asked = TicketFacts(requester=MIA, channel="email", priority="p0")
    unknown = unsettled_terms(party.account, asked, NIGHT)
    driver = TicketDriver(opened=known.model_copy(update={"terms": unknown}))
    driver.until_instant(NIGHT + timedelta(minutes=5))
    driver.ticket.settle(Settlement(terms=known.terms), driver.now)
    assert driver.audiences("paged") == paged


@pytest.mark.fault(22)
@pytest.mark.clause("prismic/category-1", "prismic/category-2")
@pytest.mark.parametrize(
    ("priority", "first", "then"), [("category_1", 1, 4), ("category_2", 4, 8)]
)
def test_the_letter_promises_the_acknowledgement_and_the_response(
    priority: str, first: int, then: int
) -> None:
    facts = facts_of(outage(priority), "opened")
    assert facts["acknowledgement_due_at"] == (AT + timedelta(hours=first)).isoformat()
    assert facts["due_at"] == (AT + timedelta(hours=then)).isoformat()
    assert (facts["acknowledgement_promise"], facts["promise"]) == (
        f"{first} hour{'s' if first > 1 else ''}",
        f"{then} hours",
    )


@pytest.mark.fault(22)
@pytest.mark.clause("prismic/category-3")
def test_the_letter_of_category_3_has_its_guarantee_once() -> None:
    facts = facts_of(outage("category_3"), "opened")
    assert "maintenance release" in facts["guarantee"]
    assert not [name for name in facts if name.startswith("acknowledgement")]


@pytest.mark.clause("prismic/category-2", "prismic/category-3")
def test_a_change_of_category_counts_its_hours_from_receipt_and_category_3_has_none() -> None:
    driver = outage("category_3").until_instant(AT + timedelta(hours=5))
    driver.act(Action.RECLASSIFY, priority="category_2", reason="Half of it is down.")
    response = driver.clock("first_response")
    assert response.due_at == AT + timedelta(hours=8)
    # Four hours for the acknowledgement were over before: it is late from the change on.
    assert driver.clock("acknowledgement").breached_at == AT + timedelta(hours=5)
    driver.act(Action.RECLASSIFY, priority="category_3", reason="It is back.")
    assert not driver.clock("first_response").is_open
    driver.act(Action.ASSIGN, assignee=BO).act(Action.ASSIGN, assignee=None)
    driver.act(Action.WITHDRAW, REQUESTER)
    assert driver.events(EventType.CLOSED)
