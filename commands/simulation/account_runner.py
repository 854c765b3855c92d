"""The account of a scenario on the stage: it is acted on, looked at, and told in the end."""

from collections.abc import Callable
from datetime import datetime

from commands.scenario.account_expectation import AccountExpectation
from commands.scenario.script import Script
from commands.scenario.steps import AccountActionStep
from commands.simulation.account_comparison import AccountSnapshot, compare_account
from commands.simulation.comparison import Comparisons
from commands.simulation.deliveries import arrived, wait_until_delivered
from commands.simulation.simulated_account import SimulatedAccount
from commands.simulation.simulated_desk import SimulatedDesk
from commands.timeline.account_timeline import AccountTimeline, is_to_account, tell_account
from commands.timeline.ticket_timeline import RefusalLine
from policies.accounts.account_settlement import account_terms
from policies.business_time.zones import find_zone
from workflows.account.messages import AccountEventType
from workflows.client.accounts import AccountRefused
from workflows.shared.notice_view import NoticeView


class AccountRunner:
    """The account of a script, and how much of it was seen."""

    def __init__(
        self,
        rehearsal: SimulatedDesk,
        script: Script,
        number: str,
        account: SimulatedAccount,
        on_step: Callable[[datetime], None],
    ) -> None:
        self._rehearsal = rehearsal
        self._script = script
        self._scenario = script.scenario
        self._account = account
        self._on_step = on_step
        self._ours = f"ticket:{number}:"
        self._mails_before = len(rehearsal.catcher.messages)
        self._event_seen = 0
        self._notices_seen: set[str] = set()
        self._refused: list[RefusalLine] = []

    @classmethod
    async def begin(
        cls,
        rehearsal: SimulatedDesk,
        script: Script,
        number: str,
        on_step: Callable[[datetime], None],
    ) -> "AccountRunner":
        """The account comes into being, and the desk knows its contract."""
        terms = account_terms(script.policy, script.contract)
        _, begins_at = script.scenario.begins
        rehearsal.known.contracts[terms.account] = script.contract
        account = await SimulatedAccount.begin(rehearsal.env, terms, begins_at)
        return cls(rehearsal, script, number, account, on_step)

    async def end(self) -> None:
        """Nobody needs the account any more; another scenario may have one of its name."""
        del self._rehearsal.known.contracts[self._account.terms.account]
        await self._account.handle.terminate()

    async def until(self, at: datetime) -> None:
        """Lets time pass."""
        await self._account.until(at)
        self._on_step(at)

    async def act(self, step: AccountActionStep) -> tuple[str, str]:
        """Somebody acts; the kind and the reason of a refusal, both empty when there was none."""
        actor = self._scenario.actor(step.by)
        said = step.said | {n: self._scenario.instant(at) for n, at in step.instants.items()}
        if "credits" in said:
            said["credits"] = [self._in_full(credit) for credit in said["credits"]]
        try:
            await self._account.act(step.do, actor, **said)
        except AccountRefused as refusal:
            self._refused.append(
                RefusalLine(
                    at=self._scenario.instant(step.at),
                    action=step.do,
                    by=actor.display_name,
                    role=actor.role,
                    reason=refusal.reason,
                )
            )
            return refusal.kind, self._short(refusal.reason)
        return "", ""

    async def look(self, expect: AccountExpectation) -> Comparisons:
        """What is expected of the account now, compared."""
        if expect.told or expect.not_told:
            await wait_until_delivered(self._notices)
        return compare_account(expect, await self._snapshot(expect))

    async def story(self) -> AccountTimeline:
        """The story of the account, once everybody was told."""
        await wait_until_delivered(self._notices)
        mails = self._rehearsal.catcher.messages[self._mails_before :]
        view = await self._account.view()
        return tell_account(view, self._refused, mails, self._scenario.zone)

    async def _notices(self) -> tuple[NoticeView, ...]:
        return (await self._account.view()).notices

    async def _snapshot(self, expect: AccountExpectation) -> AccountSnapshot:
        view, zone = await self._account.view(), find_zone(self._scenario.zone)
        news = [event for event in view.events if event.seq > self._event_seen]
        notices = [n for n in view.notices if n.key not in self._notices_seen]
        self._event_seen = max((event.seq for event in view.events), default=0)
        self._notices_seen |= {notice.key for notice in notices}
        mails = self._rehearsal.catcher.messages[self._mails_before :]
        ours = [mail for mail in mails if is_to_account(mail, view.terms.account)]
        return AccountSnapshot(
            view=view,
            months={m: await self._account.availability(m) for m in expect.months or ()},
            news=tuple(AccountEventType(event.type) for event in news),
            told=tuple(arrived(notices, ours)),
            short=self._short,
            instant=self._scenario.instant,
            local=lambda at: f"{at.astimezone(zone):%Y-%m-%d %H:%M}",
        )

    def _short(self, text: str) -> str:
        """As the scenario writes it: nobody knows the number of its ticket beforehand."""
        return text.replace(self._ours, "ticket:")

    def _in_full(self, credit: str) -> str:
        return credit.replace("ticket:", self._ours, 1) if credit.startswith("ticket:") else credit
