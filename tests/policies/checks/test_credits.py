"""Credits can be computed."""

import pytest

from tests.policies.checks.case import Case, assert_is_reported
from tests.policies.sample_documents import broken, problems_in

AVAILABILITY = "    - {availability_below: 99.5, clause: credit}"
PROMISED = "  availability: {percent: 99.9, clause: credit}"
CASES = {
    "a credit below another availability than promised": Case(
        "    - {availability_below: 99.5, clause: credit}",
        "    - {availability_below: ¦99.5, clause: credit}\n"
        "  availability: {percent: 99.9, clause: credit}",
        "remedies.credits[1].availability_below",
        "99.5 differs from the promised 99.9 percent",
        "write 99.9",
    ),
    "a credit for an unknown clock": Case(
        "{clock: first_response,",
        "{clock: ¦first_reply,",
        "remedies.credits[0].clock",
        'the clock "first_reply" is not declared',
        'did you mean "first_response"?',
    ),
    "a credit for an unknown priority": Case(
        "priorities: [urgent], each",
        "priorities: [¦high], each",
        "remedies.credits[0].priorities[0]",
        'the priority "high" is not declared',
    ),
    "a credit that nothing earns": Case(
        "    - {availability_below: 99.5, clause",
        "    - ¦{clause",
        "remedies.credits[1]",
        "nothing earns this credit",
    ),
    "a credit without a measure": Case(
        "    - {clock: first_response, priorities: [urgent], each: 1 day, clause",
        "    - ¦{clock: first_response, clause",
        "remedies.credits[0]",
        "does not state how much lateness",
        "each: 1 day",
    ),
    "lateness counted in opening hours": Case(
        "each: 1 day, clause",
        "each: ¦1 business day, clause",
        "remedies.credits[0].each",
        "lateness is elapsed time",
        "1 day",
    ),
    "a credit worth a part of a day": Case(
        "each: 1 day, clause",
        "each: 1 day, worth: ¦12 hours, clause",
        "remedies.credits[0].worth",
        "is not in whole days",
    ),
    "a credit that is earned in two ways": Case(
        AVAILABILITY,
        "    - ¦{availability_below: 99.5, clock: first_response, each: 1 day, "
        "priorities: [normal], clause: credit}",
        "remedies.credits[1]",
        "earned in more than one way",
    ),
    "a credit for lateness and for breaches": Case(
        AVAILABILITY,
        "    - ¦{clock: first_response, priorities: [normal], each: 1 day, period: month, "
        "bands: [{breaches: 2, worth: 1 day}], clause: credit}",
        "remedies.credits[1]",
        "counts lateness and breaches",
    ),
    "a number of breaches without bands": Case(
        AVAILABILITY,
        "    - ¦{clock: first_response, priorities: [normal], period: month, clause: credit}",
        "remedies.credits[1]",
        "how many breaches",
        "bands: [{breaches: 3, worth: 1 day}]",
    ),
    "a band without a limit": Case(
        AVAILABILITY,
        f"    - {{bands: [¦{{worth: 1 day}}], clause: credit}}\n{PROMISED}",
        "remedies.credits[1].bands[0]",
        "has no limit",
        "below: 99.5",
    ),
    "two bands with one limit": Case(
        AVAILABILITY,
        "    - {bands: [{below: 99.5, worth: 1 day}, ¦{below: 99.5, worth: 2 days}], "
        f"clause: credit}}\n{PROMISED}",
        "remedies.credits[1].bands[1]",
        "the same limit",
    ),
    "bands beside a worth": Case(
        AVAILABILITY,
        "    - {bands: [{below: 99.5, worth: 1 day}], ¦worth: 1 day, "
        f"clause: credit}}\n{PROMISED}",
        "remedies.credits[1].worth",
        "a worth of its own",
    ),
    "bands of availability that is not promised": Case(
        AVAILABILITY,
        "    - {¦bands: [{below: 99.5, worth: 1 day}], clause: credit}",
        "remedies.credits[1].bands",
        "is not promised",
        "remedies.availability",
    ),
    "a band above the promise": Case(
        AVAILABILITY,
        f"    - {{¦bands: [{{below: 99.95, worth: 1 day}}], clause: credit}}\n{PROMISED}",
        "remedies.credits[1].bands",
        "99.95 is above the promised 99.9 percent",
    ),
    "a percentage of an unknown fee": Case(
        AVAILABILITY,
        "    - {availability_below: 99.5, worth: {percent: 5, of: ¦yearly}, clause: credit}\n"
        "  fees: {¦yearly_fee: Yearly fee}",
        "remedies.credits[1].worth.of",
        'the fee "yearly" is not declared',
        "yearly_fee",
    ),
    "a cap with two limits": Case(
        AVAILABILITY,
        "    - {availability_below: 99.5, ¦cap: {time: 5 days, amount: 5 EUR, each: month}, "
        "clause: credit}",
        "remedies.credits[1].cap",
        "does not state one limit",
    ),
    "a cap in money for contract time": Case(
        AVAILABILITY,
        "    - {availability_below: 99.5, ¦cap: {amount: 5 EUR, each: month}, clause: credit}",
        "remedies.credits[1].cap",
        "not both contract time, or both money",
    ),
    "points below an availability that depends on the plan": Case(
        AVAILABILITY,
        "    - {availability_below: ¦99.9, clause: credit}\n"
        "  availability: {percent: {by: [plan], cells: {gold: 99.9, silver: 99.5}}, "
        "clause: credit}",
        "remedies.credits[1].availability_below",
        "depends on the plan",
        "a credit for each of the `plans`",
    ),
    "a credit for an unknown plan": Case(
        AVAILABILITY,
        "    - {availability_below: 99.5, plans: [¦golden], clause: credit}",
        "remedies.credits[1].plans[0]",
        'the plan "golden" is not declared',
        'did you mean "gold"?',
    ),
    "points of a plan without a promise": Case(
        AVAILABILITY,
        "    - {availability_below: 99.9, ¦plans: [silver], clause: credit}\n"
        "  availability: {percent: {by: [plan], cells: {gold: 99.9}}, clause: credit}",
        "remedies.credits[1].plans",
        "no promised availability",
        "add a cell",
    ),
    "bands of a plan without a promise": Case(
        AVAILABILITY,
        "    - {bands: [{below: 99.9, worth: 1 day}], ¦plans: [silver], clause: credit}\n"
        "  availability: {percent: {by: [plan], cells: {gold: 99.9}}, clause: credit}",
        "remedies.credits[1].plans",
        "no promised availability",
    ),
    "two credits of a plan for the same month": Case(
        AVAILABILITY,
        "    - {availability_below: 99.5, plans: [gold], clause: credit}\n"
        "    - ¦{availability_below: 99.5, plans: [gold, silver], clause: credit}",
        "remedies.credits[2]",
        "another credit is earned by the same breach",
        "`plans` or `priorities`",
    ),
    "a time that availability does not count": Case(
        AVAILABILITY,
        "    - {availability_below: 99.5, ¦each: breach, clause: credit}",
        "remedies.credits[1].each",
        "only lateness of a clock and downtime are counted in time",
        "such as 1 hour",
    ),
    "downtime in business time": Case(
        AVAILABILITY,
        "    - {availability_below: 99.5, each: ¦1 business hour, clause: credit}",
        "remedies.credits[1].each",
        "is business time, but downtime is elapsed time",
        "4 hours",
    ),
    "downtime in bands": Case(
        AVAILABILITY,
        "    - {bands: [{below: 99.5, worth: 1 day}], ¦each: 1 hour, clause: credit}\n"
        "  availability: {percent: 99.9, clause: credit}",
        "remedies.credits[1].each",
        "only lateness of a clock and downtime are counted in time",
        "add `availability_below`",
    ),
    "a priority of an account": Case(
        AVAILABILITY,
        "    - {availability_below: 99.5, ¦priorities: [urgent], clause: credit}",
        "remedies.credits[1].priorities",
        "only tickets have a priority",
    ),
    "counts of bands": Case(
        AVAILABILITY,
        "    - {bands: [{below: 99.5, worth: 1 day}], ¦counts: whole, "
        f"clause: credit}}\n{PROMISED}",
        "remedies.credits[1].counts",
        "not counted in parts",
        "remove it",
    ),
    "bands of lateness": Case(
        AVAILABILITY,
        "    - {clock: first_response, priorities: [normal], each: 1 day, "
        "¦bands: [{breaches: 2, worth: 1 day}], clause: credit}",
        "remedies.credits[1].bands",
        "numbers of breaches",
        "write `period`",
    ),
    "a credit for an unknown service level": Case(
        AVAILABILITY,
        "    - {service_level: ¦quick, worth: 1 day, clause: credit}",
        "remedies.credits[1].service_level",
        'the service level "quick" is not declared',
    ),
    "two credits for one lateness": Case(
        "    - {availability_below",
        "    - ¦{clock: first_response, each: 2 days, clause: credit}\n    - {availability_below",
        "remedies.credits[1]",
        "earned by the same breach",
        "priorities",
    ),
    "two credits for one month": Case(
        "    - {availability_below: 99.5, clause: credit}",
        "    - {availability_below: 99.5, clause: credit}\n"
        "    - ¦{availability_below: 90, clause: credit}",
        "remedies.credits[2]",
        "earned by the same breach",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_an_error_is_reported_at_its_place_with_a_fix(case: Case) -> None:
    assert_is_reported(case)


@pytest.mark.parametrize(
    "remedies",
    [
        "    - {availability_below: 99.5, plans: [gold], clause: credit}\n"
        "    - {availability_below: 99, plans: [silver], clause: credit}\n"
        "  availability: {percent: {by: [plan], cells: {gold: 99.5, silver: 99}}, clause: credit}",
        "    - {bands: [{below: 99.5, worth: 1 day}], plans: [gold], clause: credit}\n"
        "    - {bands: [{below: 99, worth: 1 day}], plans: [silver], clause: credit}\n"
        "  availability: {percent: {by: [plan], cells: {gold: 99.5, silver: 99}}, clause: credit}",
        "    - {availability_below: 99.5, counts: whole, clause: credit}\n"
        "  availability: {percent: {by: [plan], cells: {gold: 99.5}}, clause: credit}",
    ],
    ids=["points by plan", "bands by plan", "a promise to one plan"],
)
def test_each_plan_can_have_credits_of_its_own_or_none(remedies: str) -> None:
    assert problems_in(broken(AVAILABILITY, remedies)) == []


def test_an_availability_above_100_percent_is_reported() -> None:
    assert_is_reported(
        Case(
            "availability_below: 99.5",
            "availability_below: ¦995",
            "remedies.credits[1].availability_below",
            "995 is not a percentage",
        )
    )


@pytest.mark.parametrize(
    ("written", "wrong", "right"),
    [
        ("{amount: 100 EURO}", "is not an amount", "40000 EUR"),
        ("{amount: 100 EUE}", "is not a currency of ISO 4217", 'did you mean "EUR"?'),
        ("{amount: 100.505 EUR}", "has too many decimals", "EUR has 2"),
        ("{amount: 1.5 JPY}", "has too many decimals", "JPY has 0"),
        ("{percent: 101, of: fee}", "is not a percentage", "99.5"),
        ("{percent: 0, of: fee}", "is not a percentage", "99.5"),
        ("10%", "does not name its fee", "{percent: 10, of: yearly_fee}"),
        ("100 EUR", "is not contract time", "{amount: 100 EUR}"),
    ],
)
def test_money_is_checked_where_it_is_written(written: str, wrong: str, right: str) -> None:
    text = broken(
        AVAILABILITY, f"    - {{availability_below: 99.5, worth: {written}, clause: credit}}"
    )
    found = [problem for problem in problems_in(text) if wrong in problem.wrong]
    assert len(found) == 1
    assert found[0].path.startswith("remedies.credits[1].worth")
    assert right in found[0].right


def test_a_default_written_out_is_no_error() -> None:
    """The overrides of a contract are applied to a policy with all its defaults."""
    bands = "    - {bands: [{below: 99.5, worth: 1 day}], counts: started, clause: credit}"
    assert problems_in(broken(AVAILABILITY, f"{bands}\n{PROMISED}")) == []
