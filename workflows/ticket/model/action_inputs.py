"""What each action says, apart from who says it: one content model for each."""

from datetime import date
from typing import Annotated

from pydantic import Field, JsonValue, StringConstraints

from policies.schema.contract import EmailAddress, OneLine, Slug
from policies.terms.ticket_terms import Terms
from policies.vocabulary import Action, ClosedAs, Outcome, Viewpoint
from workflows.shared.action_request import LONGEST_TEXT, ActionInput, Message
from workflows.shared.payload import Payload

MOST_FINDINGS = 50
"""Findings that come with one conclusion."""
Note = Annotated[str, StringConstraints(max_length=LONGEST_TEXT, strip_whitespace=True)]
Question = Annotated[str, StringConstraints(min_length=1, max_length=1_000, strip_whitespace=True)]
Questions = Annotated[tuple[Question, ...], Field(max_length=20)]
TicketNumber = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$")]


class Acknowledge(ActionInput):
    """The desk has seen the request. Stops the `acknowledgement` clock."""


class Assignee(Payload):
    """The person a ticket is assigned to."""

    id: OneLine
    name: OneLine
    email: EmailAddress


class Assign(ActionInput):
    """Names the assignee; without one, the ticket is left unassigned where that is allowed."""

    assignee: Assignee | None = None


class Respond(ActionInput):
    """The first response: a message and what it consists of. Stops `first_response`."""

    message: Message
    outcomes: Annotated[tuple[Outcome, ...], Field(max_length=3)]
    questions: Questions = ()


class RequestInformation(ActionInput):
    """Asks the requester; the ticket waits on them meanwhile."""

    message: Message
    questions: Questions = ()


class ProvideInformation(ActionInput):
    """Answers what was asked, or adds to what is known; `facts` are what coverage asked for."""

    message: Message
    facts: Annotated[dict[Slug, JsonValue], Field(max_length=50)] = Field(default_factory=dict)


class PostUpdate(ActionInput):
    """Tells the requester about progress. Stops `next_update`."""

    message: Message


class Escalate(ActionInput):
    """Moves the ticket to triage; requester and account manager are told."""

    reason: Message


class Finding(Payload):
    """One troubleshooting step and its result: a step of the checklist, or of the agent's own."""

    step: OneLine
    result: Message


class RecordFinding(Finding, ActionInput):
    """One finding, as soon as it is known."""


class ConcludeTriage(ActionInput):
    """Ends triage, with the `findings` that were not recorded before. `undelivered` says why it
    may end although an escalation notice has not been delivered (contently/escalation-update).
    """

    resolved: bool
    conclusion: Message
    findings: Annotated[tuple[Finding, ...], Field(max_length=MOST_FINDINGS)] = ()
    undelivered: Note | None = None


class HandOver(ActionInput):
    """Gives engineering what was gathered, before the following week opens."""

    note: Note = ""


class RecordReview(ActionInput):
    """One viewpoint's priority for the request."""

    viewpoint: Viewpoint
    priority: Slug
    note: Note = ""


class ShareForecast(ActionInput):
    """When engineering will begin. Without a date, the one the policy's table proposes; another
    date needs a reason.
    """

    begins_by: date | None = None
    reason: Message | None = None
    message: Note = ""


class StartEngineering(ActionInput):
    """Work has begun."""

    note: Note = ""


class ScheduleRelease(ActionInput):
    """The fix goes out in a scheduled release."""

    release: OneLine
    goes_out_on: date | None = None
    note: Note = ""


class Reclassify(ActionInput):
    """Gives another priority; running clocks re-aim and keep their past."""

    priority: Slug
    reason: Message


class RaiseLevel(ActionInput):
    """Takes the ticket to the next level of management; each level is told once, in order."""

    reason: Message


class OverrideVerdict(ActionInput):
    """Takes a request as covered, for a reason on the record: whatever facts are missing, or after
    a verdict closed its ticket, as long as the policy lets refusals be overridden.
    """

    reason: Message


class ChangeRevision(ActionInput):
    """Puts the ticket under other terms of its policy: another revision, or the contract as it is
    now. Open clocks are aimed anew and keep their past.
    """

    terms: Terms
    reason: Message


class Resolve(ActionInput):
    """The issue is resolved."""

    resolution: Message


class Reopen(ActionInput):
    """The issue is not resolved after all."""

    reason: Message


class Close(ActionInput):
    """Ends the ticket. As `not_covered` or `not_eligible` it rests on a reason that the policy has
    by name, or on a clause and a reason in your own words.
    """

    closed_as: ClosedAs = ClosedAs.RESOLVED
    reason: Note = ""
    clause: str | None = None


class Withdraw(ActionInput):
    """The requester no longer needs an answer."""

    reason: Note = ""


class Merge(ActionInput):
    """The same request as another ticket, which goes on."""

    into: TicketNumber
    reason: Note = ""


ACTION_INPUTS: dict[Action, type[ActionInput]] = {
    Action.ACKNOWLEDGE: Acknowledge,
    Action.ASSIGN: Assign,
    Action.RESPOND: Respond,
    Action.REQUEST_INFORMATION: RequestInformation,
    Action.PROVIDE_INFORMATION: ProvideInformation,
    Action.POST_UPDATE: PostUpdate,
    Action.ESCALATE: Escalate,
    Action.RECORD_FINDING: RecordFinding,
    Action.CONCLUDE_TRIAGE: ConcludeTriage,
    Action.HAND_OVER: HandOver,
    Action.RECORD_REVIEW: RecordReview,
    Action.SHARE_FORECAST: ShareForecast,
    Action.START_ENGINEERING: StartEngineering,
    Action.SCHEDULE_RELEASE: ScheduleRelease,
    Action.RECLASSIFY: Reclassify,
    Action.RAISE_LEVEL: RaiseLevel,
    Action.OVERRIDE_VERDICT: OverrideVerdict,
    Action.CHANGE_REVISION: ChangeRevision,
    Action.RESOLVE: Resolve,
    Action.REOPEN: Reopen,
    Action.CLOSE: Close,
    Action.WITHDRAW: Withdraw,
    Action.MERGE: Merge,
}
