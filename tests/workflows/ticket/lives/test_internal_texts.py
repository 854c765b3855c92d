"""Whole lives with a marker in every internal text: requesters read none of them, in views, in the
timeline, in replies, and in e-mails (fault 55).
"""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from activities.rendering.email_composer import rendered
from activities.rendering.template_renderer import TemplateRenderer
from policies.schema.contract import Contract
from policies.terms.model.notice import NoticeTerms
from policies.vocabulary import Action, EventType, Role
from tests.harness import HARBOUR, MIA, new_york, opening
from tests.policies.requests import contract
from tests.workflows.ticket.pending_merge import PendingMerge
from tests.workflows.ticket.placed_policy import placed_ticket
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.shared.action_request import Actor
from workflows.ticket.model.visibility import is_of_requesters
from workflows.ticket.process import views

pytestmark = pytest.mark.fault(55)
SECRET = "SECRET"
"""In every text, id and address that is internal."""
THEIRS = (Role.REQUESTER, Role.SERVICE)
RENDERER = TemplateRenderer()


def staff(role: Role, name: str | None = "Ada Agent") -> Actor:
    return Actor(id=f"{SECRET}.{role}", role=role, name=name, credential=f"{SECRET}-token")


ADA, ENZO = staff(Role.AGENT), staff(Role.ENGINEERING, "Enzo Engineering")
PIA, OLGA = staff(Role.PRODUCT, None), staff(Role.OPERATOR, None)
MIA_HERSELF = Actor(id="mia", role=Role.REQUESTER, name="Mia", credential=f"{SECRET}-of-mia")
WHO = {"id": f"{SECRET}.ada", "name": "Ada Agent", "email": f"{SECRET}.ada@desk.example"}


class SecretDriver(TicketDriver):
    """A ticket whose actions by staff have marked ids."""

    def act(
        self, action: Action, actor: Actor = ADA, *, id: str | None = None, **inputs: Any
    ) -> "SecretDriver":
        super().act(action, actor, id=id or f"{SECRET}-{len(self.state.events)}", **inputs)
        return self


def secret(text: str) -> str:
    return f"{SECRET} {text}"


def with_engineering() -> TicketDriver:
    """The whole process of Contently, with triage, review, a forecast that lapses, and a merge."""
    house = HARBOUR.contacts["account_manager"]
    manager = house.model_copy(update={"email": f"{SECRET}.ines@desk.example"})
    told = HARBOUR.model_copy(update={"contacts": {"account_manager": manager}})
    driver = SecretDriver(opened=opening(new_york("2027-01-06 14:00"), contract=told))
    driver.act(Action.ACKNOWLEDGE, staff(Role.AGENT, None)).act(Action.ASSIGN, OLGA, assignee=WHO)
    driver.act(Action.ADD_NOTE, note=secret("note"))
    driver.until("2027-01-11 09:30")  # late: rungs fire on the way
    driver.act(Action.RESPOND, message="We escalate.", outcomes=["escalation"])
    driver.act(Action.RECORD_FINDING, step="reproduce", result=secret("finding"))
    driver.act(Action.RECLASSIFY, priority="high", reason=secret("reason"), message="Urgent now.")
    driver.act(
        Action.CONCLUDE_TRIAGE,
        resolved=False,
        conclusion=secret("conclusion"),
        findings=[{"step": secret("step"), "result": secret("result")}],
        undelivered=secret("undelivered"),
        not_run=secret("not run"),
    )
    driver.act(Action.HAND_OVER, note=secret("packet"))
    for actor, viewpoint in ((ENZO, "engineering"), (PIA, "product")):
        review = {"viewpoint": viewpoint, "priority": "high", "note": secret("review")}
        driver.act(Action.RECORD_REVIEW, actor, **review)
    driver.act(Action.SHARE_FORECAST, message="Both rated it high.")
    driver.until("2027-03-01 09:00")
    driver.act(Action.SHARE_FORECAST, begins_by="2027-03-20", reason="The team was short.")
    driver.act(Action.START_ENGINEERING, ENZO, note="Begun.")
    other = opening(driver.now, requester=MIA.model_copy(update={"name": secret("Leo")}))
    other = other.model_copy(update={"subject": secret("subject"), "description": secret("text")})
    PendingMerge(TicketDriver(opened=other), driver, reason=secret("merge")).complete()
    lost = driver.notices("responded")[-1]
    driver.ticket.undeliverable(lost.key, secret("550 no such user"), driver.now)
    driver.act(Action.RESOLVE, resolution="Fixed.")
    return driver.act(Action.REOPEN, MIA_HERSELF, id="back", reason="It is back.")


def raised_to_levels(account: str, **request: Any) -> Callable[[], TicketDriver]:
    """Levels that an agent raises, and one that the requester raises."""

    def live() -> TicketDriver:
        house: Contract = contract(account)
        opened = opening(new_york("2027-03-03 11:00"), contract=house, **request)
        levels = [
            level.model_copy(update={"says": secret(f"level {level.says}")})
            for level in opened.terms.process.levels
        ]
        process = opened.terms.process.model_copy(update={"levels": tuple(levels)})
        terms = opened.terms.model_copy(update={"process": process})
        driver = SecretDriver(opened=opened.model_copy(update={"terms": terms}))
        return driver.act(Action.RAISE_LEVEL, reason=secret("reason of the agent"))

    return live


def agreed() -> TicketDriver:
    """A due time that was agreed, for an internal reason."""
    given: dict[str, Any] = {"priority": "sev_3", "place": "new_york", "on_change": "recount"}
    opened = placed_ticket("2026-07-02T09:00-04:00", **given).state.opening
    rule = NoticeTerms(event=EventType.DUE_TIME_AGREED, tell=("requester",))
    terms = opened.terms.model_copy(update={"notices": (*opened.terms.notices, rule)})
    driver = SecretDriver(opened=opened.model_copy(update={"terms": terms}))
    return driver.act(
        Action.AGREE_DUE_TIME,
        clock="first_response",
        due_at="2026-07-10T12:00-04:00",
        reason=secret("agreement"),
        consent={"by": "Rita", "at": "2026-07-02T09:00-04:00", "how": "by phone"},
    )


def taken_on_after_a_refusal() -> TicketDriver:
    """A verdict that an agent overrides, then other terms."""
    driver = SecretDriver(opened=opening(new_york("2027-01-06 14:00"), publication="ebb"))
    driver.act(Action.OVERRIDE_VERDICT, reason=secret("override"))
    terms = driver.state.terms.model_copy(
        update={"revision": driver.state.terms.revision.replace(year=2027)}
    )
    return driver.act(Action.CHANGE_REVISION, OLGA, terms=terms, reason=secret("revision"))


LIVES = {
    "with_engineering": with_engineering,
    "levels_side_by_side": raised_to_levels("fjordline-energy"),
    "levels_above_each_other": raised_to_levels("maison-lumiere", priority="p2"),
    "agreed": agreed,
    "taken_on_after_a_refusal": taken_on_after_a_refusal,
}
every_life = pytest.mark.parametrize("live", LIVES.values(), ids=LIVES)


def dumped(part: BaseModel) -> str:
    return part.model_dump_json()


@every_life
@pytest.mark.parametrize("role", THEIRS)
def test_the_requesters_side_reads_no_internal_text(
    live: Callable[[], TicketDriver], role: Role
) -> None:
    state = live().state
    assert SECRET not in dumped(views.view(state, role))
    assert [e.type for e in views.timeline(state, role) if SECRET in dumped(e)] == []
    for event in state.events:
        assert SECRET not in dumped(views.reply(state, role, action_id=event.action_id))


@every_life
def test_staff_reads_every_internal_text(live: Callable[[], TicketDriver]) -> None:
    state = live().state
    recorded = [event for event in state.events if SECRET in dumped(event)]
    seen = views.timeline(state, Role.AGENT)
    assert recorded
    assert {e.seq for e in recorded} == {e.seq for e in seen if SECRET in dumped(e)}
    assert [e.data for e in seen] == [e.data for e in state.events]


@every_life
def test_no_email_to_a_requester_has_an_internal_text(live: Callable[[], TicketDriver]) -> None:
    driver = live()
    letters = [
        (record.template, rendered(driver.ticket.outbox.compose(record), RENDERER))
        for record in driver.notices()
        if is_of_requesters(record.audience)
    ]
    assert letters
    for template, letter in letters:
        assert SECRET not in letter.subject + letter.text + letter.html, template
