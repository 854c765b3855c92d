"""Closing a ticket by a reason of the policy, and referrals to other contacts."""

from typing import Any

import pytest

from policies.schema.contract import Contact
from policies.schema.request import Requester
from policies.vocabulary import Action, ClosedAs, EventType
from tests.harness import MIA, RecordingMailer, new_york, opening
from tests.server_fixtures import Begin
from tests.workflows.ticket.test_other_policies import cention, cention_services, contract
from tests.workflows.ticket.ticket_driver import WEDNESDAY, TicketDriver
from workflows.shared.refusals import InvalidContent
from workflows.ticket.model.refusals import ConditionUnmet
from workflows.ticket.process import views

CHROME: dict[str, Any] = {"browser": "chrome", "browser_up_to_date": True}


@pytest.mark.clause("cention/exclusions")
def test_a_named_reason_is_recorded_in_the_policys_words_with_its_clause() -> None:
    driver = cention().act(Action.CLOSE, closed_as="not_covered", reason="third_party")
    (closing,) = driver.events(EventType.CLOSED)
    assert closing.data["reason_id"] == "third_party"
    assert closing.data["clause"] == "exclusions"
    assert "not ours" in str(closing.data["reason"])
    assert closing.data["reason"] == closing.data["says"]
    assert (driver.state.closed_as, driver.state.is_contestable) == (ClosedAs.NOT_COVERED, True)


@pytest.mark.clause("contentsquare/anomaly")
@pytest.mark.parametrize(("locale", "words"), [("fr", "faite sur votre site"), ("en", "your site")])
def test_the_reason_is_in_the_language_of_the_contract(locale: str, words: str) -> None:
    party = contract("maison-lumiere").model_copy(update={"locale": locale})
    driver = TicketDriver(opened=opening(new_york(WEDNESDAY), contract=party, facts=CHROME))
    driver.act(Action.CLOSE, closed_as="not_covered", reason="customer_site")
    assert words in str(driver.events(EventType.CLOSED)[0].data["reason"])


@pytest.mark.clause("cention/exclusions")
@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"reason": "thrid_party"}, "terms_violation, unauthorized_modification, third_party"),
        ({"reason": ""}, "needs a reason of this policy"),
        (
            {"reason": "third_party", "clause": "responsibilities"},
            "follows from the clause exclusions",
        ),
        (
            {"reason": "third_party", "closed_as": "not_eligible"},
            "as not_covered, not as not_eligible",
        ),
    ],
)
def test_the_refusal_of_an_unknown_reason_lists_the_known_ones(
    inputs: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidContent, match=words):
        cention().act(Action.CLOSE, **({"closed_as": "not_covered"} | inputs))


@pytest.mark.clause("cention/exclusions")
def test_an_agent_can_close_a_ticket_by_a_clause_and_their_own_words() -> None:
    inputs: dict[str, Any] = {"clause": "exclusions", "reason": "A plug-in that we do not know."}
    driver = cention().act(Action.CLOSE, closed_as="not_covered", **inputs)
    (closing,) = driver.events(EventType.CLOSED)
    assert closing.data["reason"] == inputs["reason"]
    assert "reason_id" not in closing.data


def test_the_name_of_a_reason_is_plain_text_when_a_ticket_is_withdrawn() -> None:
    driver = cention().act(Action.CLOSE, closed_as="withdrawn", reason="third_party")
    (closing,) = driver.events(EventType.CLOSED)
    assert (closing.data["reason"], "clause" in closing.data) == ("third_party", False)


@pytest.mark.clause("cention/professional-services")
def test_a_verdict_that_refers_elsewhere_notifies_that_contact() -> None:
    driver = cention_services()
    assert driver.audiences("closed") == ["requester"]
    assert driver.audiences("referred") == ["sales"]
    turn_to = views.view(driver.state).turn_to
    assert turn_to is not None
    assert (turn_to.audience, turn_to.email) == ("sales", "sales@cention.example")
    (closing,) = driver.notices("closed")
    facts = driver.ticket.outbox.compose(closing).facts
    assert facts["turn_to"] == {"name": "Sales", "email": "sales@cention.example"}
    (referral,) = driver.notices("referred")
    assert driver.ticket.outbox.compose(referral).facts["requester_email"] == (
        driver.state.terms.contacts["requester"].email
    )


@pytest.mark.clause("cention/professional-services", "cention/exclusions")
def test_a_reason_that_refers_elsewhere_notifies_that_contact() -> None:
    driver = cention().act(Action.CLOSE, closed_as="not_covered", reason="custom_development")
    assert driver.audiences("referred") == ["sales"]


def test_a_reason_without_referral_notifies_no_contact() -> None:
    driver = cention().act(Action.CLOSE, closed_as="not_covered", reason="internet")
    assert driver.audiences("referred") == []
    assert views.view(driver.state).turn_to is None


def test_a_contract_can_replace_the_contact_of_a_referral() -> None:
    base = contract("fjordline-energy")
    own = {**base.contacts, "sales": Contact(name="Sven", email="sven@cention.example")}
    party = base.model_copy(update={"contacts": own})
    asker = MIA.model_copy(update={"email": base.designated[0]})
    facts: dict[str, Any] = {"subject_matter": "professional_services"}
    opened = opening(new_york(WEDNESDAY), contract=party, requester=asker, facts=facts)
    turn_to = views.view(TicketDriver(opened=opened).state).turn_to
    assert turn_to is not None
    assert turn_to.email == "sven@cention.example"


@pytest.mark.clause("cention/professional-services")
async def test_the_emails_of_a_referral_arrive(begin: Begin, mailer: RecordingMailer) -> None:
    base = contract("fjordline-energy")
    asker = MIA.model_copy(update={"email": base.designated[0]})
    facts: dict[str, Any] = {"subject_matter": "professional_services"}
    life = await begin(new_york(WEDNESDAY), contract=base, requester=asker, facts=facts)
    await life.delivered(2)
    requester, sales = sorted(mailer.emails, key=lambda email: "sales@" in email["To"])
    assert "contact Sales: sales@cention.example" in _text(requester)
    assert _text(requester).count("sold separately from support") == 1
    assert base.designated[0] in _text(sales)


def _text(email: Any) -> str:
    text: str = email.get_body(("plain",)).get_content()
    return text.replace("\r\n", "\n")


@pytest.mark.clause("cention/responsibilities")
def test_a_policy_by_which_nobody_closes_for_silence_leaves_agents_the_other_endings() -> None:
    silent = contract("fjordline-energy").model_copy(
        update={"overrides": {"process.no_reply.by": []}}
    )
    for closed_as in (ClosedAs.NO_REPLY, ClosedAs.WITHDRAWN):
        asker = Requester(name="Kim Doe", email=silent.designated[0])
        opened = opening(new_york(WEDNESDAY), contract=silent, requester=asker, priority="minor")
        driver = TicketDriver(opened=opened)
        driver.act(Action.RESPOND, message="?", outcomes=["information_request"], questions=["?"])
        if closed_as is ClosedAs.NO_REPLY:
            with pytest.raises(ConditionUnmet, match="no reason to close") as refused:
                driver.act(Action.CLOSE, closed_as=closed_as, reason="Silence.")
            assert refused.value.clause == "responsibilities"
        else:
            driver.act(Action.CLOSE, closed_as=closed_as, reason="By phone.")
            assert driver.state.closed_as is closed_as


@pytest.mark.clause("contensive/user-support")
def test_a_closing_that_cites_a_clause_with_one_reason_states_that_reason() -> None:
    opened = opening(
        new_york(WEDNESDAY), contract=contract("millbrook-township"), kind="custom_feature"
    )
    driver = TicketDriver(opened=opened)
    driver.act(
        Action.CLOSE, closed_as="not_eligible", clause="feature-third-party", reason="A plug-in."
    )
    (closing,) = driver.events(EventType.CLOSED)
    assert (closing.data["reason"], closing.data["clause"]) == ("A plug-in.", "feature-third-party")
    assert "third-party software" in str(closing.data["says"])
