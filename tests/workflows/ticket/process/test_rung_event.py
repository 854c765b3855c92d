"""Rungs: the template of their notices, and the management level that they raise a ticket to."""

from typing import Any

import pytest

from policies.vocabulary import Action, EventType, LevelOrder
from tests.activities.rendering.sample_notices import COMPOSER, received, text_of
from tests.harness import HARBOUR, REQUESTER, new_york, opening
from tests.workflows.ticket.ticket_driver import ASK, WEDNESDAY, TicketDriver
from workflows.ticket.model.opening import Opening

LEVELS: dict[str, Any] = {
    "by": ["requester", "agent"],
    "ladder": [
        {"audience": "team_lead", "says": "the team lead", "clause": "progress"},
        {"audience": "engineering", "says": "engineering", "clause": "progress"},
        {"audience": "product", "says": "the product team", "clause": "progress"},
    ],
}
FRIDAY, MONDAY, TUESDAY = "2027-01-08 14:00", "2027-01-11 14:00", "2027-01-12 14:00"
"""The response is due on Friday; the rungs after it follow on Monday and Tuesday."""


def raising(*levels: Any, **overrides: Any) -> TicketDriver:
    """A ticket whose first response raises it to these levels: at the breach, and on each of the
    business days after it.
    """
    points = ["breach", "1 business day after", "2 business days after"]
    ladder = [
        {"at": at, "tell": ["assignee"], "raises_level": level}
        for at, level in zip(points, levels, strict=False)
    ]
    changes = {"process.levels": LEVELS, "clocks.first_response.ladder": ladder, **overrides}
    party = HARBOUR.model_copy(update={"overrides": changes})
    return TicketDriver(opened=opening(new_york(WEDNESDAY), contract=party))


def raised_by_hand(driver: TicketDriver) -> TicketDriver:
    return driver.act(Action.RAISE_LEVEL, REQUESTER, reason="We still wait.")


def levels(driver: TicketDriver) -> list[Any]:
    return [event.data["level"] for event in driver.events(EventType.LEVEL_RAISED)]


def told(driver: TicketDriver) -> list[str]:
    return [audience for audience in driver.audiences("level_raised") if audience != "requester"]


@pytest.mark.fault(36)
@pytest.mark.parametrize(
    "ladder",
    [(True, True, True), (1, 2, 3), ("team_lead", "engineering", "product"), (1, True, "product")],
)
def test_each_level_of_a_ladder_is_told_once_whatever_was_raised_by_hand(ladder: Any) -> None:
    by_clock = raising(*ladder).until(TUESDAY)
    by_hand = raised_by_hand(raising(*ladder)).until(TUESDAY)
    in_between = raised_by_hand(raising(*ladder).until(FRIDAY)).until(TUESDAY)
    for driver in (by_clock, by_hand, in_between):
        assert levels(driver) == [1, 2, 3]
        assert told(driver) == ["team_lead", "engineering", "product"]


@pytest.mark.fault(36)
def test_a_rung_raises_at_its_own_time_after_a_manual_raise() -> None:
    driver = raised_by_hand(raising(True, True)).until(FRIDAY)
    assert levels(driver) == [1]  # the breach names level 1, which the requester has reached
    assert levels(driver.until(MONDAY)) == [1, 2]


@pytest.mark.fault(36)
def test_a_rung_tells_the_levels_below_its_own_first_and_never_lowers_one() -> None:
    driver = raising(2, 3)
    assert levels(driver.until(FRIDAY)) == [1, 2]
    assert levels(raised_by_hand(driver)) == [1, 2, 3]
    assert levels(driver.until(TUESDAY)) == [1, 2, 3]


@pytest.mark.fault(36)
def test_a_level_that_the_plan_does_not_have_is_not_raised_to() -> None:
    driver = raising(
        True, True, True, **{"process.levels": {**LEVELS, "ladder": LEVELS["ladder"][:2]}}
    )
    assert levels(driver.until(TUESDAY)) == [1, 2]


@pytest.mark.fault(36)
@pytest.mark.parametrize("order", LevelOrder)
def test_a_ticket_of_a_plan_without_levels_is_raised_to_none(order: LevelOrder) -> None:
    driver = raising(True, True)
    terms = driver.state.terms
    process = terms.process.model_copy(update={"levels": (), "level_order": order})
    driver.state.opening = driver.state.opening.model_copy(
        update={"terms": terms.model_copy(update={"process": process})}
    )
    assert levels(driver.until(TUESDAY)) == []


@pytest.mark.fault(36)
def test_terms_pinned_before_levels_had_names_raise_to_the_next_level() -> None:
    pinned = raising(True, True).state.opening.model_dump(mode="json")
    for clock in pinned["terms"]["clocks"]:
        for rung in clock["ladder"]:
            rung.pop("level", None)
    driver = TicketDriver(opened=Opening.model_validate(pinned))
    assert levels(driver.until(TUESDAY)) == [1, 2]


QUESTION: dict[str, Any] = {
    "starts": ["information_requested"],
    "stops": ["information_provided"],
    "reminds": True,
    "promised": False,
    "within": "4 business days",
    "clause": "progress",
}


@pytest.mark.fault(31)
@pytest.mark.parametrize("template", [None, "reminder", "clock_warned", "information_needed"])
@pytest.mark.parametrize("at", ["50%", "2 business hours before", "breach"])
def test_a_rung_of_a_reminder_of_a_question_has_a_letter(at: str, template: str | None) -> None:
    rung = {"at": at, "tell": ["requester", "team_lead"], "template": template}
    clock = {**QUESTION, "ladder": [rung]}
    driver = raising(**{"clocks.questions": clock})
    driver.act(Action.RESPOND, **ASK, outcomes=["information_request"]).until("2027-01-20 12:00")
    records = [n for n in driver.notices() if "questions" in n.key]
    assert [record.audience for record in records] == ["requester", "team_lead"]
    for record in records:
        assert record.template == (template or "reminder")
        letter = text_of(received(COMPOSER.write(driver.ticket.outbox.compose(record))))
        assert "Which browser?" in letter or template == "clock_warned"


@pytest.mark.fault(31)
def test_a_reminder_of_a_question_states_no_due_time() -> None:
    clock = {**QUESTION, "ladder": [{"at": "50%", "tell": ["requester"]}]}
    driver = raising(**{"clocks.questions": clock})
    driver.act(Action.RESPOND, **ASK, outcomes=["information_request"]).until("2027-01-20 12:00")
    [record] = driver.notices("reminder")
    letter = text_of(received(COMPOSER.write(driver.ticket.outbox.compose(record))))
    assert "On Wednesday 6 January 2027, 14:00 EST" in letter
    assert "Please answer by" not in letter


def test_a_reminder_of_something_else_has_the_template_of_its_event_and_no_question() -> None:
    clock = {
        **QUESTION,
        "starts": ["opened"],
        "stops": ["resolved"],
        "ladder": [{"at": "50%", "tell": ["requester"]}],
    }
    driver = raising(**{"clocks.progress": clock})
    driver.act(Action.RESPOND, **ASK, outcomes=["information_request"]).until("2027-01-11 12:00")
    [record] = [n for n in driver.notices() if n.key.startswith("clock_warned/progress")]
    assert record.template == "clock_warned"
    facts = driver.ticket.outbox.compose(record).facts
    assert "questions" not in facts
    assert "due_at" in facts


def test_a_clock_that_counts_from_a_question_and_does_not_remind_has_no_reminder() -> None:
    clock = {**QUESTION, "reminds": False, "ladder": [{"at": "50%", "tell": ["team_lead"]}]}
    driver = raising(**{"clocks.questions": clock})
    driver.act(Action.RESPOND, **ASK, outcomes=["information_request"]).until("2027-01-09 12:00")
    [record] = [n for n in driver.notices() if "questions" in n.key]
    assert record.template == "clock_warned"


@pytest.mark.fault(36)
def test_a_rung_that_does_not_raise_the_ticket_leaves_its_level() -> None:
    assert levels(raising(False, True).until(FRIDAY)) == []
    assert levels(raising(False, True).until(MONDAY)) == [1]
