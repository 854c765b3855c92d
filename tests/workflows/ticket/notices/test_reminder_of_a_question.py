"""A reminder is about the question that was open when its rung fired."""

from policies.vocabulary import Action
from tests.workflows.ticket.process.test_rung_event import QUESTION, raising
from tests.workflows.ticket.ticket_driver import ASK


def test_a_reminder_that_is_composed_again_keeps_its_question() -> None:
    clock = {**QUESTION, "ladder": [{"at": "50%", "tell": ["requester"]}]}
    driver = raising(**{"clocks.questions": clock})
    driver.act(Action.RESPOND, **ASK, outcomes=["information_request"]).until("2027-01-09 12:00")
    [record] = driver.notices("reminder")
    driver.act(Action.REQUEST_INFORMATION, message="One more.", questions=["Since when?"])
    assert driver.ticket.outbox.compose(record).facts["questions"] == ASK["questions"]
