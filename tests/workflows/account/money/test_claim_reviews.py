"""Claims that are reviewed wait for a decision; others are accepted as they are filed."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from policies.terms.model.recipient import Recipient
from policies.vocabulary import Role
from tests.harness import AGENT, OPERATOR
from tests.workflows.account.account_driver import MANAGER, AccountDriver
from tests.workflows.account.money.money_policies import PREMISES, at, terms_of
from workflows.account.model.action_inputs import AccountAction
from workflows.account.model.views import ClaimState
from workflows.account.refusals import AlreadySettled
from workflows.account.views import details
from workflows.shared.action_request import Actor
from workflows.shared.refusals import WrongRole

DUE = at("2026-07-22T14:30:00+02:00")
FILED = at("2026-07-23T10:00:00+02:00")
REVIEW = '{by: [agent, account_manager], within: "3 business days", clause: failure}'
TOLD = """\
notices:
  - {event: credits_claimed, tell: [account_manager], clause: failure}
  - {event: claim_overdue, tell: [account_manager], clause: failure}
  - {event: claim_accepted, tell: [requester, customer], clause: failure}
  - {event: claim_refused, tell: [requester, customer], clause: failure}
"""
CONTACTS = {
    name: {"name": name.title(), "email": f"{name}@harbour.example"}
    for name in ("customer", "account_manager")
}
RITA = Recipient(name="Rita", email="rita@harbour.example")
ROBIN = Recipient(name="Robin", email="robin@harbour.example")


def account(review: str | None = REVIEW, **contract: Any) -> AccountDriver:
    text = PREMISES.replace("remedies:\n", f"remedies:\n  claim_review: {review}\n")
    given = {"plan": "continuity", "contacts": CONTACTS, "starts_on": "2026-01-01"} | contract
    terms = terms_of((text if review else PREMISES) + TOLD, **given)
    return AccountDriver(terms, at("2026-01-05T00:00:00+01:00"))


def late(driver: AccountDriver, ticket: str = "0001", requester: Recipient | None = RITA) -> str:
    completed = DUE + timedelta(minutes=5)
    return driver.late(
        DUE, completed, clock="first_response", ticket=ticket, requester=requester, priority="l2"
    )


def claimed(driver: AccountDriver) -> str:
    return driver.claim(FILED, late(driver))


def accept(driver: AccountDriver, claim: str, time: datetime, by: Actor = AGENT) -> str:
    return driver.act(AccountAction.ACCEPT_CLAIM, time, by=by, claim=claim)


def refuse(driver: AccountDriver, claim: str, time: datetime, by: Actor = MANAGER) -> str:
    reason = "The licence had expired."
    return driver.act(AccountAction.REFUSE_CLAIM, time, by=by, claim=claim, reason=reason)


def state_of(driver: AccountDriver, time: datetime) -> ClaimState:
    (claim,) = driver.view(time).claims
    return claim.state


def events(driver: AccountDriver) -> list[str]:
    about = ("credits_claimed", "claim_accepted", "claim_overdue", "claim_refused")
    return [event.type for event in driver.account.state.events if event.type in about]


def test_a_claim_waits_for_its_review_and_its_credits_are_claimed_meanwhile() -> None:
    driver = account()
    claim = claimed(driver)
    (found,) = driver.view(FILED).claims
    assert (found.id, found.state, found.accepted_at) == (claim, ClaimState.PENDING, None)
    assert [state for _, state in driver.credits(FILED).values()] == ["claimed"]
    assert f"Claim to review: **{claim}**, until 2026-07-28" in details(driver.state(FILED), FILED)


@pytest.mark.parametrize(
    ("within", "last_day"),
    [
        # Thursday, Friday, then Monday and Tuesday.
        ("3 business days", date(2026, 7, 28)),
        ("3 days", date(2026, 7, 26)),
        ("2 weeks", date(2026, 8, 6)),
        ("1 business day, end of day", date(2026, 7, 24)),
    ],
)
def test_the_time_for_a_decision_ends_with_a_day_of_the_account(
    within: str, last_day: date
) -> None:
    driver = account(REVIEW.replace("3 business days", within))
    claimed(driver)
    (found,) = driver.view(FILED).claims
    assert found.review_until == last_day
    end = at(f"{last_day + timedelta(days=1)}T00:00:00+02:00")
    driver.account.catch_up(end - timedelta(microseconds=1))
    assert events(driver) == ["credits_claimed"]
    driver.account.catch_up(end)
    driver.account.catch_up(end + timedelta(days=400))
    assert events(driver) == ["credits_claimed", "claim_overdue"]


def test_the_last_day_is_that_of_the_account_and_not_of_the_desk() -> None:
    driver = account(zone="Asia/Tokyo")
    claimed(driver)
    driver.account.catch_up(at("2026-07-29T00:00:00+09:00") - timedelta(seconds=1))
    assert events(driver) == ["credits_claimed"]
    driver.account.catch_up(at("2026-07-29T00:00:00+09:00"))
    assert events(driver) == ["credits_claimed", "claim_overdue"]


@pytest.mark.parametrize("decide", [accept, refuse])
def test_a_claim_that_was_decided_is_not_overdue(decide: Any) -> None:
    driver = account()
    claim = claimed(driver)
    decide(driver, claim, FILED + timedelta(hours=1))
    driver.account.catch_up(FILED + timedelta(days=30))
    assert "claim_overdue" not in events(driver)


def test_silence_decides_nothing_and_a_late_decision_counts() -> None:
    driver = account()
    claim, later = claimed(driver), FILED + timedelta(days=60)
    assert state_of(driver, later) is ClaimState.PENDING
    accept(driver, claim, later)
    (found,) = driver.view(later).claims
    assert (found.state, found.accepted_at) == (ClaimState.ACCEPTED, later)


def test_a_review_without_a_time_limit_is_never_overdue() -> None:
    driver = account("{clause: failure}")
    claim, later = claimed(driver), FILED + timedelta(days=500)
    driver.account.catch_up(later)
    assert events(driver) == ["credits_claimed"]
    assert accept(driver, claim, later, by=OPERATOR) == claim


def test_a_pending_claim_is_kept_however_old_it_is() -> None:
    driver = account()
    claim, years_later = claimed(driver), FILED + timedelta(days=4_000)
    driver.account.catch_up(years_later)
    late(driver, "0002")
    assert refuse(driver, claim, years_later) == claim


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.AGENT, True),
        (Role.ACCOUNT_MANAGER, True),
        (Role.OPERATOR, False),
        (Role.REQUESTER, False),
        (Role.SERVICE, False),
    ],
)
@pytest.mark.parametrize("decide", [accept, refuse])
def test_only_the_roles_of_the_policy_decide(role: Role, may: bool, decide: Any) -> None:
    driver = account()
    claim, actor = claimed(driver), Actor(id="someone", role=role)
    if may:
        decide(driver, claim, FILED, by=actor)
    else:
        with pytest.raises(WrongRole):
            decide(driver, claim, FILED, by=actor)
    is_decided = state_of(driver, FILED) is not ClaimState.PENDING
    assert is_decided is may


def test_a_claim_is_decided_once_but_an_acceptance_can_be_corrected() -> None:
    driver = account()
    claim = claimed(driver)
    accept(driver, claim, FILED)
    with pytest.raises(AlreadySettled, match="is already accepted"):
        accept(driver, claim, FILED)
    refuse(driver, claim, FILED)
    for decide in (accept, refuse):
        with pytest.raises(AlreadySettled, match="was already refused"):
            decide(driver, claim, FILED)
    assert [state for _, state in driver.credits(FILED).values()] == ["refused"]


def test_without_a_review_a_claim_is_accepted_as_it_is_filed() -> None:
    driver = account(review=None)
    claim = claimed(driver)
    (found,) = driver.view(FILED).claims
    assert (found.state, found.review_until) == (ClaimState.ACCEPTED, None)
    with pytest.raises(WrongRole):
        refuse(driver, claim, FILED, by=AGENT)
    with pytest.raises(AlreadySettled):
        accept(driver, claim, FILED, by=MANAGER)


def test_every_requester_of_the_claimed_credits_is_told_of_the_decision_once() -> None:
    driver = account()
    credits = (late(driver, "0001", RITA), late(driver, "0002", ROBIN), late(driver, "0003", RITA))
    claim = driver.claim(FILED, *credits)
    accept(driver, claim, FILED)
    assert driver.notified() == [
        ("credits_claimed", "account_manager", "account_manager@harbour.example"),
        ("claim_accepted", "requester", RITA.email),
        ("claim_accepted", "requester", ROBIN.email),
        ("claim_accepted", "customer", "customer@harbour.example"),
    ]
    notices = driver.account.state.notices
    assert len({notice.key for notice in notices}) == len(notices)


def test_the_details_list_the_claims_that_wait_for_a_decision() -> None:
    driver = account()
    first, second = (
        driver.claim(FILED, late(driver, "0001")),
        driver.claim(FILED, late(driver, "2")),
    )
    accept(driver, first, FILED)
    text = details(driver.account.state, FILED)
    assert f"Claim to review: **{second}**" in text
    assert f"**{first}**" not in text


def test_the_reason_of_a_decision_is_on_the_record() -> None:
    driver = account()
    claim = claimed(driver)
    why = {"claim": claim, "reason": "As agreed with Rita."}
    driver.act(AccountAction.ACCEPT_CLAIM, FILED, by=AGENT, **why)
    driver.act(AccountAction.REFUSE_CLAIM, FILED, by=MANAGER, claim=claim, reason="Filed twice.")
    decisions = [event.data["reason"] for event in driver.account.state.events[-2:]]
    assert decisions == ["As agreed with Rita.", "Filed twice."]


@pytest.mark.parametrize(
    ("staff", "shown"),
    [(Actor(id="a-7", role=Role.AGENT), "team"), (AGENT, AGENT.name)],
    ids=["an agent without a name", "an agent with one"],
)
def test_a_requester_gets_no_id_of_the_staff_who_decided_on_a_claim(
    staff: Actor, shown: str
) -> None:
    driver = account()
    accept(driver, claimed(driver), FILED, by=staff)
    authors = {notice.audience: notice.facts["by"] for notice in driver.account.state.notices}
    title = driver.account.state.terms.title
    assert authors["requester"] == (title if shown == "team" else shown)
    assert authors["customer"] == staff.display_name


def test_the_desk_is_told_by_when_to_decide() -> None:
    driver = account()
    claimed(driver)
    (notice,) = driver.account.state.notices
    facts = driver.account.outbox.compose(notice).facts
    assert (facts["reviewed"], facts["review_until"]) == (True, "2026-07-28")


def test_a_claim_keeps_its_review_under_other_terms() -> None:
    driver = account()
    claim = claimed(driver)
    driver.act(AccountAction.ADOPT_TERMS, FILED, terms=account(review=None).account.state.terms)
    assert state_of(driver, FILED) is ClaimState.PENDING
    with pytest.raises(WrongRole):
        accept(driver, claim, FILED, by=AGENT)
    accept(driver, claim, FILED, by=OPERATOR)
    assert state_of(driver, FILED) is ClaimState.ACCEPTED
