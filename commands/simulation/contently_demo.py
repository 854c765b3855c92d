"""The demo: one ticket goes through the whole process that Contently documents.

It begins on the Wednesday before a weekend with a holiday, so that deadlines skip a closed Monday.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from commands.simulation.open_days import OpenDays, wednesday_before_a_long_weekend
from commands.simulation.recording import Recording
from commands.timeline.ticket_timeline import Timeline
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.contract import Contact, Contract, Publication
from policies.schema.policy import SupportPolicy
from policies.schema.request import Requester, TicketFacts
from policies.terms.model.calendar import PinnedCalendar
from policies.terms.pinned_calendar import pin_calendar
from policies.terms.settlement import settle
from policies.vocabulary import Action, EventType, Outcome, Role, Stage
from workflows.shared.action_request import Actor
from workflows.ticket.model.opening import Opening

POLICY = "contently"
HARBOUR = Contract(
    account="harbour-media",
    name="Harbour Media",
    policy=POLICY,
    publications=(Publication(name="tide", users=("*@harbour.example",)),),
    contacts={"account_manager": Contact(name="Ines Account", email="ines@contently.example")},
)
MIA = Requester(name="Mia Harbour", email="mia@harbour.example")
REQUESTER = Actor(id="mia", role=Role.REQUESTER, name="Mia Harbour")
WIDGET = Actor(id="widget", role=Role.SERVICE, name="In-platform widget")
ADA = Actor(id="ada", role=Role.AGENT, name="Ada Agent")
ENZO = Actor(id="enzo", role=Role.ENGINEERING, name="Enzo Engineer")
PIA = Actor(id="pia", role=Role.PRODUCT, name="Pia Product")
FINDINGS = {
    "reproduce": "Every time, in a new story and in old ones",
    "environment": "Two browsers, no extensions, no proxy; permissions are as they should be",
    "recent_changes": "The editor was rolled out to this publication on Monday",
    "known_issues": "Nothing known; one earlier ticket looks alike",
}


@dataclass(frozen=True)
class Prepared:
    """The opening of the ticket, and the days of the following steps."""

    opening: Opening
    open_days: OpenDays


def prepare(now: datetime) -> Prepared:
    """Prepares the opening on the next suitable Wednesday."""
    policy = PolicyCatalog.shipped().in_force(POLICY, now)
    calendar = _calendar(policy, now)
    open_days = OpenDays(calendar, wednesday_before_a_long_weekend(calendar, now))
    received_at = open_days.at(0, "14:00")
    facts = TicketFacts(requester=MIA, channel="widget", publication="tide")
    opening = Opening(
        number="DEM0-0000-0001",
        received_at=received_at,
        opened_by=WIDGET,
        subject="The editor stays blank",
        description="Since this morning the editor opens without any text.",
        terms=settle(policy, HARBOUR, facts, received_at),
        fingerprint="demo",
    )
    return Prepared(opening, open_days)


async def run(ticket: Recording, open_days: OpenDays) -> None:
    """Takes all steps."""
    await _answer_after_the_warning(ticket, open_days)
    await _triage(ticket, open_days)
    await _review_in_the_following_week(ticket, open_days)
    await _forecast_twice(ticket, open_days)
    await _resolve_twice(ticket, open_days)


async def _answer_after_the_warning(ticket: Recording, open_days: OpenDays) -> None:
    await ticket.until(open_days.at(1, "14:30"))
    ada = {"id": "ada", "name": "Ada Agent", "email": "ada@contently.example"}
    await ticket.act(Action.ASSIGN, ADA, assignee=ada)
    await ticket.until(open_days.at(1, "15:00"))
    await ticket.act(
        Action.RESPOND,
        ADA,
        message="We take this to triage. One question, so that we look in the right place.",
        outcomes=[Outcome.ESCALATION, Outcome.INFORMATION_REQUEST],
        questions=["Does it happen in a private window, too?"],
    )


async def _triage(ticket: Recording, open_days: OpenDays) -> None:
    await ticket.until(open_days.at(2, "10:00"))
    await ticket.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Yes, there too.")
    for time, (step, result) in zip(
        ("10:30", "11:30", "13:00", "14:00"), FINDINGS.items(), strict=True
    ):
        await ticket.until(open_days.at(2, time))
        await ticket.act(Action.RECORD_FINDING, ADA, step=step, result=result)
    await ticket.until(open_days.at(2, "15:30"))
    conclusion = "A regression of the new editor; support cannot fix it."
    await ticket.act(Action.CONCLUDE_TRIAGE, ADA, resolved=False, conclusion=conclusion)


async def _review_in_the_following_week(ticket: Recording, open_days: OpenDays) -> None:
    await ticket.until(open_days.at(3, "11:00"))
    review = {"viewpoint": "engineering", "priority": "high", "note": "Data is safe; a render bug"}
    await ticket.act(Action.RECORD_REVIEW, ENZO, **review)
    await ticket.until(open_days.at(3, "11:30"))
    await ticket.act_in_vain(Action.SHARE_FORECAST, ADA)
    await ticket.until(open_days.at(4, "15:00"))
    review = {"viewpoint": "product", "priority": "high", "note": "A publication cannot work"}
    await ticket.act(Action.RECORD_REVIEW, PIA, **review)


async def _forecast_twice(ticket: Recording, open_days: OpenDays) -> None:
    await ticket.until(open_days.at(5, "10:00"))
    await ticket.act(Action.SHARE_FORECAST, ADA, message="High from both viewpoints.")
    await ticket.until(open_days.at(11, "09:30"))
    await ticket.act(
        Action.SHARE_FORECAST,
        ADA,
        begins_by=open_days.day(14),
        reason="The engineer who knows the editor was ill",
    )
    await ticket.until(open_days.at(13, "10:00"))
    await ticket.act(Action.START_ENGINEERING, ENZO, note="Found the commit.")


async def _resolve_twice(ticket: Recording, open_days: OpenDays) -> None:
    await ticket.until(open_days.at(16, "16:00"))
    await ticket.act(Action.RESOLVE, ADA, resolution="Fixed in today's release.")
    await ticket.until(open_days.at(17, "10:00"))
    await ticket.act(Action.REOPEN, REQUESTER, reason="Drafts are still blank.")
    await ticket.until(open_days.at(18, "12:00"))
    await ticket.act(Action.RESOLVE, ADA, resolution="Drafts are fixed, too.")
    await ticket.until(open_days.at(24, "09:00"))


def checks(timeline: Timeline, prepared: Prepared) -> Iterator[tuple[str, bool]]:
    """The commitments of the policy, and whether the ticket met them."""
    open_days = prepared.open_days
    responded = timeline.events(EventType.RESPONDED)[0]
    warned = [e for e in timeline.events(EventType.CLOCK_WARNED) if e.at < responded.at]
    yield (
        "The response clock warned at half its time, before the first response",
        [(e.data["clock"], e.data["rung"]) for e in warned] == [("first_response", "50%")],
    )
    yield "The first response was in time", _ends(timeline, "first_response") == "met"
    triage = timeline.clock_changes("triage")
    yield (
        "Triage paused during the information request, and then skipped the holiday",
        [change.news for change in triage] == ["starts", "pauses", "resumes", "met"]
        and triage[2].due_at is not None
        and open_days.at(3, "09:00") < triage[2].due_at < open_days.at(3, "17:00"),
    )
    yield (
        "Requester and account manager were notified of the escalation at once",
        {MIA.email, "ines@contently.example"} <= _notified(timeline, responded.at),
    )
    handover = timeline.events(EventType.HANDED_OVER)[0]
    yield (
        "Engineering got the handoff automatically when the following week opened",
        (handover.role, handover.at) == (Role.SYSTEM, open_days.at(3, "09:00"))
        and "engineering@contently.example" in _notified(timeline, handover.at),
    )
    yield (
        "A forecast was refused until both reviews were recorded",
        [refused.action for refused in timeline.refusals()] == [Action.SHARE_FORECAST],
    )
    yield from _forecast_checks(timeline, open_days)
    yield from _ending_checks(timeline)


def _forecast_checks(timeline: Timeline, open_days: OpenDays) -> Iterator[tuple[str, bool]]:
    forecasts = timeline.events(EventType.FORECAST_SHARED)
    lapsed = timeline.events(EventType.FORECAST_LAPSED)
    yield (
        "The matrix proposed the date, and the forecast lapsed when work did not begin",
        [e.data["begins_by"] for e in lapsed] == [forecasts[0].data["proposed"]],
    )
    yield (
        "Requester and account manager were notified of both forecasts",
        [e.data["revision"] for e in forecasts] == [1, 2]
        and forecasts[1].data["begins_by"] == open_days.day(14).isoformat()
        and all(
            {MIA.email, "ines@contently.example"} <= _notified(timeline, e.at) for e in forecasts
        ),
    )


def _ending_checks(timeline: Timeline) -> Iterator[tuple[str, bool]]:
    resolved, closed = timeline.events(EventType.RESOLVED), timeline.events(EventType.CLOSED)
    yield (
        "Reopened once, resolved twice, then closed automatically",
        len(resolved) == len(timeline.events(EventType.REOPENED)) + 1 == 2
        and [e.role for e in closed] == [Role.SYSTEM]
        and timeline.closed_as == Stage.RESOLVED,
    )
    emails = timeline.mails()
    yield (
        "Every notice arrived exactly once",
        len(emails) == len({email.message_id for email in emails}) == timeline.notices_owed > 0
        and not timeline.events(EventType.NOTICE_UNDELIVERABLE),
    )


def _ends(timeline: Timeline, clock: str) -> str:
    return timeline.clock_changes(clock)[-1].news


def _notified(timeline: Timeline, at: datetime) -> set[str]:
    return {mail.address for mail in timeline.mails() if mail.at == at.replace(microsecond=0)}


def _calendar(policy: SupportPolicy, now: datetime) -> PinnedCalendar:
    name = policy.support_hours
    assert isinstance(name, str)
    return pin_calendar(name, policy.calendars[name], now.year)
