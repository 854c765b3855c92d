"""What the page about the process says in words: the text around the tables, a line for each
stage and for each event.
"""

from policies.vocabulary import Action, EventType, Stage

TEXT = """\
<!-- Made by `desk diagram --write` from the tables that the workflow runs on. Do not edit. -->

# The process of a ticket

This page is drawn from the code that decides: the transition table in
`workflows/ticket/actions/lifecycle.py`, the guards in `guards.py`, and the duties in
`workflows/ticket/process/duties.py`.
A test fails when it is stale.

Read it with four words in mind. A ticket is always in one **stage**. People take **actions**;
whether one is possible depends on the stage, on the role of who acts, and sometimes on more.
What became true is an **event**; clocks start and stop on events, and notices follow them. What
the system owes by itself, and from when, is a **duty**.

Whom a ticket waits for (`support`, `requester`, `engineering`, `nobody`) is apart from its stage:
a question to the requester can be outstanding while work goes on.

## The way through

An arrow carries the actions that lead along it. *By itself* means that the workflow takes the
action when it is due, and nobody has done so before.

```mermaid
{diagram}
```

## Stages

{stages}

## Actions

Each is an update of the ticket's workflow, and `POST /tickets/{{number}}/{{action}}` in the API,
with hyphens for underscores. The same action id twice is one action. A refused action changes
nothing, and the refusal says why, which stage the ticket is in and what is possible there.

{actions}

A policy can narrow this further: who may escalate, what a first response may consist of, which
priorities there are. What an action says is checked as well, and a refusal names what is missing.

## Duties

Nobody has to ask for these, and nothing polls for them: the earliest one is a durable timer.

{duties}

## Events

The timeline of a ticket is a list of these, each with its time and who brought it about.

{events}
"""

BY_ITSELF: dict[Action, str] = {
    Action.HAND_OVER: "when the following week opens",
    Action.CLOSE: "when it stayed resolved",
}
"""When the workflow takes an action by itself. No colons: a label in a diagram ends there."""

STAGES: dict[Stage, str] = {
    Stage.RECEIVED: "The request is in; the clock of the first response runs.",
    Stage.IN_PROGRESS: "Support has answered and is working on it.",
    Stage.TRIAGE: "Escalated: an agent gathers information and works through the checklist.",
    Stage.AWAITING_HANDOFF: "Triage ended without a resolution; engineering gets the ticket when "
    "the following week opens, or earlier by hand.",
    Stage.ENGINEERING_REVIEW: "Engineering has the gathered packet; engineering and product each "
    "give their priority.",
    Stage.FORECAST_SHARED: "The requester knows by when engineering will begin.",
    Stage.ENGINEERING_WORK: "Engineering is working on it.",
    Stage.SCHEDULED_RELEASE: "The fix is made and goes out in a release with a date.",
    Stage.RESOLVED: "Support holds it to be resolved; the requester can still re-open it.",
    Stage.CLOSED: "The end, as resolved, withdrawn, without a reply, duplicate, not covered or not "
    "eligible.",
}

EVENTS: dict[EventType, str] = {
    EventType.OPENED: "A request came in, and its terms were pinned.",
    EventType.ACKNOWLEDGED: "The desk has seen it.",
    EventType.ASSIGNED: "Somebody is responsible for it.",
    EventType.UNASSIGNED: "Nobody is, for now.",
    EventType.RESPONDED: "A person gave the first response.",
    EventType.INFORMATION_REQUESTED: "The requester was asked something.",
    EventType.INFORMATION_PROVIDED: "They answered, or something was added.",
    EventType.UPDATE_POSTED: "The requester was told about progress.",
    EventType.ESCALATED: "Triage began.",
    EventType.FINDING_RECORDED: "A troubleshooting step was taken, with this result.",
    EventType.TRIAGE_CONCLUDED: "Triage ended.",
    EventType.ENGINEERING_NEEDED: "It ended without a resolution.",
    EventType.HANDED_OVER: "Engineering got the packet.",
    EventType.REVIEWED: "One viewpoint gave its priority.",
    EventType.REVIEW_COMPLETED: "Both did: a forecast can be made.",
    EventType.FORECAST_SHARED: "A forecast, or a revision of it, was told.",
    EventType.FORECAST_LAPSED: "Its date passed, and work had not begun.",
    EventType.ENGINEERING_STARTED: "Work began.",
    EventType.RELEASE_SCHEDULED: "The fix has a release.",
    EventType.RECLASSIFIED: "The ticket has another priority; running clocks were re-aimed.",
    EventType.LEVEL_RAISED: "The next level of management looks at the ticket, and was told.",
    EventType.REVISION_CHANGED: "The ticket is under other terms of its policy; open clocks were "
    "re-aimed, and its coverage judged anew.",
    EventType.TERMS_SETTLED: "The contract could be looked up; clocks count from receipt.",
    EventType.VERDICT_REACHED: "The facts that were given decided whether the request is covered.",
    EventType.VERDICT_OVERRIDDEN: "An agent takes the request as covered, with a reason. One that "
    "was turned down is received anew, and its clocks count from here.",
    EventType.RESOLVED: "Support holds the issue to be resolved.",
    EventType.REOPENED: "It is not, after all.",
    EventType.CLOSED: "The ticket ended.",
    EventType.WITHDRAWN: "The requester no longer needs an answer.",
    EventType.MERGED: "It goes on in another ticket.",
    EventType.MERGED_IN: "A duplicate was closed in favour of this one; its requester follows it.",
    EventType.MERGE_UNDELIVERED: "The ticket it goes on in is gone or closed, and knows nothing.",
    EventType.CLOCK_WARNED: "A clock came to a rung before its deadline.",
    EventType.CLOCK_BREACHED: "A deadline passed. What was promised is still owed.",
    EventType.CLOCK_OVERDUE: "A clock came to a rung after its deadline.",
    EventType.NOTICE_UNDELIVERABLE: "A notice could not be delivered, for good.",
    EventType.CREDIT_EARNED: "Of an account: a missed promise earned service credits.",
    EventType.CREDIT_CORRECTED: "Of an account: what was earned is more, or less, after all.",
    EventType.CREDITS_CLAIMED: "Of an account: credits were claimed in time.",
    EventType.CLAIM_REFUSED: "Of an account: a claim was not granted, for a reason.",
}
