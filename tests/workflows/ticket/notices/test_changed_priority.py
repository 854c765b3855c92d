"""The notice of a changed priority: labels, promises as they are after the change, and who reads
the reason.
"""

from datetime import datetime
from typing import Any

import pytest

from activities.notices import Notice
from activities.rendering.email_composer import rendered
from activities.rendering.template_renderer import TemplateRenderer
from policies.schema.request import Requester
from policies.vocabulary import Action
from tests.harness import opening
from tests.policies.requests import contract, local
from tests.workflows.ticket.ticket_driver import ASK, TicketDriver

pytestmark = pytest.mark.fault(33)
RENDERER = TemplateRenderer()
PARIS, LONDON = "Europe/Paris", "Europe/London"
CHROME = {"browser": "chrome", "browser_up_to_date": True}
ELISE = Requester(name="Élise Lumière", email="elise@maison-lumiere.example", zone=PARIS)


def contentsquare(priority: str) -> TicketDriver:
    """Received on Monday at 10:00 in Paris."""
    at = local("2027-03-01 10:00", PARIS)
    opened = opening(
        at,
        contract=contract("maison-lumiere"),
        requester=ELISE,
        facts=CHROME,
        priority=priority,
    )
    return TicketDriver(opened=opened)


def outage() -> TicketDriver:
    """An outage of category 2, received on Monday at 10:00 UTC."""
    at = local("2027-03-01 10:00", "UTC")
    requester = Requester(name="Mia", email="mia@alder-forge.example", zone="UTC")
    opened = opening(
        at,
        contract=contract("alder-forge"),
        requester=requester,
        kind="issue_report",
        priority="category_2",
    )
    return TicketDriver(opened=opened)


def told(driver: TicketDriver, audience: str = "requester") -> Notice:
    [record] = [n for n in driver.notices("reclassified") if n.audience == "requester"]
    return driver.ticket.outbox.compose(record.model_copy(update={"audience": audience}))


def text(notice: Notice) -> str:
    return rendered(notice, RENDERER).text.replace("\N{NO-BREAK SPACE}", " ")


def promises(driver: TicketDriver) -> list[Any]:
    clocks = told(driver).facts["clocks"]
    assert isinstance(clocks, list)
    return clocks


@pytest.mark.clause("prismic/category-1")
def test_a_customer_is_told_of_a_changed_priority_with_its_labels_and_due_times() -> None:
    driver = outage().until_instant(local("2027-03-01 10:30", "UTC"))
    driver.act(Action.RECLASSIFY, priority="category_1", reason="Production is down.")
    written = text(told(driver))
    assert 'from "category 2" to "category 1"' in written
    assert "Acknowledgement: due by Monday 1 March 2027, 11:00 UTC." in written
    assert "First response: due by Monday 1 March 2027, 14:00 UTC." in written
    assert "Assignment: due by Monday 1 March 2027, 11:30 UTC." in written


def test_a_due_time_that_the_change_has_put_into_the_past_is_shown_as_such() -> None:
    driver = outage().until_instant(local("2027-03-01 11:20", "UTC"))
    driver.act(Action.RECLASSIFY, priority="category_1", reason="Production is down.")
    assert "11:00 UTC, which has already passed." in text(told(driver))


@pytest.mark.clause("contentsquare/classification")
def test_a_priority_without_a_time_is_told_with_its_guarantee() -> None:
    driver = contentsquare("p1").act(Action.RECLASSIFY, priority="p3", reason="Une gêne légère.")
    written = text(told(driver))
    assert "passe de « élevée » à « basse »" in written
    assert "Nous vous répondrons et résoudrons l’anomalie dans un délai raisonnable." in written


def test_a_paused_clock_has_no_due_time_in_the_notice() -> None:
    at = local("2027-01-06 10:00", "America/New_York")
    driver = TicketDriver(opened=opening(at)).act(
        Action.RESPOND, message="We look deeper.", outcomes=["escalation"]
    )
    driver.act(Action.REQUEST_INFORMATION, **ASK)
    driver.act(Action.RECLASSIFY, priority="high", reason="It blocks the launch.")
    [triage] = promises(driver)
    assert (triage["name"], triage["due_at"]) == ("triage", None)
    assert "Triage: paused for now, so it has no deadline yet." in text(told(driver))


def test_the_requester_reads_the_message_and_never_the_reason() -> None:
    driver = contentsquare("p2").act(
        Action.RECLASSIFY, priority="p1", reason="Client important.", message="Merci du rappel."
    )
    assert "Merci du rappel." in text(told(driver))
    assert "Client important." not in text(told(driver))
    assert "Motif : Client important." in text(told(driver, "assignee"))


def test_a_due_time_in_the_notice_stays_as_it_was_when_the_priority_changed() -> None:
    driver = contentsquare("p2").act(Action.RECLASSIFY, priority="p1", reason="Pressé.")
    [first] = driver.notices("reclassified")
    [response] = promises(driver)
    driver.act(Action.RECLASSIFY, priority="p2", reason="Non.")
    facts = driver.ticket.outbox.compose(first).facts
    assert facts["clocks"] == [response]
    assert datetime.fromisoformat(response["due_at"]) == local("2027-03-01 15:00", LONDON)
    assert (facts["from"], facts["to"]) == ("normale", "élevée")
