"""Playing a script: the real workflow lives the story, and what comes of it is compared."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from commands.recording import Recording
from commands.rehearsal import Rehearsal
from commands.simulation.comparison import (
    Comparison,
    Comparisons,
    Sight,
    compare,
    compare_refusal,
)
from commands.simulation.consistency import CLOSED, OPENING_REFUSED
from commands.simulation.expectation import Expectation
from commands.simulation.scenario import Scenario
from commands.simulation.script import Script
from commands.simulation.steps import Deed
from commands.story import Story, is_about
from policies.problems import Path
from policies.settlement import RequestRefused, settle
from policies.vocabulary import NoticeStatus, Role
from policies.zones import find_zone
from workflows.gateway import ActionRefused, TicketClosed
from workflows.ticket.messages import (
    Actor,
    NoticeView,
    Opening,
)

PAUSES = (*(0.01 * 2**n for n in range(10)), 10.0)
"""Seconds of real time between looks for mails that are under way; they arrive in the first."""
AT_OPENING: Path = ("ticket", "expect")


@dataclass(frozen=True)
class Played:
    """What came of a script. There is no story when the opening was refused."""

    script: Script
    comparisons: tuple[Comparison, ...]
    story: Story | None
    refusal: str | None = None

    @property
    def failures(self) -> tuple[Comparison, ...]:
        """The expectations that were not met."""
        return tuple(c for c in self.comparisons if not c.holds)


async def play(
    rehearsal: Rehearsal, script: Script, number: str, on_step: Callable[[datetime], None]
) -> Played:
    """Plays one script on a ticket of this number."""
    expect = script.scenario.ticket.expect
    try:
        opening = open_by(script, number)
    except RequestRefused as refusal:
        found = _under(AT_OPENING, compare_refusal(expect, OPENING_REFUSED, str(refusal)))
        return Played(script, tuple(found), None, str(refusal))
    performance = await Performance.begin(rehearsal, script.scenario, opening, on_step)
    story = await performance.play()
    return Played(script, tuple(performance.comparisons), story)


def open_by(script: Script, number: str) -> Opening:
    """The opening of the ticket, as a backend would send it; RequestRefused when there is none."""
    scenario, ticket = script.scenario, script.scenario.ticket
    return Opening(
        number=number,
        received_at=scenario.received_at,
        opened_by=Actor(id=ticket.channel, role=Role.SERVICE),
        subject=ticket.subject,
        description=ticket.description,
        publication=ticket.publication,
        terms=settle(script.policy, script.contract, ticket, scenario.received_at),
        fingerprint=number,
    )


class Performance:
    """One scenario on the stage: a recording of its ticket, and what was compared so far."""

    def __init__(
        self, scenario: Scenario, opening: Opening, recording: Recording, rehearsal: Rehearsal
    ) -> None:
        self._scenario = scenario
        self._opening = opening
        self._recording = recording
        self._mails = rehearsal.catcher.messages
        self._events_seen = self._notices_seen = 0
        self.comparisons: list[Comparison] = []

    @classmethod
    async def begin(
        cls,
        rehearsal: Rehearsal,
        scenario: Scenario,
        opening: Opening,
        on_step: Callable[[datetime], None],
    ) -> "Performance":
        """The request comes in."""
        recording = await Recording.begin(rehearsal, opening, on_step)
        return cls(scenario, opening, recording, rehearsal)

    async def play(self) -> Story:
        """The story from the opening to the last step."""
        expect = self._scenario.ticket.expect
        if expect.refused is not None:
            self._note(AT_OPENING, compare_refusal(expect, "", ""))
        await self._look(AT_OPENING, expect)
        for i, step in enumerate(self._scenario.steps):
            path: Path = ("steps", i)
            await self._recording.until(self._scenario.instant(step.at))
            if isinstance(step, Deed):
                await self._act(path, step)
            await self._look((*path, "expect"), step.expect)
        await self._delivered()
        return await self._recording.story()

    async def _act(self, path: Path, deed: Deed) -> None:
        kind, reason = "", ""
        actor = self._scenario.actor(deed.by)
        try:
            await self._recording.act(deed.do, actor, **deed.said)
        except ActionRefused as refusal:
            kind, reason = refusal.kind, refusal.reason
        except TicketClosed as closed:
            kind, reason = CLOSED, str(closed)
        if kind:
            at = self._scenario.instant(deed.at)
            self._recording.refused(at, deed.do, actor, reason)
        found = compare_refusal(deed.expect, kind, reason)
        if deed.expect.refused is not None:
            self._note((*path, "expect"), found)
        elif kind:
            self.comparisons += (_as_unexpected(c, path) for c in found)

    async def _look(self, path: Path, expect: Expectation) -> None:
        if expect.told or expect.not_told:
            await self._delivered()
        sight = await self._sight(
            {*(expect.allowed_actions or ())} | {*(expect.not_allowed_actions or ())}
        )
        self._note(path, compare(expect, sight))

    async def _sight(self, roles: set[Role]) -> Sight:
        ticket, zone = self._recording.ticket, find_zone(self._scenario.zone)
        view, events = await ticket.view(), await ticket.timeline()
        news = tuple(event.type for event in events[self._events_seen :])
        notices = view.notices[self._notices_seen :]
        self._events_seen, self._notices_seen = len(events), len(view.notices)
        return Sight(
            view=view,
            news=news,
            told=tuple(_arrived(notices, view.number, self._mails)),
            allowed={role: await ticket.allowed_actions(role) for role in sorted(roles)},
            verdict=view.verdict or self._opening.terms.verdict,
            instant=self._scenario.instant,
            local=lambda at: f"{at.astimezone(zone):%Y-%m-%d %H:%M}",
        )

    async def _delivered(self) -> None:
        """Returns when every notice that is owed by now was delivered or given up."""
        for pause in PAUSES:
            notices = (await self._recording.ticket.view()).notices
            if all(notice.status is not NoticeStatus.OWED for notice in notices):
                return
            await asyncio.sleep(pause)
        raise TimeoutError

    def _note(self, path: Path, found: Comparisons) -> None:
        self.comparisons += _under(path, found)


def _under(path: Path, found: Comparisons) -> Iterator[Comparison]:
    return (comparison.under(path) for comparison in found)


def _as_unexpected(found: Comparison, path: Path) -> Comparison:
    return Comparison((*path, "do"), found.expected, found.found, found.holds)


def _arrived(
    notices: Iterable[NoticeView], number: str, mails: Iterable[EmailMessage]
) -> Iterator[NoticeView]:
    """The notices whose mail is there: by recipient, and by the instant they are about."""
    seen = {
        (mail["To"].addresses[0].addr_spec, mail["Date"].datetime)
        for mail in mails
        if is_about(mail, number)
    }
    for notice in notices:
        if (notice.to, notice.at.replace(microsecond=0)) in seen:
            yield notice
