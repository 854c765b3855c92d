"""When the support team is reminded of an idle ticket: the policy's time, or a default."""

from policies.business_time.durations import Duration
from policies.terms.model.ticket_terms import IDLE, IDLE_WITHOUT_HOURS
from policies.vocabulary import Action
from tests.harness import new_york, opening
from tests.workflows.ticket.ticket_driver import WEDNESDAY, TicketDriver
from workflows.shared.action_request import ActionRequest
from workflows.ticket.actions.closing import Merge, check_merge


def test_the_time_of_the_policy_comes_before_the_default() -> None:
    terms = opening(new_york(WEDNESDAY)).terms
    own = Duration.parse("3 business days")
    process = terms.process.model_copy(update={"idle_after": own})
    assert terms.model_copy(update={"process": process}).idle_after == own


def test_the_default_depends_on_whether_there_are_support_hours() -> None:
    terms = opening(new_york(WEDNESDAY)).terms
    process = terms.process.model_copy(update={"idle_after": None})
    plain = terms.model_copy(update={"process": process})
    assert plain.idle_after == IDLE
    assert plain.model_copy(update={"support_hours": None}).idle_after == IDLE_WITHOUT_HOURS


def test_a_refused_merge_names_the_field() -> None:
    driver = TicketDriver()
    merge = Merge(into=driver.state.opening.number)
    by = driver.state.opening.opened_by
    request = ActionRequest[Merge](id=str(Action.MERGE), actor=by, content=merge)
    refusal = check_merge(driver.state, request, driver.now)
    assert refusal is not None
    assert refusal.field == "into"
