"""Calendars that a revision renames or removes: cycles go on counting on theirs."""

from typing import Any

import pytest

from policies.vocabulary import Action
from tests.harness import OPERATOR
from tests.workflows.ticket.changing_policy import POLICY, changing_terms, changing_ticket, london
from workflows.shared.refusals import InvalidContent
from workflows.ticket.model.revisions import preview

WHY: dict[str, Any] = {"reason": "Agreed with the customer."}


@pytest.mark.parametrize("has_clock", [True, False])
def test_a_cycle_keeps_the_calendar_that_it_counts_on_when_the_new_terms_have_none_of_its_name(
    has_clock: bool,
) -> None:
    driver = changing_ticket("2027-03-01 10:00").until_instant(london("2027-03-01 10:30"))
    driver.act(Action.RECLASSIFY, priority="urgent", reason="Nobody can work.")
    driver.until_instant(london("2027-03-01 18:00"))
    renamed = POLICY.replace("always", "day_and_night").replace("2026-01-01", "2027-01-01")
    new = changing_terms(driver.state.opening.received_at, "normal", renamed)
    if not has_clock:
        new = new.model_copy(update={"clocks": new.clocks[:1], "credited": ()})
    assert [move.name for move in preview(driver.state, new, driver.now).clocks]
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    first = next(clock for clock in driver.state.clocks if clock.name == "fix")
    assert first.breached_at == london("2027-03-01 14:00")
    with pytest.raises(InvalidContent, match="already under these terms"):
        driver.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    driver = driver.carried().act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    assert all(not clock.is_open for clock in driver.state.clocks)
