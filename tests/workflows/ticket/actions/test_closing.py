"""Reasons that a policy has by name: agents close by them, and its words are told."""

from typing import Any

import pytest

from policies.schema.contract import Contact
from policies.vocabulary import Action, ClosedAs, EventType
from tests.conftest import Begin
from tests.harness import MIA, RecordingMailer, new_york, opening
from tests.workflows.ticket.story import WEDNESDAY, Story
from tests.workflows.ticket.test_other_policies import cention, cention_services, contract
from workflows.shared.refusals import InvalidContent
from workflows.ticket.process import views

CHROME: dict[str, Any] = {"browser": "chrome", "browser_up_to_date": True}


@pytest.mark.clause("cention/exclusions")
def test_a_reason_by_name_is_told_in_the_policys_words_with_its_clause() -> None:
    story = cention().act(Action.CLOSE, closed_as="not_covered", reason="third_party")
    (closing,) = story.events(EventType.CLOSED)
    assert closing.data["reason_id"] == "third_party"
    assert closing.data["clause"] == "exclusions"
    assert "not ours" in str(closing.data["reason"])
    assert closing.data["reason"] == closing.data["says"]
    assert (story.state.closed_as, story.state.is_contestable) == (ClosedAs.NOT_COVERED, False)


@pytest.mark.clause("contentsquare/anomaly")
@pytest.mark.parametrize(("locale", "words"), [("fr", "faite sur votre site"), ("en", "your site")])
def test_the_reason_is_in_the_language_of_the_contract(locale: str, words: str) -> None:
    party = contract("maison-lumiere").model_copy(update={"locale": locale})
    story = Story(opened=opening(new_york(WEDNESDAY), contract=party, facts=CHROME))
    story.act(Action.CLOSE, closed_as="not_covered", reason="customer_site")
    assert words in str(story.events(EventType.CLOSED)[0].data["reason"])


@pytest.mark.clause("cention/exclusions")
@pytest.mark.parametrize(
    ("said", "words"),
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
def test_a_reason_that_the_policy_does_not_have_is_refused_with_those_it_has(
    said: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidContent, match=words):
        cention().act(Action.CLOSE, **({"closed_as": "not_covered"} | said))


@pytest.mark.clause("cention/exclusions")
def test_a_clause_and_words_of_ones_own_still_close_a_ticket() -> None:
    said: dict[str, Any] = {"clause": "exclusions", "reason": "A plug-in that we do not know."}
    story = cention().act(Action.CLOSE, closed_as="not_covered", **said)
    (closing,) = story.events(EventType.CLOSED)
    assert closing.data["reason"] == said["reason"]
    assert "reason_id" not in closing.data


def test_a_reason_that_happens_to_be_a_name_means_nothing_elsewhere() -> None:
    story = cention().act(Action.CLOSE, closed_as="withdrawn", reason="third_party")
    (closing,) = story.events(EventType.CLOSED)
    assert (closing.data["reason"], "clause" in closing.data) == ("third_party", False)


@pytest.mark.clause("cention/professional-services")
def test_a_verdict_that_refers_elsewhere_tells_them_and_says_whom_to_turn_to() -> None:
    story = cention_services()
    assert story.told("closed") == ["requester"]
    assert story.told("referred") == ["sales"]
    turn_to = views.view(story.state).turn_to
    assert turn_to is not None
    assert (turn_to.audience, turn_to.email) == ("sales", "sales@cention.example")
    (told,) = story.notices("closed")
    letter = story.ticket.outbox.compose(told)
    assert letter.facts["turn_to"] == {"name": "Sales", "email": "sales@cention.example"}
    (referral,) = story.notices("referred")
    assert story.ticket.outbox.compose(referral).facts["requester_email"] == (
        story.state.terms.contacts["requester"].email
    )


@pytest.mark.clause("cention/professional-services", "cention/exclusions")
def test_so_does_a_reason_that_an_agent_names() -> None:
    story = cention().act(Action.CLOSE, closed_as="not_covered", reason="custom_development")
    assert story.told("referred") == ["sales"]


def test_without_anybody_to_refer_to_nobody_is_told() -> None:
    story = cention().act(Action.CLOSE, closed_as="not_covered", reason="internet")
    assert story.told("referred") == []
    assert views.view(story.state).turn_to is None


def test_a_contract_may_name_its_own_person_to_turn_to() -> None:
    base = contract("fjordline-energy")
    own = {**base.contacts, "sales": Contact(name="Sven", email="sven@cention.example")}
    party = base.model_copy(update={"contacts": own})
    asker = MIA.model_copy(update={"email": base.designated[0]})
    facts: dict[str, Any] = {"subject_matter": "professional_services"}
    opened = opening(new_york(WEDNESDAY), contract=party, requester=asker, facts=facts)
    turn_to = views.view(Story(opened=opened).state).turn_to
    assert turn_to is not None
    assert turn_to.email == "sven@cention.example"


@pytest.mark.clause("cention/professional-services")
async def test_the_letters_of_a_referral_arrive(begin: Begin, mailer: RecordingMailer) -> None:
    base = contract("fjordline-energy")
    asker = MIA.model_copy(update={"email": base.designated[0]})
    facts: dict[str, Any] = {"subject_matter": "professional_services"}
    life = await begin(new_york(WEDNESDAY), contract=base, requester=asker, facts=facts)
    await life.delivered(2)
    requester, sales = sorted(mailer.letters, key=lambda letter: "sales@" in letter["To"])
    assert "contact Sales: sales@cention.example" in _text(requester)
    assert _text(requester).count("sold separately from support") == 1
    assert base.designated[0] in _text(sales)


def _text(letter: Any) -> str:
    text: str = letter.get_body(("plain",)).get_content()
    return text.replace("\r\n", "\n")
