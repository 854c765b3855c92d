"""The ticket of a scenario on the stage: it is acted on, looked at, and told in the end."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from commands.scenario.checks import CLOSED
from commands.scenario.expectation import Expectation
from commands.scenario.scenario import Scenario
from commands.scenario.steps import ActionStep
from commands.simulation.comparison import Comparisons, Snapshot, compare
from commands.simulation.deliveries import PAUSES, arrived, wait_until_delivered
from commands.simulation.recording import Recording
from commands.simulation.simulated_desk import SimulatedDesk
from commands.timeline.ticket_timeline import Timeline, is_about
from policies.business_time.zones import find_zone
from policies.vocabulary import Role
from workflows.client.tickets import ActionRefused, TicketClosed
from workflows.shared.notice_view import NoticeView
from workflows.ticket.model.messages import Opening


class TicketRunner:
    """A recording of the ticket, and how much of it was seen."""

    def __init__(
        self, scenario: Scenario, opening: Opening, recording: Recording, rehearsal: SimulatedDesk
    ) -> None:
        self._scenario = scenario
        self._opening = opening
        self._recording = recording
        self._mails = rehearsal.catcher.messages
        self._events_seen = self._notices_seen = 0

    @classmethod
    async def begin(
        cls,
        rehearsal: SimulatedDesk,
        scenario: Scenario,
        opening: Opening,
        on_step: Callable[[datetime], None],
    ) -> "TicketRunner":
        """The request comes in."""
        recording = await Recording.begin(rehearsal, opening, on_step)
        return cls(scenario, opening, recording, rehearsal)

    async def until(self, at: datetime) -> None:
        """Lets time pass."""
        await self._recording.until(at)

    async def act(self, step: ActionStep) -> tuple[str, str]:
        """Somebody acts; the kind and the reason of a refusal, both empty when there was none."""
        actor = self._scenario.actor(step.by)
        try:
            await self._recording.act(step.do, actor, **step.said)
            return "", ""
        except ActionRefused as refusal:
            kind, reason = refusal.kind, refusal.reason
        except TicketClosed as closed:
            kind, reason = CLOSED, str(closed)
        at = self._scenario.instant(step.at)
        self._recording.refused(at, step.do, actor, reason)
        return kind, reason

    async def look(self, expect: Expectation) -> Comparisons:
        """What is expected of the ticket now, compared."""
        if expect.told or expect.not_told:
            await wait_until_delivered(self._notices)
        roles = {*(expect.allowed_actions or ())} | {*(expect.not_allowed_actions or ())}
        return compare(expect, await self._snapshot(roles))

    async def reported(self) -> None:
        """Returns when the account knows of everything that the ticket reports to it."""
        for pause in PAUSES:
            description = await self._recording.ticket.handle.describe()
            pending = description.raw_description.pending_activities
            if not any(a.activity_type.name == REPORT for a in pending):
                return
            await asyncio.sleep(pause)
        raise TimeoutError

    async def story(self) -> Timeline:
        """The story of the ticket, once everybody was told."""
        await wait_until_delivered(self._notices)
        return await self._recording.story()

    async def _notices(self) -> tuple[NoticeView, ...]:
        return (await self._recording.ticket.view()).notices

    async def _snapshot(self, roles: set[Role]) -> Snapshot:
        ticket, zone = self._recording.ticket, find_zone(self._scenario.zone)
        view, events = await ticket.view(), await ticket.timeline()
        news = tuple(event.type for event in events[self._events_seen :])
        notices = view.notices[self._notices_seen :]
        self._events_seen, self._notices_seen = len(events), len(view.notices)
        mails = [mail for mail in self._mails if is_about(mail, view.number)]
        return Snapshot(
            view=view,
            news=news,
            told=tuple(arrived(notices, mails)),
            allowed={role: await ticket.allowed_actions(role) for role in sorted(roles)},
            verdict=view.verdict or self._opening.terms.verdict,
            instant=self._scenario.instant,
            local=lambda at: f"{at.astimezone(zone):%Y-%m-%d %H:%M}",
        )


REPORT = "report_late_completion"
