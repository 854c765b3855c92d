"""Whole lives of Contently tickets, each a different path through the process.

Each is used twice: the tests in this folder check its outcome, and its history is stored under
tests/histories and replayed by every later version of the code.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from policies.vocabulary import Action
from tests.harness import ENGINEERING, OPERATOR, PRODUCT, REQUESTER, Life, RecordingMailer, new_york

Begin = Callable[..., Awaitable[Life]]
LifeScript = Callable[[Begin, RecordingMailer], Awaitable[Life]]

RECEIVED = new_york("2027-01-06 14:00")
BO: dict[str, Any] = {"id": "bo", "name": "Bo", "email": "bo@desk.example"}


async def documented(begin: Begin, mailer: RecordingMailer) -> Life:
    """Escalated, handed over when the week opens, forecast, built, resolved, closed."""
    del mailer
    life = await begin(RECEIVED)
    await until(life, "2027-01-07 11:00")
    await life.act(Action.RESPOND, message="We escalate this.", outcomes=["escalation"])
    await life.delivered(3)
    await life.act(Action.RECORD_FINDING, step="reproduce", result="In every browser.")
    await until(life, "2027-01-08 10:30")
    await life.act(
        Action.CONCLUDE_TRIAGE,
        resolved=False,
        conclusion="A regression.",
        not_run="The cause is clear.",
    )
    await until(life, "2027-01-11 09:01")
    await review(life)
    await life.act(Action.SHARE_FORECAST)
    await life.act(Action.START_ENGINEERING, ENGINEERING)
    await life.act(Action.RESOLVE, resolution="Fixed in today's release.")
    await until(life, "2027-01-20 09:01")
    return life


async def answered_at_once(begin: Begin, mailer: RecordingMailer) -> Life:
    """Acknowledged, assigned, resolved by the first response, closed by an agent."""
    del mailer
    life = await begin(RECEIVED)
    await life.act(Action.ACKNOWLEDGE)
    await life.act(Action.ASSIGN, OPERATOR, assignee=BO)
    await life.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
    await life.act(Action.CLOSE)
    return life


async def answered_late(begin: Begin, mailer: RecordingMailer) -> Life:
    """The first response comes after its warnings, its breach and a reminder."""
    del mailer
    life = await begin(RECEIVED, priority="high")
    await until(life, "2027-01-12 09:30")
    await life.act(Action.RESPOND, message="Sorry. Done.", outcomes=["resolution"])
    await until(life, "2027-01-20 12:00")
    return life


async def asked_and_reopened(begin: Begin, mailer: RecordingMailer) -> Life:
    """All outcomes in the first response, an answer after days, resolved, reopened."""
    del mailer
    life = await begin(RECEIVED)
    outcomes = ["resolution", "information_request", "escalation"]
    input: dict[str, Any] = {"message": "Try this.", "questions": ["Did it help?"]}
    await life.act(Action.RESPOND, outcomes=outcomes, **input)
    await life.delivered(3)
    await until(life, "2027-01-14 10:00")
    await life.act(Action.PROVIDE_INFORMATION, REQUESTER, message="It did not.")
    await life.act(Action.REQUEST_INFORMATION, message="Which browser?")
    await life.act(Action.PROVIDE_INFORMATION, message="Firefox, by phone.")
    await life.act(
        Action.CONCLUDE_TRIAGE,
        resolved=True,
        conclusion="An old cache.",
        not_run="The cause is clear.",
    )
    await until(life, "2027-01-15 10:00")
    await life.act(Action.REOPEN, REQUESTER, reason="It is back.")
    await life.act(Action.RECLASSIFY, priority="high", reason="It blocks the launch.")
    await life.act(Action.POST_UPDATE, message="We look again.")
    await until(life, "2027-01-28 10:00")
    await life.act(Action.RESOLVE, resolution="Really fixed.")
    await until(life, "2027-02-10 10:00")
    return life


async def forecast_that_did_not_hold(begin: Begin, mailer: RecordingMailer) -> Life:
    """Handed over early; the forecast lapses and is revised with a reason; a scheduled release."""
    del mailer
    life = await begin(RECEIVED)
    await life.act(Action.RESPOND, message="We escalate this.", outcomes=["escalation"])
    await life.delivered(3)
    await life.act(
        Action.CONCLUDE_TRIAGE,
        resolved=False,
        conclusion="A regression.",
        not_run="The cause is clear.",
    )
    await life.act(Action.HAND_OVER, note="The launch depends on it.")
    await review(life)
    await life.act(Action.SHARE_FORECAST)
    await until(life, "2027-02-05 10:00")
    revised: dict[str, Any] = {"begins_by": "2027-02-12", "reason": "The team was short."}
    await life.act(Action.SHARE_FORECAST, **revised)
    await life.act(Action.START_ENGINEERING, ENGINEERING)
    await life.act(Action.SCHEDULE_RELEASE, ENGINEERING, release="2027.2", goes_out_on="2027-02-20")
    await life.act(Action.RESOLVE, resolution="In release 2027.2.")
    await life.act(Action.CLOSE)
    return life


async def not_eligible(begin: Begin, mailer: RecordingMailer) -> Life:
    """A requester without an active publication is refused with the reason, and stays refused."""
    del mailer
    life = await begin(RECEIVED, publication="ebb")
    await until(life, "2027-01-13 15:00")
    return life


async def taken_on_after_all(begin: Begin, mailer: RecordingMailer) -> Life:
    """Refused by the verdict, which an agent overrides, then answered in time."""
    del mailer
    life = await begin(RECEIVED, publication="ebb")
    await until(life, "2027-01-08 10:00")
    await life.act(Action.OVERRIDE_VERDICT, reason="Their publication is being renewed.")
    await life.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
    await life.act(Action.CLOSE)
    return life


async def not_covered(begin: Begin, mailer: RecordingMailer) -> Life:
    """The cause is third-party software; closed under that clause, with the reason."""
    del mailer
    life = await begin(RECEIVED)
    input: dict[str, Any] = {"closed_as": "not_covered", "clause": "limitation"}
    await life.act(Action.CLOSE, reason="A browser extension blocks the editor.", **input)
    return life


async def merged(begin: Begin, mailer: RecordingMailer) -> Life:
    """A duplicate of another ticket."""
    del mailer
    into, life = await begin(RECEIVED), await begin(RECEIVED)
    await life.act(Action.MERGE, into=into.number, reason="Sent twice.")
    return life


async def undeliverable(begin: Begin, mailer: RecordingMailer) -> Life:
    """The address of the account manager is rejected; triage ends with a recorded reason."""
    mailer.refused.add("ines@contently.example")
    life = await begin(RECEIVED)
    await life.act(Action.RESPOND, message="We escalate this.", outcomes=["escalation"])
    await life.delivered(4)
    concluded: dict[str, Any] = {"resolved": True, "conclusion": "An old cache."}
    concluded["not_run"] = "The cause is clear."
    await life.act(Action.CONCLUDE_TRIAGE, undelivered="Told Ines by phone.", **concluded)
    await life.act(Action.WITHDRAW, REQUESTER, reason="Thank you.")
    return life


LIVES: dict[str, LifeScript] = {
    script.__name__: script
    for script in (
        documented,
        answered_at_once,
        answered_late,
        asked_and_reopened,
        forecast_that_did_not_hold,
        not_eligible,
        taken_on_after_all,
        not_covered,
        merged,
        undeliverable,
    )
}


async def until(life: Life, text: str) -> None:
    """Advances to a local time in New York."""
    at: datetime = new_york(text)
    await life.until(at)


async def review(life: Life) -> None:
    """Engineering and product record their reviews."""
    await life.act(Action.RECORD_REVIEW, ENGINEERING, viewpoint="engineering", priority="high")
    await life.act(Action.RECORD_REVIEW, PRODUCT, viewpoint="product", priority="medium")
