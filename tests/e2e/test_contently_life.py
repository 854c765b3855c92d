import pytest

from policies.vocabulary import Action, ClosedAs, Stage
from tests.conftest import Begin
from tests.harness import ENGINEERING, PRODUCT, RecordingMailer, new_york


@pytest.mark.clause("contently/engineering")
async def test_whole_documented_life(begin: Begin, mailer: RecordingMailer) -> None:
    life = await begin(new_york("2027-01-06 14:00"))
    await life.until(new_york("2027-01-07 11:00"))
    await life.act(Action.RESPOND, message="We escalate this.", outcomes=["escalation"])
    await life.act(Action.RECORD_FINDING, step="reproduce", result="Yes, in every browser")
    await life.until(new_york("2027-01-08 10:30"))
    reply = await life.act(Action.CONCLUDE_TRIAGE, resolved=False, conclusion="A regression")
    assert reply.stage is Stage.AWAITING_HANDOFF
    await life.until(new_york("2027-01-11 09:01"))
    assert (await life.view()).stage is Stage.ENGINEERING_REVIEW
    await life.act(Action.RECORD_REVIEW, ENGINEERING, viewpoint="engineering", priority="high")
    await life.act(Action.RECORD_REVIEW, PRODUCT, viewpoint="product", priority="medium")
    await life.act(Action.SHARE_FORECAST)
    await life.act(Action.START_ENGINEERING, ENGINEERING)
    await life.act(Action.RESOLVE, resolution="Fixed in today's release")
    await life.until(new_york("2027-01-20 09:01"))
    summary = await life.handle.result()
    assert summary.closed_as is ClosedAs.RESOLVED
    history = await life.handle.fetch_history()
    print(len(history.events), len(mailer.letters), sum(e.ByteSize() for e in history.events))
    from collections import Counter

    from temporalio.api.enums.v1 import EventType

    print(Counter(EventType.Name(e.event_type) for e in history.events))
