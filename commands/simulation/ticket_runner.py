"""Runs the ticket of a scenario: actions, comparisons, and the timeline."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from temporalio.api.workflow.v1 import PendingActivityInfo

from commands.scenario.expectation import Expectation
from commands.scenario.script import Script
from commands.scenario.steps import ActionStep
from commands.simulation.comparison import Comparisons, Snapshot, compare
from commands.simulation.deliveries import POLL_PAUSES, arrived, wait_until_delivered
from commands.simulation.recording import Recording
from commands.simulation.simulated_desk import SimulatedDesk
from commands.timeline.ticket_timeline import Timeline, is_about
from policies.business_time.zones import find_zone
from policies.vocabulary import Action, Role
from workflows.client.ticket_errors import ActionRefused
from workflows.shared.action_request import Actor
from workflows.shared.notice_view import NoticeView
from workflows.ticket.model.opening import Opening


class TicketRunner:
    """Records the ticket, and compares what is new since the previous step."""

    def __init__(
        self, script: Script, opening: Opening, recording: Recording, desk: SimulatedDesk
    ) -> None:
        self._scenario = script.scenario
        self._contract = script.contract
        self._desk = desk
        self._opening = opening
        self._recording = recording
        self._emails = desk.catcher.messages
        self._events_seen = self._notices_seen = 0

    @classmethod
    async def begin(
        cls,
        desk: SimulatedDesk,
        script: Script,
        opening: Opening,
        on_step: Callable[[datetime], None],
    ) -> "TicketRunner":
        """Opens the ticket."""
        recording = await Recording.begin(desk, opening, on_step, script.scenario.zone)
        return cls(script, opening, recording, desk)

    async def until(self, at: datetime, *, acts: bool) -> None:
        """Advances time. An action precedes what is due at the same time; a check does not."""
        if acts:
            await self._recording.approach(at)
        else:
            await self._recording.until(at)

    async def act(self, step: ActionStep) -> tuple[str, str]:
        """Takes an action; returns kind and reason of its refusal, both empty without one."""
        actor = self._scenario.actor(step.by)
        try:
            await self._take(step, actor)
            return "", ""
        except ActionRefused as refusal:
            at = self._scenario.to_utc(step.at)
            self._recording.record_refusal(at, step.do, actor, refusal.reason)
            return refusal.kind, refusal.reason

    async def _take(self, step: ActionStep, actor: Actor) -> None:
        if step.do not in SETTLED_AFTER:
            await self._recording.act(step.do, actor, **self._input(step))
            return
        with self._desk.knowing(self._contract):
            await self._recording.act(step.do, actor, **self._input(step))
            await self._recording.ticket.until_settled()

    def _input(self, step: ActionStep) -> dict[str, Any]:
        """The input of an action, with its times in UTC."""
        return step.input_in_utc(self._scenario.to_utc)

    async def check(self, expect: Expectation) -> Comparisons:
        """Compares the ticket with the expectation."""
        if expect.told or expect.not_told:
            await wait_until_delivered(self._notices)
        roles = {*(expect.allowed_actions or ())} | {*(expect.not_allowed_actions or ())}
        return compare(expect, await self._snapshot(roles))

    async def wait_until_reported(self) -> None:
        """Returns once the account has received all reports of the ticket."""
        for pause in POLL_PAUSES:
            description = await self._recording.ticket.handle.describe()
            found = description.raw_description
            # Reports go one after another: a workflow task starts the next one.
            is_between = found.HasField("pending_workflow_task")
            if not is_between and not any(map(_is_report, found.pending_activities)):
                return
            await asyncio.sleep(pause)
        raise TimeoutError

    async def timeline(self) -> Timeline:
        """The timeline of the ticket, once all notices are delivered."""
        await wait_until_delivered(self._notices)
        return await self._recording.timeline()

    async def _notices(self) -> tuple[NoticeView, ...]:
        return (await self._recording.ticket.view()).notices

    async def _snapshot(self, roles: set[Role]) -> Snapshot:
        ticket, zone = self._recording.ticket, find_zone(self._scenario.zone)
        view, events = await ticket.view(), await ticket.timeline()
        new_events = tuple(event.type for event in events[self._events_seen :])
        notices = view.notices[self._notices_seen :]
        self._events_seen, self._notices_seen = len(events), len(view.notices)
        emails = [email for email in self._emails if is_about(email, view.number)]
        return Snapshot(
            view=view,
            new_events=new_events,
            notified=tuple(arrived(notices, emails)),
            allowed={role: await ticket.allowed_actions(role) for role in sorted(roles)},
            verdict=view.verdict or self._opening.terms.verdict,
            to_utc=self._scenario.to_utc,
            local=lambda at: f"{at.astimezone(zone):%Y-%m-%d %H:%M}",
            addresses={name: to.email for name, to in self._opening.terms.contacts.items()},
        )


def _is_report(activity: PendingActivityInfo) -> bool:
    return activity.activity_type.name in REPORTS


SETTLED_AFTER = (Action.PROVIDE_INFORMATION, Action.RECLASSIFY, Action.SETTLE_TERMS)
"""Actions after which a verdict is settled again."""
REPORTS = ("report_lateness", "report_outcome")
