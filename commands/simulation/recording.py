"""A recording: a rehearsed ticket that is looked at after every step, until its story is told."""

from collections.abc import Callable, Sequence
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from commands.simulation.simulated_desk import SimulatedDesk, SimulatedTicket
from commands.timeline.ticket_timeline import RefusalLine, Timeline, build_timeline
from policies.terms.ticket_terms import PinnedCalendar
from policies.vocabulary import Action
from workflows.client.tickets import ActionRefused
from workflows.shared.action_request import Actor
from workflows.ticket.model.messages import ClockView, Opening


class Recording:
    """One ticket: the steps that are taken on it, and how its clocks looked after each."""

    def __init__(
        self,
        ticket: SimulatedTicket,
        hours: PinnedCalendar | None,
        letters: Sequence[EmailMessage],
        on_step: Callable[[datetime], None],
    ) -> None:
        self.ticket = ticket
        self._hours = hours
        self._letters = letters
        self._on_step = on_step
        self._looks: list[tuple[datetime, tuple[ClockView, ...]]] = []
        self._refused: list[RefusalLine] = []

    @classmethod
    async def begin(
        cls, rehearsal: SimulatedDesk, opened: Opening, on_step: Callable[[datetime], None]
    ) -> "Recording":
        """Opens the ticket, and looks at it for the first time."""
        ticket, hours = await rehearsal.open(opened), opened.terms.desk_calendar
        recording = cls(ticket, hours, rehearsal.catcher.messages, on_step)
        await recording._look()
        return recording

    async def until(self, at: datetime) -> None:
        """Lets time pass."""
        await self.ticket.until(at)
        await self._look()

    async def act(self, action: Action, actor: Actor, **said: Any) -> None:
        """Somebody takes an action."""
        reply = await self.ticket.act(action, actor, **said)
        self._looks.append((await self.ticket.now(), reply.clocks))

    async def try_to(self, action: Action, actor: Actor, **said: Any) -> None:
        """Somebody tries what the ticket is going to refuse."""
        try:
            await self.act(action, actor, **said)
        except ActionRefused as refusal:
            self.refused(await self.ticket.now(), action, actor, refusal.reason)

    def refused(self, at: datetime, action: Action, actor: Actor, reason: str) -> None:
        """Notes that the ticket refused what somebody tried."""
        refused = RefusalLine(
            at=at, action=action, by=actor.display_name, role=actor.role, reason=reason
        )
        self._refused.append(refused)

    async def end(self) -> Timeline:
        """The story, once the ticket is closed and everybody has been told."""
        await self.ticket.handle.result()
        return await self.story()

    async def story(self) -> Timeline:
        """The story as far as it has come."""
        view, events = await self.ticket.view(), await self.ticket.timeline()
        self._looks.append((events[-1].at, view.clocks))
        return build_timeline(view, events, self._refused, self._looks, self._letters, self._hours)

    async def _look(self) -> None:
        now = await self.ticket.now()
        self._looks.append((now, (await self.ticket.view()).clocks))
        self._on_step(now)
