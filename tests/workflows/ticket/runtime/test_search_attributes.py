"""Search attributes change at once after an action, and after the notices of a timer."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType as HistoryEvent

from policies.vocabulary import Action
from tests.harness import Life, RecordingMailer, new_york
from tests.polling import eventually
from tests.server_fixtures import Begin

WEDNESDAY, FRIDAY = "2027-01-06 14:00", "2027-01-08 14:01"
CHANGE = HistoryEvent.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES
DELIVERED = HistoryEvent.EVENT_TYPE_ACTIVITY_TASK_COMPLETED
NOT_DELIVERED = HistoryEvent.EVENT_TYPE_ACTIVITY_TASK_FAILED
BEGUN = HistoryEvent.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED


async def attribute(life: Life, name: str) -> Any:
    found = (await life.handle.describe()).typed_search_attributes
    return next((pair.value for pair in found if pair.key.name == name), None)


async def is_breached(life: Life) -> None:
    """Returns once searches find it."""
    await eventually(
        lambda: attribute(life, "TicketBreached"), lambda breached: breached == ["first_response"]
    )


async def kinds(life: Life, *wanted: HistoryEvent.ValueType) -> list[HistoryEvent.ValueType]:
    history = await life.handle.fetch_history()
    return [event.event_type for event in history.events if event.event_type in wanted]


async def run_out(begin: Begin, mailer: RecordingMailer, *, mail_is_down: bool) -> Life:
    life = await begin(new_york(WEDNESDAY))
    await life.until(new_york(FRIDAY) - timedelta(hours=1))
    await life.delivered(2)
    mailer.is_down = mail_is_down
    await life.until(new_york(FRIDAY))
    await is_breached(life)
    return life


async def test_a_breach_is_notified_before_the_search_attributes_change(
    begin: Begin, mailer: RecordingMailer
) -> None:
    life = await run_out(begin, mailer, mail_is_down=False)
    order = await kinds(life, BEGUN, CHANGE, DELIVERED)
    assert order[-3:] == [BEGUN, DELIVERED, CHANGE]


async def test_the_search_attributes_change_though_no_notice_can_be_sent(
    begin: Begin, mailer: RecordingMailer
) -> None:
    life = await run_out(begin, mailer, mail_is_down=True)
    assert await kinds(life, CHANGE, NOT_DELIVERED) == [NOT_DELIVERED, CHANGE]


@pytest.mark.parametrize("mail_is_down", [False, True])
async def test_an_action_changes_the_search_attributes_at_once(
    begin: Begin, mailer: RecordingMailer, mail_is_down: bool
) -> None:
    life = await begin(new_york(WEDNESDAY))
    await life.delivered(1)
    mailer.is_down = mail_is_down
    inputs: dict[str, Any] = {"message": "We look deeper.", "outcomes": ["escalation"]}
    due = (await life.act(Action.RESPOND, **inputs)).next_due
    assert await attribute(life, "TicketStage") == "triage"
    next_due = await attribute(life, "TicketNextDue")
    assert isinstance(next_due, datetime)
    assert next_due == due
