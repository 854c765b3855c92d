"""Terms are small under every policy, and equal terms are shared in memory."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from policies.schema.contract import Contract
from policies.schema.request import Requester, TicketFacts
from policies.terms.admission import RequestRefused
from policies.terms.model.process import ProcessTerms
from policies.terms.model.promise import PromiseTerms
from policies.terms.model.reason import ReasonTerms
from policies.terms.model.ticket_terms import SHARED_FIELDS, Terms
from policies.terms.settlement import settle
from policies.vocabulary import LevelOrder, Role
from tests.policies.requests import CATALOG, CONTRACTS, MIDDAY, contract, terms

REQUESTER = Requester(name="Maximiliane Musterfrau", email="maximiliane@somewhere.example")


@pytest.mark.parametrize("account", sorted(path.stem for path in CONTRACTS.glob("*.yaml")))
def test_the_terms_of_every_example_contract_are_under_twelve_kilobytes(account: str) -> None:
    agreed = contract(account)
    policy = CATALOG.latest(agreed.policy)
    for kind, priority in product(policy.kinds or [None], policy.priorities or [None]):
        ticket = TicketFacts(requester=REQUESTER, channel="email", kind=kind, priority=priority)
        try:
            pinned = settle(policy, agreed, ticket, MIDDAY)
        except RequestRefused:
            continue
        assert len(pinned.model_dump_json()) < 12_288


@pytest.mark.parametrize("slug", CATALOG.slugs)
def test_the_terms_under_every_plan_and_region_are_under_twelve_kilobytes(slug: str) -> None:
    policy = CATALOG.latest(slug)
    for plan, region in product(policy.plans or [None], policy.regions or [None]):
        agreed = Contract(account="a", name="A", policy=slug, plan=plan, region=region)
        pinned = settle(policy, agreed, TicketFacts(requester=REQUESTER, channel="email"), MIDDAY)
        assert len(pinned.model_dump_json()) < 12_288


@pytest.mark.parametrize("account", ["fjordline-energy", "alder-forge", "maison-lumiere"])
def test_terms_survive_json(account: str) -> None:
    pinned = terms(account)
    assert type(pinned).model_validate_json(pinned.model_dump_json()) == pinned


@pytest.mark.parametrize("account", ["fjordline-energy", "alder-forge", "maison-lumiere"])
def test_tickets_with_equal_terms_share_them(account: str) -> None:
    written = terms(account).model_dump_json()
    first, second = (Terms.model_validate_json(written) for _ in range(2))
    assert first == second
    assert all(getattr(first, name) is getattr(second, name) for name in SHARED_FIELDS)
    assert first.offsets is second.offsets
    own = {"verdict", "contacts", "promised_by", "overrides", "hours_by_priority"}
    large = {name for name in Terms.model_fields if isinstance(getattr(first, name), dict | tuple)}
    shared = {name for name in large if getattr(first, name) is getattr(second, name)}
    assert large - own <= shared


def test_tickets_with_other_terms_do_not_share_them() -> None:
    first = terms("alder-forge")
    other = first.model_dump() | {"credited": ("first_response",)}
    second = Terms.model_validate(other)
    assert second.credited == ("first_response",)
    assert first.credited != second.credited
    assert second.clocks == first.clocks


def test_terms_that_are_as_usual_take_no_room() -> None:
    assert ProcessTerms().model_dump() == {}


def test_a_promise_counts_on_its_calendar_or_that_of_its_clock_or_the_support_hours() -> None:
    pinned = terms("fjordline-energy")
    own, *_ = pinned.calendars.values()
    calendars = {name: own.model_copy(update={"name": name}) for name in ("desk", "clock", "own")}
    changed = pinned.model_copy(update={"calendars": calendars, "support_hours": "desk"})
    clock = pinned.clocks[0].model_copy(update={"calendar": None})
    for calendar, promised, name in (
        (None, None, "desk"),
        ("clock", None, "clock"),
        ("clock", "own", "own"),
        (None, "own", "own"),
    ):
        found = changed.calendar_of(
            clock.model_copy(update={"calendar": calendar}), PromiseTerms(calendar=promised)
        )
        assert found is calendars[name]


def test_terms_have_no_clock_that_they_do_not_name() -> None:
    pinned = terms("harbour-media")
    assert pinned.clock("first_response").name == "first_response"
    with pytest.raises(KeyError, match="nothing"):
        pinned.clock("nothing")


def test_the_date_of_a_calendar_is_that_of_its_zone() -> None:
    desk = terms("harbour-media").desk_calendar
    assert desk is not None
    midnight = datetime(2027, 1, 7, 5, tzinfo=UTC)
    assert desk.local_date(midnight) == date(2027, 1, 7)
    assert desk.local_date(midnight - timedelta(seconds=1)) == date(2027, 1, 6)


def test_a_process_that_a_policy_does_not_describe_is_the_usual_one() -> None:
    usual = ProcessTerms()
    assert (usual.escalate_by, usual.no_reply_by) == ((Role.AGENT,), (Role.AGENT,))
    assert (usual.idle_tell, usual.automatic_handoff) == (("assignee",), True)
    assert (usual.level_order, usual.raise_after) == (LevelOrder.LADDER, ())


def test_a_fact_that_the_terms_do_not_know_is_shown_as_it_is() -> None:
    own = terms("fjordline-energy")
    assert own.fact_label("unheard_of", "so") == "so"


def test_a_choice_of_a_fact_has_its_label_and_any_other_value_none() -> None:
    own = terms("millbrook-township", kind="framework")
    assert own.facts is not None
    [first, *_] = own.facts["nature"].choices
    assert own.fact_label("nature", first) == own.choices["nature"][0]
    assert own.fact_label("nature", "so") == "so"
    assert own.model_copy(update={"facts": None}).fact_label("nature", first) == first


def test_an_exclusion_has_its_own_text_or_that_of_its_reason() -> None:
    reasons = {
        name: ReasonTerms(clause=clause, says=f"{name} says so.")
        for name, clause in (("first", "other"), ("second", "of_reason"))
    }
    exclusions = {"own": "Its own text.", "of_reason": "", "silent": ""}
    own = terms("harbour-media").model_copy(update={"reasons": reasons, "exclusions": exclusions})
    texts = {clause: own.exclusion(clause) for clause in (*exclusions, "other", None)}
    assert texts == {
        "own": "Its own text.",
        "of_reason": "second says so.",
        "silent": None,
        "other": None,
        None: None,
    }


def test_the_facts_of_a_ticket_are_those_given_since_and_else_those_at_its_settlement() -> None:
    own = terms("harbour-media").model_copy(
        update={"promised_by": {"place": "london", "vip": None, "site": None}}
    )
    assert own.rows_of({}) == {"place": "london"}
    assert own.rows_of({"vip": True, "cause": "platform"}) == {"place": "london", "vip": "true"}
    assert own.rows_of({"place": 5, "site": "a"}) == {"site": "a"}


def test_a_policy_that_is_not_known_yet_leaves_no_fact_to_the_contract() -> None:
    own = terms("millbrook-township", kind="framework")
    assert "user_support" in own.contract_facts
    assert "nature" not in own.contract_facts
    assert own.model_copy(update={"facts": None}).contract_facts == frozenset()
