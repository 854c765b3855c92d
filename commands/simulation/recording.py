"""Records a simulated ticket: its clocks after each step, its refusals, and its timeline."""

from collections.abc import Callable, Sequence
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from commands.simulation.simulated_desk import SimulatedDesk, SimulatedTicket
from commands.timeline.ticket_timeline import RefusalLine, Timeline, build_timeline
from policies.terms.model.calendar import PinnedCalendar
from policies.vocabulary import Action
from workflows.client.ticket_errors import ActionRefused
from workflows.shared.action_request import Actor
from workflows.ticket.model.opening import Opening
from workflows.ticket.model.views import ClockView


class Recording:
    """One ticket, with a snapshot of its clocks after each step."""

    def __init__(
        self,
        ticket: SimulatedTicket,
        calendar: PinnedCalendar | None,
        emails: Sequence[EmailMessage],
        on_step: Callable[[datetime], None],
        zone: str | None = None,
    ) -> None:
        self.ticket = ticket
        self._zone = zone
        self._calendar = calendar
        self._emails = emails
        self._on_step = on_step
        self._snapshots: list[tuple[datetime, tuple[ClockView, ...]]] = []
        self._refused: list[RefusalLine] = []

    @classmethod
    async def begin(
        cls,
        desk: SimulatedDesk,
        opened: Opening,
        on_step: Callable[[datetime], None],
        zone: str | None = None,
    ) -> "Recording":
        """Opens the ticket and takes the first snapshot. The timeline is in `zone`, by default that
        of the ticket.
        """
        ticket, calendar = await desk.open(opened), opened.terms.desk_calendar
        recording = cls(ticket, calendar, desk.catcher.messages, on_step, zone)
        await recording._take_snapshot()
        return recording

    async def until(self, at: datetime) -> None:
        """Advances time; everything due by then, inclusive, is done."""
        await self.ticket.until(at)
        await self._take_snapshot()

    async def approach(self, at: datetime) -> None:
        """Advances time to an action, which precedes what is due at that time."""
        await self.ticket.approach(at)
        await self._take_snapshot()

    async def act(self, action: Action, actor: Actor, **input: Any) -> None:
        """Takes an action."""
        reply = await self.ticket.act(action, actor, **input)
        self._snapshots.append((self.ticket.at, reply.clocks))

    async def act_in_vain(self, action: Action, actor: Actor, **input: Any) -> None:
        """Takes an action that the ticket refuses."""
        try:
            await self.act(action, actor, **input)
        except ActionRefused as refusal:
            self.record_refusal(self.ticket.at, action, actor, refusal.reason)

    def record_refusal(self, at: datetime, action: Action, actor: Actor, reason: str) -> None:
        """Records the refusal of an action."""
        line = RefusalLine(
            at=at, action=action, by=actor.display_name, role=actor.role, reason=reason
        )
        self._refused.append(line)

    async def end(self) -> Timeline:
        """The timeline, once the ticket is closed and all notices are delivered."""
        await self.ticket.handle.result()
        return await self.timeline()

    async def timeline(self) -> Timeline:
        """The timeline so far."""
        view, events = await self.ticket.view(), await self.ticket.timeline()
        self._snapshots.append((events[-1].at, view.clocks))
        return build_timeline(
            view,
            events,
            self._refused,
            self._snapshots,
            self._emails,
            self._calendar,
            self._zone,
        )

    async def _take_snapshot(self) -> None:
        self._snapshots.append((self.ticket.at, (await self.ticket.view()).clocks))
        self._on_step(self.ticket.at)
