"""The account workflow on a real Temporal server: timers, years, idempotency, refusals."""

import asyncio
from datetime import datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from typing import Any

import pytest
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from policies.vocabulary import NoticeStatus
from tests.activities.rendering.sample_notices import received, text_of
from tests.harness import RecordingMailer, desk_with_short_runs
from tests.policies.accounts.sample_accounts import (
    CONTENTSQUARE,
    PRISMIC,
    WITH_LETTERS,
    east,
    lateness,
    utc,
)
from tests.polling import eventually
from tests.workflows.account.life import AccountLife
from workflows.account.model.action_inputs import AccountAction
from workflows.account.model.views import CreditState
from workflows.client.accounts import AccountClient, AccountRefused
from workflows.release import THIS_CODE

LATE = lateness(east("2027-03-10 15:00"), east("2027-03-12 16:00"), ticket="T")
BOOKING: dict[str, Any] = {"topic": "Migration", "requested_by": "Mia"}
TIMER = "EVENT_TYPE_TIMER_STARTED"


@pytest.mark.clause("contentsquare/availability", "contentsquare/claims")
async def test_a_month_closes_automatically_and_its_credits_can_be_claimed(
    desk: WorkflowEnvironment,
) -> None:
    life = await AccountLife.begin(desk, CONTENTSQUARE, east("2027-03-03 10:00"))
    await life.down(east("2027-03-02 00:00"), east("2027-03-03 00:00"))
    running = await life.availability("2027-03")
    assert running is not None
    assert running.provisional
    await life.until(east("2027-04-01 00:01"))
    closed = await life.availability("2027-03")
    assert closed is not None
    assert (closed.provisional, closed.downtime_seconds, closed.credits) == (False, 86_400, 3)
    events = {e.type: e.at.replace(microsecond=0) for e in (await life.view()).events}
    assert events["month_closed"] == east("2027-04-01 00:00")
    claim: dict[str, Any] = {"credits": ["month:2027-03"], "statement": "We claim it."}
    reply = await life.act(AccountAction.CLAIM_CREDITS, **claim)
    assert reply.claim is not None
    assert reply.claim.days == 3
    assert (await life.view()).credits[0].state is CreditState.CLAIMED


@pytest.mark.clause("contentsquare/claims")
async def test_a_claim_on_day_31_is_too_late(desk: WorkflowEnvironment) -> None:
    life = await AccountLife.begin(desk, CONTENTSQUARE, east("2027-03-03 10:00"))
    await life.down(east("2027-03-02 00:00"), east("2027-03-03 00:00"))
    await life.until(east("2027-05-01 00:01"))
    with pytest.raises(AccountRefused, match="ended on 30 April 2027") as refused:
        await life.act(AccountAction.CLAIM_CREDITS, credits=["month:2027-03"], statement="Late.")
    assert (refused.value.kind, refused.value.clause) == ("TooLate", "claims")


@pytest.mark.clause("prismic/enablement")
async def test_the_ninth_hour_is_refused_until_the_next_contract_year(
    desk: WorkflowEnvironment,
) -> None:
    life = await AccountLife.begin(desk, PRISMIC, utc("2027-05-30 10:00"))
    reply = await life.act(AccountAction.BOOK_SESSION, date="2027-05-31", hours=8, **BOOKING)
    assert reply.year is not None
    assert reply.year.left == 0
    with pytest.raises(AccountRefused, match="0 left, 1 requested") as refused:
        await life.act(AccountAction.BOOK_SESSION, date="2027-05-31", hours=1, **BOOKING)
    assert refused.value.kind == "NothingLeft"
    await life.until(utc("2027-06-01 00:01"))
    assert [year.left for year in (await life.view()).years] == [Decimal(8)]
    await life.act(AccountAction.BOOK_SESSION, date="2027-06-01", hours=1, **BOOKING)


async def test_without_availability_an_account_adds_no_history_events_for_years(
    desk: WorkflowEnvironment,
) -> None:
    life = await AccountLife.begin(desk, PRISMIC, utc("2027-05-30 10:00"))
    await life.act(AccountAction.BOOK_SESSION, date="2027-05-31", hours=8, **BOOKING)
    before = await life.kinds()
    await life.until(utc("2031-05-30 10:00"))
    assert await life.kinds() == before
    assert before[TIMER] == 0
    assert [year.left for year in (await life.view()).years] == [Decimal(8)]


async def test_an_idle_month_costs_one_timer_with_a_summary(
    desk: WorkflowEnvironment,
) -> None:
    life = await AccountLife.begin(desk, CONTENTSQUARE, east("2027-03-03 10:00"))
    before = await life.kinds()
    assert before[TIMER] == 1
    await life.until(east("2027-06-15 00:00"))
    assert (await life.kinds() - before)[TIMER] == 3
    history = await life.handle.fetch_history()
    timers = [e for e in history.events if e.HasField("timer_started_event_attributes")]
    assert all(e.user_metadata.HasField("summary") for e in timers)
    description = await life.handle.describe()
    assert await description.static_summary() == "contentsquare: Soleil SA"


async def test_a_repeated_action_counts_once_and_another_one_with_its_id_is_refused(
    desk: WorkflowEnvironment,
) -> None:
    life = await AccountLife.begin(desk, PRISMIC, utc("2027-03-01 10:00"))
    booking: dict[str, Any] = {"date": "2027-03-10", "hours": "1.25", **BOOKING}
    one, two = await asyncio.gather(
        life.act(AccountAction.BOOK_SESSION, id="b1", **booking),
        life.act(AccountAction.BOOK_SESSION, id="b1", **booking),
    )
    assert one == two
    assert len((await life.view()).sessions) == 1
    with pytest.raises(AccountRefused) as refused:
        await life.act(AccountAction.BOOK_SESSION, id="b1", **booking | {"hours": 2})
    assert refused.value.kind == "IdReused"


async def test_a_refusal_adds_no_history_events(desk: WorkflowEnvironment) -> None:
    life = await AccountLife.begin(desk, PRISMIC, utc("2027-03-01 10:00"))
    before = await life.kinds()
    with pytest.raises(AccountRefused):
        await life.act(AccountAction.CANCEL_SESSION, session="session-9")
    accepted = "EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED"
    assert (await life.kinds())[accepted] == before[accepted]


async def test_only_the_first_action_starts_the_workflow_of_an_account(
    desk: WorkflowEnvironment,
) -> None:
    terms = CONTENTSQUARE.model_copy(update={"account": "unused", "starts_on": None})
    accounts, now = AccountClient(desk.client), datetime.now(tz=terms.zone)
    view = await accounts.view(terms, now)
    assert view.running is not None
    assert view.running.percent == 100
    handle: WorkflowHandle[Any, Any] = desk.client.get_workflow_handle("account/unused")
    with pytest.raises(Exception, match="not found"):
        await handle.describe()
    life = AccountLife(desk, terms, now)
    await life.down(now - timedelta(hours=1), None)
    assert (await handle.describe()).workflow_type == "Account"


@pytest.mark.clause("contentsquare/availability")
async def test_an_account_lives_for_years_through_continue_as_new() -> None:
    async with desk_with_short_runs(40) as env:
        life = await AccountLife.begin(env, CONTENTSQUARE, east("2027-03-03 10:00"))
        outage = await life.down(east("2027-03-02 00:00"), east("2027-03-03 00:00"))
        late = lateness(east("2027-03-01 00:00"), east("2027-03-03 00:00"), ticket="T")
        again: dict[str, Any] = {"id": "kept", "lateness": late}
        await life.act(AccountAction.REPORT_LATENESS, **again)
        await life.until(east("2030-01-01 00:01"))
        view = await life.view()
        # The first month is February, which could still be claimed when the account was new.
        assert len(view.months) == 11 + 12 + 12
        assert [m.credits for m in view.months[:3]] == [0, 3, 0]
        assert view.outages == ()
        info = (await life.handle.describe()).raw_description.workflow_execution_info
        assert info.first_run_id != info.execution.run_id
        assert outage.entry == "outage-1"
        again_after_years = await life.act(AccountAction.REPORT_LATENESS, **again)
        assert again_after_years.entry == "ticket:T:resolution:1"
        later = await life.down(east("2029-12-31 00:00"), east("2029-12-31 01:00"))
        assert later.entry == "outage-2"


@pytest.mark.clause("contentsquare/resolution-credit", "contentsquare/claims")
async def test_the_email_about_a_credit_states_the_last_day_to_claim_it(
    desk: WorkflowEnvironment, mailer: RecordingMailer
) -> None:
    headings = {"resolution-credit": "article 3.d"}
    terms = WITH_LETTERS.model_copy(update={"headings": headings})
    life = await AccountLife.begin(desk, terms, east("2027-03-12 16:00"))
    await life.act(AccountAction.REPORT_LATENESS, lateness=LATE)
    await life.settled(2)
    emails = {str(email["To"]): email for email in mailer.emails}
    assert set(emails) == {"Colette <colette@soleil.example>", "Marc <marc@desk.example>"}
    french = text_of(received(emails["Colette <colette@soleil.example>"]))
    assert "Soleil SA a droit à 3\xa0crédits de service" in french
    assert "Voir l’article 3.d de notre politique de support.\n\n" in french
    assert "dimanche 11 avril 2027" in french
    english = text_of(received(emails["Marc <marc@desk.example>"]))
    assert "The resolution of request T was due by Wednesday 10 March 2027, 13:00 UTC" in english
    assert "claim them in writing by Sunday 11 April 2027" in english


async def test_a_mail_server_that_is_down_delays_no_month_and_no_claim(
    desk: WorkflowEnvironment, mailer: RecordingMailer
) -> None:
    mailer.is_down = True
    life = await AccountLife.begin(desk, WITH_LETTERS, east("2027-03-31 23:00"))
    await life.act(AccountAction.REPORT_LATENESS, lateness=LATE)
    claim: dict[str, Any] = {"credits": ["ticket:T:resolution:1"], "statement": "We claim it."}
    assert (await life.act(AccountAction.CLAIM_CREDITS, **claim)).claim is not None
    await life.until(east("2027-04-01 00:01"))
    view = await life.view()
    assert [month.month for month in view.months][-1] == "2027-03"
    assert {notice.status for notice in view.notices} == {NoticeStatus.OWED}
    mailer.is_down = False
    await life.until(east("2027-04-01 01:00"))
    await life.settled(3)
    assert len(mailer.emails) == 3


async def test_an_undeliverable_notice_is_recorded_and_reported_to_support(
    desk: WorkflowEnvironment, mailer: RecordingMailer
) -> None:
    mailer.refused.add("colette@soleil.example")
    life = await AccountLife.begin(desk, WITH_LETTERS, east("2027-03-12 16:00"))
    await life.act(AccountAction.REPORT_LATENESS, lateness=LATE)
    await life.settled(3)
    view = await life.view()
    (lost,) = [n for n in view.notices if n.status is NoticeStatus.UNDELIVERABLE]
    assert (lost.audience, lost.to) == ("customer", "colette@soleil.example")
    assert "no such user" in (lost.error or "")
    to_support = next(email for email in mailer.emails if "lead@" in str(email["To"]))
    assert "about the account Soleil SA (service credit)" in text_of(received(to_support))
    assert view.events[-1].type == "notice_undeliverable"


async def test_pending_notices_survive_continue_as_new_and_are_sent_once() -> None:
    mailer = RecordingMailer(is_down=True)
    async with desk_with_short_runs(40, mailer) as env:
        life = await AccountLife.begin(env, WITH_LETTERS, east("2027-03-31 23:40"))
        for cycle in range(1, 8):
            await life.act(
                AccountAction.REPORT_LATENESS, lateness=LATE.model_copy(update={"cycle": cycle})
            )
        await life.until(east("2027-04-01 00:01"))
        info = (await life.handle.describe()).raw_description.workflow_execution_info
        assert info.first_run_id != info.execution.run_id
        mailer.is_down = False
        await life.until(east("2027-04-01 01:00"))
        await life.settled(14)
    assert len(mailer.emails) == len({email["Message-ID"] for email in mailer.emails}) == 14


class WaitingMailer(RecordingMailer):
    """A mailer that accepts e-mails only once it is allowed to."""

    def __init__(self) -> None:
        super().__init__()
        self.may_take = asyncio.Event()

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> str:
        """Waits, then accepts the e-mail."""
        await self.may_take.wait()
        return await super().send(message, sender, recipient)


async def test_a_long_run_continues_as_new_once_its_first_attempt_is_over() -> None:
    mailer = WaitingMailer()
    async with desk_with_short_runs(40, mailer) as env:
        life = await AccountLife.begin(env, WITH_LETTERS, east("2027-03-12 16:00"))
        await life.act(AccountAction.REPORT_LATENESS, lateness=LATE)
        for hour in range(12):
            await life.down(east(f"2027-03-01 {hour:02}:00"), east(f"2027-03-01 {hour:02}:30"))
        grown = (await life.handle.describe()).run_id
        assert len(await life.runs()) == 1
        mailer.may_take.set()
        await eventually(life.handle.describe, lambda found: found.run_id != grown)
        await life.settled(2)
    assert len(mailer.emails) == 2


async def test_the_history_replays(desk: WorkflowEnvironment) -> None:
    life = await AccountLife.begin(desk, CONTENTSQUARE, east("2027-03-03 10:00"))
    await life.down(east("2027-03-02 00:00"), None)
    await life.until(east("2027-05-10 00:00"))
    replayer = THIS_CODE.replayer()
    await replayer.replay_workflow(await life.handle.fetch_history())
