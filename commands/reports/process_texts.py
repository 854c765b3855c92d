"""The texts of docs/lifecycle.md: the prose around its tables, and a line for each stage, role
and event.
"""

from typing import NamedTuple

from policies.vocabulary import Action, EventType, Role, Stage

TEXT = """\
<!-- Made by `desk diagram --write` from the tables that the workflow runs on. Do not edit. -->

# Ticket lifecycle

This page is generated from the code that decides: the action table in
`workflows/ticket/actions/table.py` and the duties in `workflows/ticket/process/duties.py`. A test
fails when the page is stale. It uses four words in one sense each:

- A ticket is always in exactly one **stage**.
- An **action** is taken by a person or a backend. Stage, role and sometimes further conditions
  decide whether it is possible.
- An **event** records a change of the ticket and is kept in its timeline. Clocks start and stop on
  events, and notices follow them. (Temporal's own events are called *history events*.)
- A **duty** is something that the workflow does by itself at a certain time.

`waiting_on` (`support`, `requester`, `engineering` or `nobody`) is independent of the stage: a
question to the requester can be open while work continues.

Two actions are called escalations in the field. Here `escalate` hands a ticket to `triage`
(elsewhere: tier-2 investigation), and `raise_level` is the management escalation.

## Diagram

The bold arrows are the short path that most tickets take: answered, resolved, closed. The stages
from `triage` to `scheduled_release` are for requests that support cannot resolve alone. In brackets
stands the result that decides the next stage. An action that keeps the stage has no arrow.

```mermaid
{diagram}
```

*Automatic* means that the workflow takes the action when it is due. An agent can take it earlier.

{automatic}

## Stages

{stages}

## Roles

A caller's role comes from its bearer token ([security](security.md#credentials)).
`desk up` creates one token for each role. Every role can read tickets; a
token limited to accounts sees only their tickets.

{roles}

## Actions

Each action is an update of the ticket's workflow, and `POST /tickets/{{number}}/{{action}}` in
[the API](api.md), with hyphens for underscores and the fields of `body`; a field marked `?` is
optional. Repeating an action with the same id has no further effect. A refused action changes
nothing; the refusal states the reason, the stage of the ticket and the actions that are possible.

{actions}

A ticket has only the stages and actions that its policy declares: without `escalation` and `triage`
there is no triage, without `handoff` and `forecast` no engineering. `desk diagram POLICY` prints
the process of one policy. A policy also narrows this table: who may escalate, which outcomes a
first response may have, which priorities exist. The body of an action is checked as well; the
refusal lists its errors.

## Duties

The earliest duty of a ticket is a durable timer. Nothing polls for duties. Duties that are due at
the same time are performed in the order of this table.

{duties}

## Events

The timeline of a ticket lists these, each with its time and the actor.

{events}
"""


POLICY_TEXT = """\
# The process of {title}

```mermaid
{diagram}
```

{automatic}

## Stages

{stages}

## Actions

Outcomes of a first response: {outcomes}.

{actions}
"""


class Automatic(NamedTuple):
    """The stage in which the workflow takes an action by itself, and when."""

    stage: Stage
    when: str


AUTOMATIC: dict[Action, Automatic] = {
    Action.HAND_OVER: Automatic(Stage.AWAITING_HANDOFF, "when the following week opens"),
    Action.CLOSE: Automatic(Stage.RESOLVED, "when the time to re-open the ticket has passed"),
}

OUTCOMES: dict[tuple[Action, Stage], str] = {
    (Action.RESPOND, Stage.IN_PROGRESS): "information_request, work_started",
    (Action.RESPOND, Stage.TRIAGE): "escalation",
    (Action.RESPOND, Stage.RESOLVED): "resolution",
    (Action.CONCLUDE_TRIAGE, Stage.RESOLVED): "resolved",
    (Action.CONCLUDE_TRIAGE, Stage.AWAITING_HANDOFF): "unresolved",
    (Action.CONCLUDE_TRIAGE, Stage.IN_PROGRESS): "unresolved, without engineering",
}
"""The result of an action that leads to a stage, for actions that can lead to several."""

STAGES: dict[Stage, str] = {
    Stage.RECEIVED: "The request is open and not yet answered.",
    Stage.IN_PROGRESS: "Support has answered and works on the request.",
    Stage.TRIAGE: "Escalated: an agent gathers information and works through the checklist.",
    Stage.AWAITING_HANDOFF: "Triage ended without a resolution. Engineering gets the ticket when "
    "the following week opens, or earlier by hand.",
    Stage.ENGINEERING_REVIEW: "Engineering has the gathered findings. Engineering and product each "
    "assess the priority.",
    Stage.FORECAST_SHARED: "The requester has been given the date by which engineering will begin.",
    Stage.ENGINEERING_WORK: "Engineering works on the request.",
    Stage.SCHEDULED_RELEASE: "The fix is made and ships in a scheduled release.",
    Stage.RESOLVED: "Support considers the request resolved. It can still be re-opened.",
    Stage.CLOSED: "Ended: resolved, withdrawn, without a reply, duplicate, not covered or not "
    "eligible.",
}

ROLES: dict[Role, tuple[str, str]] = {
    Role.REQUESTER: (
        "A person of the customer",
        "Opens tickets. Books sessions and claims credits for the account.",
    ),
    Role.SERVICE: (
        "A backend that acts for its requesters, such as a support form",
        "Opens tickets. Books sessions and claims credits for the account.",
    ),
    Role.AGENT: (
        "A person of the support team; not an AI agent, not a worker process",
        "Opens tickets.",
    ),
    Role.ENGINEERING: ("A person of the engineering team", ""),
    Role.PRODUCT: ("A person of product management", ""),
    Role.ACCOUNT_MANAGER: (
        "The person responsible for the account",
        "Books sessions, claims credits, accepts and refuses claims.",
    ),
    Role.OPERATOR: (
        "A person who runs the deployment",
        "Opens tickets. Records outages, accepts and refuses claims, adopts new terms for an "
        "account. Exports and erases personal data.",
    ),
    Role.SYSTEM: ("The workflow itself", "No token can have this role."),
}
"""Who holds a role, and what it may do apart from actions on tickets."""

EVENTS: dict[EventType, str] = {
    EventType.OPENED: "The request was received and its terms were pinned.",
    EventType.ACKNOWLEDGED: "An agent has seen the request.",
    EventType.ASSIGNED: "The ticket has an assignee.",
    EventType.UNASSIGNED: "The ticket has no assignee.",
    EventType.RESPONDED: "A person gave the first response.",
    EventType.INFORMATION_REQUESTED: "The requester was asked for information.",
    EventType.INFORMATION_PROVIDED: "Information was added to the ticket.",
    EventType.UPDATE_POSTED: "The requester was informed about progress.",
    EventType.WORKAROUND_PROVIDED: "The requester was told a way to work until the resolution.",
    EventType.WORKAROUND_WITHDRAWN: "The workaround does not help.",
    EventType.ESTIMATE_GIVEN: "The requester was told when to expect the resolution.",
    EventType.MILESTONE_RECORDED: "A milestone of the policy was reached. Clocks, pauses and "
    "notices name it `milestone.NAME`.",
    EventType.NOTE_ADDED: "An internal note was added. No requester sees it.",
    EventType.ESCALATED: "Triage began.",
    EventType.FINDING_RECORDED: "A troubleshooting step and its result were recorded.",
    EventType.TRIAGE_CONCLUDED: "Triage ended.",
    EventType.ENGINEERING_NEEDED: "Triage ended without a resolution.",
    EventType.HANDED_OVER: "Engineering received the findings.",
    EventType.REVIEWED: "Engineering or product gave its priority.",
    EventType.REVIEW_COMPLETED: "Both priorities are recorded, so a forecast is possible.",
    EventType.FORECAST_SHARED: "A forecast, or a new version of it, was shared.",
    EventType.FORECAST_LAPSED: "The date of the forecast passed before work began.",
    EventType.ENGINEERING_STARTED: "Engineering began to work.",
    EventType.RELEASE_SCHEDULED: "The fix was assigned to a release.",
    EventType.RECLASSIFIED: "The priority or facts changed. Running clocks have a new deadline.",
    EventType.PRIORITY_CHANGED: "Another name of a `reclassified` that changed the priority, for "
    "clocks, pauses and notices.",
    EventType.DUE_TIME_AGREED: "A due time or an interval was agreed with the requester's side.",
    EventType.LEVEL_RAISED: "The next level of management was notified.",
    EventType.REVISION_CHANGED: "The ticket moved to other terms of its policy. Open clocks have a "
    "new deadline, and coverage was decided again.",
    EventType.TERMS_SETTLED: "The contract could be read. Clocks count from receipt.",
    EventType.VERDICT_REACHED: "The facts given decided whether the request is covered.",
    EventType.VERDICT_OVERRIDDEN: "An agent treats the request as covered, for a recorded reason. "
    "A ticket that was closed as not covered is received again, and its clocks count from here.",
    EventType.CONTRACT_INCOMPLETE: "The coverage decision needs facts that only the contract "
    "states, and they are missing there. The support team is notified, not the requester.",
    EventType.OBJECTIONS_FOUND: "After the opening, something in the request or the contract was "
    "found not to fit the policy. The ticket stays open, and the support team is notified.",
    EventType.SETTLEMENT_REQUESTED: "The terms or the coverage decision are settled again.",
    EventType.RESOLVED: "Support considers the request resolved.",
    EventType.REOPENED: "The request was re-opened.",
    EventType.CLOSED: "The ticket was closed.",
    EventType.WITHDRAWN: "The requester withdrew the request.",
    EventType.MERGED: "The ticket was closed in favour of another one.",
    EventType.MERGED_IN: "A duplicate was closed in favour of this ticket. Its requester follows "
    "this ticket.",
    EventType.CLOCK_WARNED: "A clock reached a rung before its deadline.",
    EventType.CLOCK_BREACHED: "A deadline passed. The clock can still be met, late.",
    EventType.CLOCK_OVERDUE: "A clock reached a rung after its deadline.",
    EventType.TICKET_IDLE: "Nothing has happened for long, and no clock would remind anybody. The "
    "support team is notified.",
    EventType.NOTICE_UNDELIVERABLE: "A notice could not be delivered.",
    EventType.CREDIT_EARNED: "Account: a missed deadline or month earned service credits.",
    EventType.CREDIT_CORRECTED: "Account: an earned credit was raised or lowered.",
    EventType.CREDITS_CLAIMED: "Account: credits were claimed in time.",
    EventType.SESSION_BOOKED: "Account: a session was booked.",
    EventType.SESSION_CANCELLED: "Account: a session was cancelled.",
    EventType.CLAIM_ACCEPTED: "Account: a claim that was reviewed was accepted.",
    EventType.CLAIM_OVERDUE: "Account: the time for the decision on a claim is over.",
    EventType.CLAIM_REFUSED: "Account: a claim was refused, with a reason.",
    EventType.SERVICE_LEVEL_KEPT: "Account: the share of a service level was kept in a period.",
    EventType.SERVICE_LEVEL_MISSED: "Account: the share of a service level was missed in a period.",
}
