"""Runs the account of a scenario: actions, comparisons, and the timeline."""

from collections.abc import Callable
from datetime import datetime

from commands.scenario.account_expectation import AccountExpectation
from commands.scenario.script import Script
from commands.scenario.steps import AccountActionStep, OtherTicketsStep
from commands.simulation.account_comparison import AccountSnapshot, compare_account
from commands.simulation.comparison import Comparisons
from commands.simulation.credit_names import CreditNames
from commands.simulation.deliveries import arrived, wait_until_delivered
from commands.simulation.other_reports import OtherReports
from commands.simulation.simulated_account import SimulatedAccount
from commands.simulation.simulated_desk import SimulatedDesk
from commands.timeline.account_timeline import (
    AccountTimeline,
    build_account_timeline,
    is_to_account,
)
from commands.timeline.ticket_timeline import RefusalLine
from policies.accounts.account_settlement import account_terms
from policies.business_time.zones import find_zone
from workflows.account.model.events import AccountEventType
from workflows.client.accounts import AccountRefused
from workflows.shared.action_request import SYSTEM
from workflows.shared.notice_view import NoticeView
from workflows.ticket.model.opening import Opening


class AccountRunner:
    """Runs the account, and compares what is new since the previous step."""

    def __init__(
        self,
        desk: SimulatedDesk,
        script: Script,
        number: str,
        account: SimulatedAccount,
        others: OtherReports,
        on_step: Callable[[datetime], None],
    ) -> None:
        self._desk = desk
        self._script = script
        self._scenario = script.scenario
        self._account = account
        self._on_step = on_step
        self._others = others
        self._names = CreditNames(number)
        self._emails_before = len(desk.catcher.messages)
        self._last_event_seen = 0
        self._notices_seen: set[str] = set()
        self._refused: list[RefusalLine] = []

    @classmethod
    async def begin(
        cls,
        desk: SimulatedDesk,
        script: Script,
        number: str,
        opening: Opening | None,
        on_step: Callable[[datetime], None],
    ) -> "AccountRunner":
        """Adds the contract to the directory and starts the account."""
        _, begins_at = script.scenario.begins
        terms = account_terms(script.policy, script.contract, begins_at.year)
        desk.directory.contracts[terms.account] = script.contract
        account = await SimulatedAccount.begin(desk.env, terms, begins_at)
        return cls(desk, script, number, account, OtherReports(script, opening), on_step)

    async def end(self) -> None:
        """Ends the account, because another scenario may have one with the same name."""
        del self._desk.directory.contracts[self._account.terms.account]
        await self._account.handle.terminate()

    async def until(self, at: datetime) -> None:
        """Advances time."""
        await self._account.until(at)
        self._on_step(at)

    async def act(self, step: AccountActionStep) -> tuple[str, str]:
        """Takes an action; returns kind and reason of its refusal, both empty without one."""
        actor = self._scenario.actor(step.by)
        input = step.input_in_utc(self._scenario.to_utc)
        try:
            await self._account.act(step.do, actor, **self._names.expand(input))
        except AccountRefused as refusal:
            self._refused.append(
                RefusalLine(
                    at=self._scenario.to_utc(step.at),
                    action=step.do,
                    by=actor.display_name,
                    role=actor.role,
                    reason=refusal.reason,
                )
            )
            return refusal.kind, self._names.shorten(refusal.reason)
        return "", ""

    async def count(self, step: OtherTicketsStep) -> None:
        """Reports the other tickets of a step to the account."""
        for action, content in self._others.reports(step, self._scenario.to_utc(step.at)):
            await self._account.act(action, SYSTEM, **content)

    async def check(self, expect: AccountExpectation) -> Comparisons:
        """Compares the account with the expectation."""
        if expect.told or expect.not_told:
            await wait_until_delivered(self._notices)
        return compare_account(expect, await self._snapshot(expect))

    async def timeline(self) -> AccountTimeline:
        """The timeline of the account, once all notices are delivered."""
        await wait_until_delivered(self._notices)
        emails = self._desk.catcher.messages[self._emails_before :]
        view = await self._account.view()
        return build_account_timeline(view, self._refused, emails, self._scenario.zone)

    async def _notices(self) -> tuple[NoticeView, ...]:
        return (await self._account.view()).notices

    async def _snapshot(self, expect: AccountExpectation) -> AccountSnapshot:
        view, zone = await self._account.view(), find_zone(self._scenario.zone)
        new_events = [event for event in view.events if event.seq > self._last_event_seen]
        notices = [n for n in view.notices if n.key not in self._notices_seen]
        self._last_event_seen = max((event.seq for event in view.events), default=0)
        self._notices_seen |= {notice.key for notice in notices}
        emails = self._desk.catcher.messages[self._emails_before :]
        to_account = [each for each in emails if is_to_account(each, view.terms.account)]
        return AccountSnapshot(
            view=view,
            months={m: await self._account.availability(m) for m in expect.months or ()},
            new_events=tuple(AccountEventType(event.type) for event in new_events),
            notified=tuple(arrived(notices, to_account)),
            short_id=self._names.shorten,
            to_utc=self._scenario.to_utc,
            local=lambda at: f"{at.astimezone(zone):%Y-%m-%d %H:%M}",
        )
