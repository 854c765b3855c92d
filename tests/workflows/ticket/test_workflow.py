"""The workflow on a real Temporal server: idempotency, refusals, timers, deliveries, replay."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType as HistoryEvent
from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_memory import InMemoryContracts
from policies.accounts.account_settlement import account_terms
from policies.coverage.verdict import Decision
from policies.loading.loader import load_contract
from policies.schema.request import Requester, TicketFacts
from policies.terms.settlement import unsettled_terms
from policies.terms.settlement_request import SettlementRequest
from policies.vocabulary import Action, ClockState, ClosedAs, EventType, NoticeStatus, Stage
from tests.harness import (
    AGENT,
    CATALOG,
    ENGINEERING,
    HARBOUR,
    MIA,
    OPERATOR,
    PRODUCT,
    REQUESTER,
    Life,
    RecordingMailer,
    desk_with_short_runs,
    new_york,
    opening,
)
from tests.server_fixtures import Begin
from workflows.client.accounts import AccountClient
from workflows.client.ticket_errors import ActionRefused, TicketUnknown
from workflows.client.ticket_start import start_options
from workflows.client.tickets import TicketClient
from workflows.release import THIS_CODE
from workflows.shared.action_request import ActionInput, ActionRequest
from workflows.shared.deliveries import ALIVE_WITHIN
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.notices.digests import QUOTA
from workflows.ticket.state.start import Start
from workflows.ticket.workflow import TicketWorkflow

CHROME = {"browser": "chrome"}
ESCALATE: dict[str, Any] = {"message": "We look deeper.", "outcomes": ["escalation"]}


async def kinds(life: Life) -> Counter[str]:
    """The history events of the current run by type."""
    history = await life.handle.fetch_history()
    return Counter(HistoryEvent.Name(event.event_type) for event in history.events)


@pytest.mark.clause("contently/first-response")
async def test_a_repeated_opening_returns_the_same_ticket_with_its_due_time(
    begin: Begin, desk: WorkflowEnvironment
) -> None:
    opened = opening(new_york("2027-01-06 14:00"))
    life = await Life.begin(desk, opened)
    first, again = await life.tickets.open(opened), await life.tickets.open(opened)
    assert first == again
    assert first.clocks[0].due_at == new_york("2027-01-08 14:00")
    assert len(await life.timeline()) == 1


async def test_a_ticket_that_ended_before_its_opening_was_answered_returns_its_end(
    desk: WorkflowEnvironment,
) -> None:
    opened = opening(datetime.now(UTC), requester=Requester(name="Old", email="old@ebb.example"))
    tickets, start = TicketClient(desk.client), Start(opening=opened)
    handle = await desk.client.start_workflow(TicketWorkflow.run, start, **start_options(opened))
    await handle.cancel()
    await handle.result()
    answer = await tickets.open(opened)
    assert (answer.stage, answer.closed_as) == (Stage.CLOSED, ClosedAs.NOT_ELIGIBLE)
    with pytest.raises(ActionRefused):
        await tickets.open(opened.model_copy(update={"fingerprint": "another"}))


async def test_another_request_with_a_used_key_is_refused(desk: WorkflowEnvironment) -> None:
    opened = opening(new_york("2027-01-06 14:00"))
    life = await Life.begin(desk, opened)
    other = opened.model_copy(update={"subject": "Another", "fingerprint": "another"})
    with pytest.raises(ActionRefused) as refused:
        await life.tickets.open(other)
    assert refused.value.kind == "IdReused"


async def test_a_refusal_lists_the_allowed_actions_and_adds_no_history_events(begin: Begin) -> None:
    life = await begin(new_york("2027-01-06 14:00"))
    before = await kinds(life)
    with pytest.raises(ActionRefused) as refused:
        await life.act(Action.SHARE_FORECAST)
    assert refused.value.kind == "WrongStage"
    assert refused.value.details is not None
    assert refused.value.details.stage is Stage.RECEIVED
    assert Action.RESPOND in refused.value.details.allowed_actions
    updates = "EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED"
    assert (await kinds(life))[updates] == before[updates]


async def test_a_repeated_action_counts_once(begin: Begin) -> None:
    life = await begin(new_york("2027-01-06 14:00"))
    one, two = await asyncio.gather(
        life.act(Action.RESPOND, id="r1", **ESCALATE), life.act(Action.RESPOND, id="r1", **ESCALATE)
    )
    assert one == two
    assert len([e for e in await life.timeline() if e.type is EventType.RESPONDED]) == 1
    with pytest.raises(ActionRefused) as refused:
        await life.act(Action.RESPOND, id="r1", message="Other.", outcomes=["resolution"])
    assert refused.value.kind == "IdReused"


async def test_a_breach_has_its_exact_due_time_and_is_notified(
    begin: Begin, mailer: RecordingMailer
) -> None:
    life = await begin(new_york("2027-01-06 14:00"))
    await life.until(new_york("2027-01-12 09:00"))
    breached = [e for e in await life.timeline() if e.type is EventType.CLOCK_BREACHED]
    assert [event.at for event in breached] == [new_york("2027-01-08 14:00")]
    ids = [email["Message-ID"] for email in mailer.emails]
    assert len(ids) == len(set(ids)) == 5


async def test_an_idle_ticket_adds_no_history_events_until_its_reminder(
    begin: Begin,
) -> None:
    life = await begin(new_york("2027-01-06 14:00"))
    await life.act(Action.RESPOND, message="?", outcomes=["information_request"], questions=["?"])
    await life.delivered(2)
    await life.until(new_york("2027-01-08 14:00"))
    before = await kinds(life)
    await life.until(new_york("2027-02-03 14:00"))
    skipping = ("TIME_SKIPPING_TRANSITIONED", "OPTIONS_UPDATED")
    grown = {k: n for k, n in (await kinds(life) - before).items() if not k.endswith(skipping)}
    assert grown == {}
    await life.until(new_york("2027-02-05 14:00"))
    assert (await life.timeline())[-1].type is EventType.TICKET_IDLE


async def test_a_mail_server_that_is_down_delays_nothing_and_delivery_catches_up(
    begin: Begin, mailer: RecordingMailer
) -> None:
    mailer.is_down = True
    life = await begin(new_york("2027-01-06 14:00"))
    reply = await life.act(Action.RESPOND, **ESCALATE)
    assert reply.stage is Stage.TRIAGE
    view = await life.view()
    assert {n.status for n in view.notices} == {NoticeStatus.OWED}
    mailer.is_down = False
    await life.until(new_york("2027-01-06 14:30"))
    await life.delivered(3)
    assert len(mailer.emails) == 3
    assert len({email["Message-ID"] for email in mailer.emails}) == 3


@pytest.mark.clause("contently/escalation-update")
async def test_a_refused_address_is_recorded_and_blocks_the_end_of_triage(
    begin: Begin, mailer: RecordingMailer
) -> None:
    mailer.refused.add("ines@contently.example")
    life = await begin(new_york("2027-01-06 14:00"))
    await life.act(Action.RESPOND, **ESCALATE)
    await life.delivered(3)
    failed = [n for n in (await life.view()).notices if n.status is NoticeStatus.UNDELIVERABLE]
    assert [(n.audience, n.to) for n in failed] == [("account_manager", "ines@contently.example")]
    with pytest.raises(ActionRefused, match="account_manager"):
        await life.act(
            Action.CONCLUDE_TRIAGE,
            resolved=True,
            conclusion="Found it.",
            not_run="The cause is clear.",
        )


@pytest.mark.clause("contently/eligibility")
async def test_a_refused_requester_is_notified_and_the_workflow_ends_with_the_final_refusal(
    desk: WorkflowEnvironment, mailer: RecordingMailer
) -> None:
    opened = opening(new_york("2027-01-06 14:00"), publication="ebb")
    life = await Life.begin(desk, opened)
    await life.until(new_york("2027-01-13 14:00"))
    summary = await life.handle.result()
    assert summary.closed_as is ClosedAs.NOT_ELIGIBLE
    (email,) = mailer.emails
    assert "mia@harbour.example" in email["To"]
    reply = await life.tickets.open(opened)
    assert (reply.stage, reply.clause) == (Stage.CLOSED, "eligibility")


async def test_a_closed_ticket_can_be_read_and_refuses_actions(begin: Begin) -> None:
    life = await begin(new_york("2027-01-06 14:00"))
    await life.act(Action.WITHDRAW, REQUESTER)
    await life.handle.result()
    with pytest.raises(ActionRefused, match="is closed"):
        await life.act(Action.POST_UPDATE, message="Hello?")
    assert (await life.view()).closed_as is ClosedAs.WITHDRAWN


@pytest.mark.fault(59)
async def test_a_closed_ticket_sends_its_digest_before_its_workflow_ends(
    begin: Begin, mailer: RecordingMailer
) -> None:
    life = await begin(new_york("2027-01-06 14:00"))
    for number in range(QUOTA + 2):
        await life.act(Action.PROVIDE_INFORMATION, REQUESTER, message=f"Fact {number}")
    await life.act(Action.WITHDRAW, REQUESTER)
    await life.until(new_york("2027-01-06 16:00"))
    await life.handle.result()
    subjects = [str(email["Subject"]) for email in mailer.emails]
    assert len([subject for subject in subjects if "Answered" in subject]) == QUOTA
    assert len([subject for subject in subjects if "Further messages" in subject]) == 1


async def test_an_unknown_number_is_reported(desk: WorkflowEnvironment) -> None:
    tickets = TicketClient(desk.client)
    with pytest.raises(TicketUnknown):
        await tickets.view("NONE-NONE-NONE")
    act = ActionRequest[ActionInput](
        id="x", actor=AGENT, content=ACTIONS[Action.ACKNOWLEDGE].input()
    )
    with pytest.raises(TicketUnknown):
        await tickets.act("NONE-NONE-NONE", Action.ACKNOWLEDGE, act)


async def test_search_attributes_and_summaries_describe_the_ticket(begin: Begin) -> None:
    life = await begin(new_york("2027-01-06 14:00"))
    await life.act(Action.RESPOND, **ESCALATE)
    description = await life.handle.describe()
    found = {pair.key.name: pair.value for pair in description.typed_search_attributes}
    assert found["TicketStage"] == "triage"
    assert found["TicketWaitingOn"] == "support"
    next_due = found["TicketNextDue"]
    assert isinstance(next_due, datetime)
    assert next_due.replace(microsecond=0) == new_york("2027-01-07 14:00")
    assert "The editor stays blank" in (await description.static_summary() or "")
    history = await life.handle.fetch_history()
    timers = [e for e in history.events if e.HasField("timer_started_event_attributes")]
    activities = [
        e for e in history.events if e.HasField("activity_task_scheduled_event_attributes")
    ]
    assert timers
    assert all(e.user_metadata.HasField("summary") for e in timers)
    assert activities
    assert all(e.user_metadata.HasField("summary") for e in activities)


async def test_a_dead_worker_is_noticed_as_soon_for_many_notices_as_for_one(begin: Begin) -> None:
    life = await begin(new_york("2027-01-06 14:00"))
    await life.act(Action.RESPOND, **ESCALATE)
    history = await life.handle.fetch_history()
    deliveries = [
        e.activity_task_scheduled_event_attributes
        for e in history.events
        if e.HasField("activity_task_scheduled_event_attributes")
    ]
    attempts = {delivery.start_to_close_timeout.ToTimedelta() for delivery in deliveries}
    assert max(attempts) >= 2 * min(attempts)
    assert {d.heartbeat_timeout.ToTimedelta() for d in deliveries} == {ALIVE_WITHIN}


async def test_a_ticket_loses_nothing_through_continue_as_new() -> None:
    mailer = RecordingMailer()
    async with desk_with_short_runs(40, mailer) as env:
        life = await Life.begin(env, opening(new_york("2027-01-06 14:00")))
        inputs: dict[str, Any] = {
            "message": "?",
            "outcomes": ["information_request"],
            "questions": ["?"],
        }
        await life.act(Action.RESPOND, id="first", **inputs)
        for number in range(40):
            await life.act(Action.PROVIDE_INFORMATION, REQUESTER, message=f"Fact {number}")
        repeated = await life.act(Action.RESPOND, id="first", **inputs)
        assert repeated.stage is Stage.IN_PROGRESS
        with pytest.raises(ActionRefused, match="another action"):
            await life.act(Action.RESPOND, id="first", message="!", outcomes=["resolution"])
        first_run = (await life.handle.describe()).raw_description
        assert first_run.workflow_execution_info.first_run_id != (
            first_run.workflow_execution_info.execution.run_id
        )
        told = [e.data for e in await life.timeline() if e.type == "information_provided"]
        assert [data["message"] for data in told] == [f"Fact {n}" for n in range(40)]
        await life.until(new_york("2027-01-20 14:00"))
        view = await life.view()
        (next_update,) = [c for c in view.clocks if c.name == "next_update"]
        assert next_update.state is ClockState.BREACHED
        assert next_update.breached_at is not None
        # Time passes during the actions, and more of it on a busy machine.
        assert new_york("2027-01-13 14:00") <= next_update.breached_at == next_update.due_at
        assert next_update.breached_at < new_york("2027-01-13 14:01")
        keys = [n.key for n in view.notices]
        assert len(keys) == len(set(keys))
        assert keys.count("digest/information_provided/43/assignee") == 1
        await life.act(Action.CLOSE, closed_as="withdrawn", reason="They called.")
        await life.handle.result()
        assert (await life.act(Action.RESPOND, id="first", **inputs)).number == life.number
        with pytest.raises(ActionRefused, match="another action"):
            await life.act(Action.RESPOND, id="first", message="!", outcomes=["resolution"])
        with pytest.raises(ActionRefused, match="is closed"):
            await life.act(Action.POST_UPDATE, id="another", message="Hello?")


async def test_a_notice_enqueued_in_a_long_run_is_sent_by_the_next_one() -> None:
    async with desk_with_short_runs(42) as env:
        life = await Life.begin(env, opening(new_york("2027-01-06 14:00")))
        for number in range(1, 16):
            await life.act(Action.PROVIDE_INFORMATION, REQUESTER, message=f"Fact {number}")
            # One more for the opening. Nothing else could wake the ticket.
            await life.delivered(number + 1)


async def test_the_history_replays(begin: Begin) -> None:
    life = await begin(new_york("2027-01-06 14:00"))
    await life.act(Action.RESPOND, **ESCALATE)
    await life.until(new_york("2027-01-11 10:00"))
    replayer = THIS_CODE.replayer()
    await replayer.replay_workflow(await life.handle.fetch_history())


async def test_a_defect_costs_one_action_and_not_the_ticket(desk: WorkflowEnvironment) -> None:
    opened = opening(new_york("2027-01-06 14:00"))
    forecast = opened.terms.process.forecast
    assert forecast is not None
    holed = forecast.model_copy(update={"windows": {}})
    process = opened.terms.process.model_copy(update={"forecast": holed})
    terms = opened.terms.model_copy(update={"process": process})
    life = await Life.begin(desk, opened.model_copy(update={"terms": terms}))
    await life.act(Action.RESPOND, **ESCALATE)
    await life.delivered(3)
    await life.act(
        Action.CONCLUDE_TRIAGE,
        resolved=False,
        conclusion="A regression.",
        not_run="The cause is clear.",
    )
    await life.act(Action.HAND_OVER)
    for actor in (ENGINEERING, PRODUCT):
        await life.act(Action.RECORD_REVIEW, actor, viewpoint=str(actor.role), priority="high")
    with pytest.raises(ActionRefused) as refused:
        await life.act(Action.SHARE_FORECAST)
    assert refused.value.kind == "InternalDefect"
    assert (await life.act(Action.RESOLVE, resolution="Fixed.")).stage is Stage.RESOLVED


async def test_a_forecast_too_far_ahead_is_refused(begin: Begin) -> None:
    life = await begin(new_york("2027-01-06 14:00"))
    await life.act(Action.RESPOND, **ESCALATE)
    await life.delivered(3)
    await life.act(
        Action.CONCLUDE_TRIAGE,
        resolved=False,
        conclusion="A regression.",
        not_run="The cause is clear.",
    )
    await life.act(Action.HAND_OVER)
    for actor in (ENGINEERING, PRODUCT):
        await life.act(Action.RECORD_REVIEW, actor, viewpoint=str(actor.role), priority="high")
    with pytest.raises(ActionRefused, match="must be from"):
        await life.act(Action.SHARE_FORECAST, begins_by="9999-12-31", reason="One day.")
    assert (await life.act(Action.SHARE_FORECAST)).stage is Stage.FORECAST_SHARED


async def test_cancelling_a_ticket_closes_it_and_notifies_the_requester(
    begin: Begin, mailer: RecordingMailer
) -> None:
    life = await begin(new_york("2027-01-06 14:00"))
    await life.delivered(1)
    await life.handle.cancel()
    summary = await life.handle.result()
    assert summary.closed_as is ClosedAs.WITHDRAWN
    assert "cancelled this request" in mailer.emails[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]


async def test_a_directory_that_is_down_delays_no_opening_and_moves_no_due_time(
    desk: WorkflowEnvironment, contracts: InMemoryContracts
) -> None:
    contracts.is_unavailable = True
    received = new_york("2027-01-06 14:00")
    facts = TicketFacts(requester=MIA, channel="email")
    request = SettlementRequest(
        account=HARBOUR.account, ticket=facts.model_dump(mode="json"), received_at=received
    )
    opened = opening(received).model_copy(
        update={"terms": unsettled_terms(HARBOUR.account, facts, received), "request": request}
    )
    life = await Life.begin(desk, opened)
    assert (await life.act(Action.ACKNOWLEDGE)).clocks == ()
    contracts.is_unavailable = False
    await life.until(new_york("2027-01-06 15:00"))
    await life.delivered(1)
    (clock,) = (await life.view()).clocks
    assert (clock.name, clock.due_at) == ("first_response", new_york("2027-01-08 14:00"))
    assert EventType.TERMS_SETTLED in [event.type for event in await life.timeline()]


@pytest.mark.fault(14)
async def test_a_ticket_of_an_unknown_account_stays_open_until_its_terms_are_settled_again(
    desk: WorkflowEnvironment, contracts: InMemoryContracts
) -> None:
    contracts.contracts = {}
    received = new_york("2027-01-06 14:00")
    facts = TicketFacts(requester=MIA, channel="email")
    request = SettlementRequest(
        account="nobody", ticket=facts.model_dump(mode="json"), received_at=received
    )
    opened = opening(received).model_copy(
        update={"terms": unsettled_terms("nobody", facts, received), "request": request}
    )
    life = await Life.begin(desk, opened)
    await life.until(new_york("2027-01-06 15:00"))
    assert (await life.view()).stage is Stage.RECEIVED
    assert EventType.OBJECTIONS_FOUND in [event.type for event in await life.timeline()]
    contracts.contracts = {"nobody": HARBOUR.model_copy(update={"account": "nobody"})}
    await life.act(Action.SETTLE_TERMS, OPERATOR)
    await life.delivered(1)
    (clock,) = (await life.view()).clocks
    assert clock.due_at == new_york("2027-01-08 14:00")


@pytest.mark.fault(14)
async def test_a_wrong_fact_is_refused_before_it_is_in_the_history(
    desk: WorkflowEnvironment, contracts: InMemoryContracts
) -> None:
    life = await _without_the_facts(desk, contracts)
    before = await kinds(life)
    facts = {"scenario": "isolated", "colour": "red"}
    with pytest.raises(ActionRefused) as refused:
        await life.act(Action.PROVIDE_INFORMATION, REQUESTER, message="It is.", facts=facts)
    details = refused.value.details
    assert details is not None
    assert [o.field for o in details.objections] == ["facts.scenario", "facts.colour"]
    updates = "EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED"
    assert (await kinds(life))[updates] == before[updates]
    assert (await life.view()).verdict is not None


async def _without_the_facts(desk: WorkflowEnvironment, contracts: InMemoryContracts) -> Life:
    """A ticket whose coverage depends on facts that are missing."""
    party = load_contract(Path("examples/contracts/millbrook-township.yaml"))
    contracts.contracts[party.account] = party
    received = new_york("2027-01-06 14:00")
    facts = TicketFacts(requester=MIA, channel="email", kind="custom_feature")
    request = SettlementRequest(
        account=party.account, ticket=facts.model_dump(mode="json"), received_at=received
    )
    opened = opening(received, contract=party, kind="custom_feature")
    return await Life.begin(desk, opened.model_copy(update={"request": request}))


@pytest.mark.clause("contensive/feature-isolation")
async def test_given_facts_decide_on_coverage_on_the_real_server(
    desk: WorkflowEnvironment, contracts: InMemoryContracts
) -> None:
    life = await _without_the_facts(desk, contracts)
    facts = {"third_party": False, "scenario": "isolation", "reproducible": True}
    await life.act(Action.PROVIDE_INFORMATION, REQUESTER, message="It is ours.", facts=facts)
    await life.until(new_york("2027-01-06 15:00"))
    view = await life.view()
    assert view.verdict is not None
    assert view.verdict.decision is Decision.COVERED


@pytest.mark.clause("contensive/feature-isolation")
async def test_facts_given_during_a_settlement_count(
    desk: WorkflowEnvironment, contracts: InMemoryContracts
) -> None:
    life = await _without_the_facts(desk, contracts)
    contracts.is_unavailable = True
    for facts in ({"third_party": False}, {"scenario": "isolation", "reproducible": True}):
        await life.act(Action.PROVIDE_INFORMATION, REQUESTER, message="It is ours.", facts=facts)
    contracts.is_unavailable = False
    await life.until(new_york("2027-01-06 15:00"))
    view = await life.view()
    assert view.verdict is not None
    assert view.verdict.decision is Decision.COVERED
    reached = [e for e in await life.timeline() if e.type is EventType.VERDICT_REACHED]
    assert len(reached) == 1


@pytest.mark.clause("contentsquare/resolution-credit")
async def test_a_late_completion_earns_its_account_credits_once(
    desk: WorkflowEnvironment, contracts: InMemoryContracts
) -> None:
    party = load_contract(Path("examples/contracts/maison-lumiere.yaml"))
    contracts.contracts[party.account] = party
    received = datetime.now(UTC) + timedelta(minutes=1)
    opened = opening(received, contract=party, priority="p1", facts=CHROME)
    life = await Life.begin(desk, opened)
    await life.act(Action.RESPOND, message="?", outcomes=["information_request"], questions=["?"])
    await life.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Since Monday.")
    (resolution,) = [c for c in (await life.view()).clocks if c.name == "resolution"]
    assert resolution.due_at is not None
    await life.until(resolution.due_at + timedelta(hours=30))
    await life.act(Action.RESOLVE, resolution="Fixed.")
    await life.act(Action.CLOSE)
    await life.handle.result()
    terms = account_terms(CATALOG.latest("contentsquare"), party, 2027)
    view = await AccountClient(desk.client).view(terms, datetime.now(UTC))
    assert [credit.days for credit in view.credits] == [2]
