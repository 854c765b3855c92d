"""Prismic, clause by clause. All due times were computed by hand from the support page."""

from datetime import timedelta

import pytest

from policies.terms.admission import RequestRefused
from policies.vocabulary import Action, ClosedAs, EventType, Guarantee
from tests.policies.requests import CATALOG, MIDDAY, explained, local, terms

PRISMIC = CATALOG.latest("prismic")
BASIC = ("free", "starter", "small", "medium", "platinum")
PREMIUM, FREE = "alder-forge", "paper-lantern"
PROMISED = [
    ("acknowledgement", "category_1", timedelta(hours=1)),
    ("acknowledgement", "category_2", timedelta(hours=4)),
    ("first_response", "category_1", timedelta(hours=4)),
    ("first_response", "category_2", timedelta(hours=8)),
]


@pytest.mark.clause(
    "prismic/category-1", "prismic/category-2", "prismic/premium-issues", "prismic/premium-outage"
)
@pytest.mark.parametrize(
    "received",
    [
        "2026-03-04 14:00",
        "2026-03-07 03:00",
        "2026-12-25 00:00",
        "2026-12-31 23:30",
        "2026-03-29 01:30",
        "2026-10-25 02:30",
    ],
    ids=["midweek", "a Saturday night", "Christmas", "new year", "DST begins", "DST ends"],
)
@pytest.mark.parametrize("kind", ["issue_report", "api_outage"])
@pytest.mark.parametrize(("clock", "priority", "length"), PROMISED)
def test_hours_are_elapsed_time(
    clock: str, priority: str, length: timedelta, kind: str, received: str
) -> None:
    at = local(received, "Europe/Paris")
    found = explained("prismic", clock, at, plan="enterprise_premium", kind=kind, priority=priority)
    assert found.due_at == at + length
    assert found.clause == priority.replace("_", "-")
    assert found.calendar is None


@pytest.mark.clause("prismic/basic", "prismic/plans")
@pytest.mark.parametrize("plan", BASIC)
@pytest.mark.parametrize("kind", list(PRISMIC.kinds))
@pytest.mark.parametrize("priority", list(PRISMIC.priorities))
def test_basic_support_guarantees_no_time(plan: str, kind: str, priority: str) -> None:
    clock = explained("prismic", "first_response", MIDDAY, plan=plan, kind=kind, priority=priority)
    assert clock.due_at is None
    assert (clock.clause, clock.guarantee) == ("basic", "No response time is guaranteed.")


@pytest.mark.parametrize(
    ("plan", "kind", "guarantee", "clause"),
    [
        pytest.param(*cell, marks=pytest.mark.clause(f"prismic/{cell[-1]}"))
        for cell in (
            ("enterprise_advanced", "issue_report", Guarantee.PRIORITY_FLAG, "advanced-issues"),
            ("enterprise_advanced", "product_support", Guarantee.NONE, "advanced-channels"),
            ("enterprise_advanced", "enablement", Guarantee.BEST_EFFORT, "enablement"),
            ("enterprise_advanced", "developer_support", Guarantee.NONE, "basic"),
            ("enterprise_premium", "developer_support", Guarantee.NONE, "premium-developer"),
            ("enterprise_premium", "product_support", Guarantee.BEST_EFFORT, "product-best-effort"),
            ("enterprise_premium", "enablement", Guarantee.BEST_EFFORT, "enablement"),
            ("enterprise_premium", "feature_request", Guarantee.NONE, "basic"),
            ("enterprise_premium", "pricing", Guarantee.NONE, "basic"),
        )
    ],
)
@pytest.mark.clause(
    "prismic/advanced-issues",
    "prismic/advanced-channels",
    "prismic/enablement",
    "prismic/premium-developer",
    "prismic/product-best-effort",
)
def test_a_row_without_a_time_has_a_kind_of_guarantee(
    plan: str, kind: str, guarantee: Guarantee, clause: str
) -> None:
    channel = "call" if (plan, kind) == ("enterprise_premium", "developer_support") else "email"
    pinned = terms(PREMIUM, kind=kind, channel=channel) if "premium" in plan else None
    found = explained("prismic", "first_response", MIDDAY, plan=plan, kind=kind)
    assert (found.due_at, found.clause) == (None, clause)
    assert found.guarantee
    if pinned:
        assert pinned.clock("first_response").promise("category_1").guarantee is guarantee


@pytest.mark.clause("prismic/category-3")
def test_category_3_is_fixed_in_a_release_and_the_requester_is_notified() -> None:
    pinned = terms(PREMIUM, kind="issue_report", priority="category_3")
    promise = pinned.clock("first_response").promise("category_3")
    assert (promise.guarantee, promise.clause) == (Guarantee.NEXT_RELEASE, "category-3")
    [told] = [n for n in pinned.notices if n.event is EventType.RELEASE_SCHEDULED]
    assert told.tell == ("requester",)


@pytest.mark.clause("prismic/category-1", "prismic/category-2")
def test_tickets_of_categories_1_and_2_keep_an_assignee() -> None:
    process = terms(PREMIUM, kind="issue_report").process
    assert process.keep_assigned == ("category_1", "category_2")
    assert process.clauses[Action.ASSIGN] == "category-1"


@pytest.mark.clause("prismic/category-1")
@pytest.mark.parametrize(("priority", "hours"), [("category_1", 1), ("category_2", 4)])
def test_promptly_is_the_time_of_the_acknowledgement_and_promised(
    priority: str, hours: int
) -> None:
    clock = explained(
        "prismic",
        "assignment",
        MIDDAY,
        plan="enterprise_premium",
        kind="issue_report",
        priority=priority,
    )
    assert clock.promised
    assert [(rung.rung, rung.at - MIDDAY) for rung in clock.rungs] == [
        ("50%", timedelta(hours=hours) / 2),
        ("75%", timedelta(hours=hours) * 3 / 4),
        ("breach", timedelta(hours=hours)),
    ]


@pytest.mark.fault(21)
@pytest.mark.clause("prismic/premium-outage", "prismic/category-1")
@pytest.mark.parametrize("kind", ["api_outage", "issue_report"])
def test_category_1_pages_the_person_on_call_for_outages_and_issue_reports(kind: str) -> None:
    report = terms(PREMIUM, kind=kind, priority="category_1")
    told = [n for n in report.notices if n.tell == ("on_call",)]
    assert {n.event for n in told} == {EventType.OPENED, EventType.RECLASSIFIED}
    assert all(n.concerns("category_1") and not n.concerns("category_2") for n in told)
    question = terms(PREMIUM, kind="product_support", priority="category_1")
    assert not [n for n in question.notices if n.tell == ("on_call",)]


CHANNELS = {
    ("enterprise_premium", "api_outage", "category_1"): {"email", "forum", "portal", "phone"},
    ("enterprise_premium", "api_outage", "category_2"): {"email", "forum", "portal"},
    ("enterprise_premium", "issue_report", "category_1"): {"email", "forum", "portal"},
    ("enterprise_premium", "developer_support", "category_1"): {"forum", "call"},
    ("enterprise_premium", "product_support", "category_3"): {"email", "portal"},
    ("enterprise_premium", "enablement", "category_3"): {"email", "call"},
    ("free", "issue_report", "category_1"): {"email", "forum"},
    ("free", "api_outage", "category_1"): {"email", "forum"},
    ("free", "developer_support", "category_3"): {"email", "forum"},
}


@pytest.mark.clause(
    "prismic/plans",
    "prismic/premium-outage",
    "prismic/premium-developer",
    "prismic/product-best-effort",
    "prismic/enablement",
)
@pytest.mark.parametrize(("request_of", "channels"), CHANNELS.items(), ids=map("-".join, CHANNELS))
def test_each_row_has_its_channels_and_a_refusal_names_them(
    request_of: tuple[str, str, str], channels: set[str]
) -> None:
    plan, kind, priority = request_of
    account = PREMIUM if plan == "enterprise_premium" else FREE
    for channel in ("email", "forum", "portal", "phone", "call", "fax"):
        if channel in channels:
            assert terms(account, channel=channel, kind=kind, priority=priority).channel == channel
            continue
        with pytest.raises(RequestRefused, match="accepts it by") as refused:
            terms(account, channel=channel, kind=kind, priority=priority)
        [objection] = refused.value.objections
        named = objection.reason.partition("accepts it by ")[2].partition(" (")[0]
        assert set(named.split(", ")) == channels


@pytest.mark.clause("prismic/advanced-channels")
def test_product_questions_of_advanced_go_to_the_manager_or_the_portal() -> None:
    [rule] = [rule for rule in PRISMIC.channels if rule.clause == "advanced-channels"]
    assert (rule.channels, rule.plans, rule.kinds) == (
        ("email", "portal"),
        ("enterprise_advanced",),
        ("product_support",),
    )
    told = [n for n in PRISMIC.notices if n.tell == ("customer_success_manager",)]
    assert told[0].kinds == ("enablement", "product_support")


@pytest.mark.clause("prismic/premium-developer", "prismic/enablement")
@pytest.mark.parametrize(
    ("kind", "channel", "told"),
    [
        ("developer_support", "call", {"customer_success_manager"}),
        ("developer_support", "forum", set()),
        ("enablement", "email", {"customer_success_manager", "solution_engineer"}),
        ("product_support", "portal", {"customer_success_manager"}),
    ],
)
def test_those_whom_a_row_of_premium_names_are_told_of_a_request(
    kind: str, channel: str, told: set[str]
) -> None:
    notices = terms(PREMIUM, kind=kind, channel=channel).notices
    opened = {name for n in notices if n.event is EventType.OPENED for name in n.tell}
    assert opened - {"requester", "on_call"} == told


@pytest.mark.clause("prismic/enablement")
def test_the_enterprise_plans_have_eight_hours_of_enablement_per_contract_year() -> None:
    allowance = PRISMIC.allowances["enablement"]
    assert (allowance.hours, allowance.each) == (8, "contract_year")
    assert allowance.plans == ("enterprise_advanced", "enterprise_premium")
    verdict = terms(FREE, kind="enablement").verdict
    assert (verdict.closed_as, verdict.clauses) == (ClosedAs.NOT_COVERED, ("enablement",))
    assert not terms(PREMIUM, kind="enablement").verdict.refuses
