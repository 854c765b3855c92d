"""Whom a rung, an idle ticket and a ticket without an assignee notify can depend on facts."""

from datetime import datetime
from typing import Any

import pytest

from policies.documents.problems import PolicyErrors
from policies.loading.loader import read_policy
from policies.schema.contract import Contract
from policies.schema.request import Requester, TicketFacts
from policies.schema.tables import Table
from policies.terms.late_settlement import settle_open_ticket
from policies.terms.model.ticket_terms import Terms
from policies.terms.settlement import settle
from policies.vocabulary import Action
from tests.workflows.ticket.pages.page_ticket import PageTicket, instant
from tests.workflows.ticket.ticket_driver import TicketDriver

PAGE = """\
policy: desks
title: Support of the desk nearest to you
revision: 2026-01-01
clauses: {desks: {says: The desk of your place helps you., at: Desks}}
kinds: {issue: {says: An issue}}
priorities: {high: {says: High}, low: {says: Low}}
defaults: {kind: issue, priority: low}
facts:
  place: {type: string, ask: Where are you?, choices: {london: London, paris: Paris}}
  site: {type: string, ask: Which site?, choices: {a: A, b: B}, given_by: contract}
contacts:
  london: {name: London, email: london@desk.example}
  paris: {name: Paris, email: paris@desk.example}
  night: {name: Night, email: night@desk.example}
unassigned: {by: [facts.place], cells: {london: london, otherwise: paris}}
clocks:
  answer:
    starts: [opened]
    stops: [responded]
    within: 4 hours
    promised: false
    ladder:
      - at: 50%
        tell: {by: [facts.site], cells: {a: [night], otherwise: []}}
      - at: 75%
        tell: {by: [facts.place, priority], cells: {london: {high: [london, night], low: []}, otherwise: [paris]}}
      - {at: breach, tell: [assignee]}
    clause: desks
process:
  idle:
    after: 5 days
    tell: {by: [facts.place], cells: {london: [london, night], otherwise: [assignee]}}
    clause: desks
"""  # noqa: E501  # tables are easier to read in one line
OPENED = "2026-07-06T10:00+00:00"
RITA = Requester(name="Rita", email="rita@quay.example")
LONDON: dict[str, Any] = {"facts": {"place": "london"}, "reason": "She moved."}


def terms(of_contract: dict[str, Any] | None = None, **facts: Any) -> Terms:
    request = TicketFacts(requester=RITA, channel="email", facts=facts)
    contract = Contract(account="quay", name="Quay", policy="desks", facts=of_contract or {})
    return settle(read_policy(PAGE), contract, request, instant(OPENED))


def ticket(settled: Terms) -> PageTicket:
    page = PageTicket(PAGE, OPENED)
    opening = page.driver.state.opening.model_copy(update={"terms": settled})
    page.driver = TicketDriver(opened=opening)
    return page


def told(page: PageTicket) -> list[tuple[str, str, str]]:
    """The audience, the address and the local hour of each notice."""
    return [
        (n.audience, n.to.email.partition("@")[0], f"{page.driver.state.noticed_at(n):%d %H:%M}")
        for n in page.driver.state.notices
    ]


def test_the_unassigned_contact_and_each_rung_follow_the_facts() -> None:
    paris = ticket(terms()).at("2026-07-06T15:00+00:00")
    assert told(paris) == [("paris", "paris", "06 13:00"), ("assignee", "paris", "06 14:00")]
    london = ticket(terms(place="london")).at("2026-07-06T15:00+00:00")
    assert told(london) == [("assignee", "london", "06 14:00")]


HEAD = PAGE[: PAGE.index("unassigned:")].replace(
    "contacts:",
    """calendars:
  gmt: {zone: Europe/London, hours: {mon-fri: "09:00-17:00"}, clause: desks}
  cet: {zone: Europe/Paris, hours: {mon-fri: "09:00-17:00"}, clause: desks}
readings: [{clause: desks, reading: The nearest desk has your request.}]
contacts:""",
)
CLOCK = "clocks: {answer: {starts: [opened], stops: [responded], clause: desks, "


@pytest.mark.parametrize(
    "part",
    [
        "unassigned: {by: [facts.place], cells: {london: london, otherwise: paris}}",
        "support_hours: {by: [facts.place], cells: {london: gmt, otherwise: cet}}",
        "process: {idle: {after: 5 days, clause: desks, "
        "tell: {by: [facts.place], cells: {london: [london], otherwise: [paris]}}}}",
        CLOCK + "within: {by: [facts.place], cells: {london: 1 hour, otherwise: 2 hours}}}}",
        CLOCK + "within: 1 business hour, "
        "calendar: {by: [facts.place], cells: {london: gmt, otherwise: cet}}}}",
        CLOCK + "within: 1 hour, ladder: [{at: breach, "
        "tell: {by: [facts.place], cells: {london: [london], otherwise: [paris]}}}]}}",
        "channels: [{channels: [email], facts: {place: [london]}, clause: desks}]",
        "notices: [{event: opened, tell: [paris], facts: {place: [london]}, clause: desks}]",
    ],
)
def test_every_part_of_a_policy_may_depend_on_a_fact_that_no_other_part_depends_on(
    part: str,
) -> None:
    request = TicketFacts(requester=RITA, channel="email", facts={"place": "london"})
    contract = Contract(account="quay", name="Quay", policy="desks")
    settled = settle(read_policy(f"{HEAD}{part}\n"), contract, request, instant(OPENED))
    assert settled.promised_by == {"place": "london"}


def test_a_fact_and_a_priority_that_change_count_from_then_on() -> None:
    page = ticket(terms())
    page.act(Action.RECLASSIFY, at="2026-07-06T11:00+00:00", priority="high", **LONDON)
    page.at("2026-07-06T15:00+00:00")
    assert told(page) == [
        ("london", "london", "06 13:00"),
        ("night", "night", "06 13:00"),
        ("assignee", "london", "06 14:00"),
    ]


def test_a_fact_of_the_contract_decides_once() -> None:
    at_a, elsewhere = terms({"site": "a"}), terms({"site": "b"})
    rung = at_a.clock("answer").ladder[0]
    assert (rung.tell, rung.tell_by) == (("night",), None)
    assert elsewhere.clock("answer").ladder[0].tell == ()


def test_an_idle_ticket_reminds_by_its_facts() -> None:
    def idle(settled: Terms) -> list[str]:
        page = ticket(settled).at("2026-07-12T15:00+00:00")
        return [n.audience for n in page.driver.notices("ticket_idle")]

    assert idle(terms()) == ["assignee"]
    assert idle(terms(place="london")) == ["london", "night"]


def test_terms_survive_a_round_trip_and_are_smaller_without_tables() -> None:
    settled = terms()
    assert Terms.model_validate_json(settled.model_dump_json()) == settled
    plain = settled.clock("answer").ladder[2].model_dump()
    assert plain == {"at": "breach", "tell": ("assignee",)}


def test_a_ticket_without_terms_goes_to_the_desk_for_unknown_facts() -> None:
    policy = read_policy(PAGE.replace("defaults: {kind: issue, priority: low}\n", ""))
    contract = Contract(account="quay", name="Quay", policy="desks")
    request = TicketFacts(requester=RITA, channel="email", priority="none", kind="issue")
    settlement = settle_open_ticket(policy, contract, request, datetime.fromisoformat(OPENED))
    assert settlement.desk is not None
    assert settlement.desk.email == "paris@desk.example"


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("otherwise: paris}}", "otherwise: pari}}", 'the contact "pari" is not declared'),
        ("london: london, otherwise: paris}", "london: london}", "add `otherwise`"),
        ("{a: [night], otherwise: []}", "{a: [nigt], otherwise: []}", '"nigt" is not declared'),
        ("{a: [night], otherwise: []}", "{a: [], otherwise: []}", "this rung tells nobody"),
        ("[london, night], low", "[london, london], low", '"london" is given twice'),
        ("by: [facts.site]", "by: [facts.sit]", 'uses the fact "sit", which is not declared'),
        ("{london: [london, night], otherwise: [ass", "{london: [], otherwise: [ass", "nobody is"),
    ],
)
def test_a_wrong_table_is_reported_at_its_place(old: str, new: str, text: str) -> None:
    assert old in PAGE
    with pytest.raises(PolicyErrors) as errors:
        read_policy(PAGE.replace(old, new))
    assert text in str(errors.value)


def test_a_ticket_without_a_row_in_a_table_of_audiences_reminds_nobody() -> None:
    policy = read_policy(PAGE)
    table = Table[tuple[str, ...]](by=("facts.place",), cells={"london": ("london",)})
    assert policy.process.idle is not None
    idle = policy.process.idle.model_copy(update={"tell": table})
    rung = policy.clocks["answer"].ladder[0].model_copy(update={"tell": table})
    answer = policy.clocks["answer"].model_copy(update={"ladder": (rung,)})
    process = policy.process.model_copy(update={"idle": idle})
    narrow = policy.model_copy(update={"process": process, "clocks": {"answer": answer}})
    request = TicketFacts(requester=RITA, channel="email")
    contract = Contract(account="quay", name="Quay", policy="desks")
    settled = settle(narrow, contract, request, instant(OPENED))
    assert (settled.process.idle_tell, settled.clock("answer").ladder[0].tell) == ((), ())
    assert settled.process.idle_audiences(None, {}) == ()
    assert settled.process.idle_audiences(None, {"place": "london"}) == ("london",)
