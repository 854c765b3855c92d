"""Who sees which event of a ticket, and which part of its data.

A `message` is for the requester. A `reason` is for the record, unless the event ends the ticket or
explains a forecast. The same table decides what an e-mail to a requester can say.
"""

from policies.vocabulary import ACCOUNT_EVENTS, INTERNAL_EVENTS, STAFF_EVENTS, EventType
from workflows.shared.visibility.sight import EventSight, Parts, Sight, parts


def _public(data: Parts | None = None) -> EventSight:
    return EventSight((Sight.PUBLIC,), data or {})


def _if_told(data: Parts) -> EventSight:
    return EventSight((Sight.IF_TOLD,), data)


def _clock_event(*conditions: Sight) -> EventSight:
    data = parts(public="cycle rung due_at target clause promised owner", if_promised="clock")
    return EventSight((*conditions, Sight.IF_PROMISED), data)


_INTERNAL_DATA: dict[EventType, Parts] = {
    EventType.NOTE_ADDED: parts(internal="note"),
    EventType.CONTRACT_INCOMPLETE: parts(internal="questions facts clause"),
    EventType.OBJECTIONS_FOUND: parts(internal="objections facts settled"),
    EventType.SETTLEMENT_REQUESTED: {},
    EventType.TICKET_IDLE: parts(internal="since waiting_on"),
    EventType.FINDING_RECORDED: parts(internal="step result"),
    EventType.NOTICE_UNDELIVERABLE: parts(internal="key template audience to error"),
}

TICKET_EVENTS: dict[EventType, EventSight] = {
    **{
        kind: EventSight((Sight.INTERNAL,), _INTERNAL_DATA[kind])
        for kind in EventType
        if kind in INTERNAL_EVENTS | STAFF_EVENTS
    },
    # Not recorded by itself: a name of `reclassified`.
    EventType.PRIORITY_CHANGED: EventSight((Sight.INTERNAL,), {}),
    # Events of an account, which no ticket has.
    **{kind: EventSight((Sight.INTERNAL,), {}) for kind in EventType if kind in ACCOUNT_EVENTS},
    EventType.OPENED: _public(parts(public="description", internal="overrides")),
    EventType.ACKNOWLEDGED: _public(),
    EventType.ASSIGNED: _public(parts(public="name", internal="assignee")),
    EventType.UNASSIGNED: _public(),
    EventType.RESPONDED: _public(parts(public="message outcomes questions")),
    EventType.INFORMATION_REQUESTED: _public(parts(public="message questions facts clause")),
    EventType.INFORMATION_PROVIDED: _public(parts(public="message facts")),
    EventType.UPDATE_POSTED: _public(parts(public="message")),
    EventType.WORKAROUND_PROVIDED: _public(parts(public="message")),
    EventType.WORKAROUND_WITHDRAWN: _public(parts(if_told="message")),
    EventType.ESTIMATE_GIVEN: _public(parts(public="resolved_by message")),
    EventType.MILESTONE_RECORDED: _if_told(
        parts(public="milestone says clause", if_told="message")
    ),
    EventType.ESCALATED: _public(parts(if_told="message")),
    EventType.TRIAGE_CONCLUDED: _public(
        parts(public="resolved", internal="conclusion undelivered not_run")
    ),
    EventType.ENGINEERING_NEEDED: _public(parts(internal="conclusion")),
    EventType.HANDED_OVER: _public(parts(internal="note")),
    EventType.REVIEWED: _if_told(parts(public="viewpoint priority", internal="note")),
    EventType.REVIEW_COMPLETED: _if_told(parts(public="priorities")),
    EventType.FORECAST_SHARED: _public(
        parts(public="begins_by proposed revision priorities basis reason")
    ),
    EventType.FORECAST_LAPSED: _public(parts(public="begins_by revision")),
    EventType.ENGINEERING_STARTED: _public(parts(if_told="message")),
    EventType.RELEASE_SCHEDULED: _public(parts(public="release goes_out_on", if_told="message")),
    EventType.RECLASSIFIED: _public(parts(public="from to facts message", internal="reason")),
    EventType.DUE_TIME_AGREED: EventSight(
        (Sight.IF_PROMISED,),
        parts(public="cycle due_at was every consent", internal="reason", if_promised="clock"),
    ),
    EventType.LEVEL_RAISED: _public(
        parts(
            public="level clause",
            internal="audience by_clock at_rung",
            if_told="message",
            # A requester who raises a ticket has named the level.
            if_theirs="level_name",
        )
    ),
    EventType.REVISION_CHANGED: _public(
        parts(public="from to", internal="reason", if_promised="clocks")
    ),
    EventType.TERMS_SETTLED: _public(parts(public="policy plan", internal="overrides")),
    EventType.VERDICT_REACHED: _public(parts(public="decision", internal="withdrawn")),
    EventType.VERDICT_OVERRIDDEN: _public(
        parts(public="closed_as clause says refers_to", internal="reason missing")
    ),
    EventType.RESOLVED: _public(
        parts(public="message closes_at clause reopen_by", if_promised="by_clock")
    ),
    EventType.REOPENED: _public(parts(public="message")),
    EventType.CLOSED: _public(
        parts(
            public="closed_as reason clause says refers_to into",
            internal="reason_id",
            if_promised="by_clock",
        )
    ),
    EventType.WITHDRAWN: _public(parts(public="reason")),
    EventType.MERGED: _public(parts(public="into", if_told="reason")),
    # Another requester wrote the duplicate.
    EventType.MERGED_IN: _public(
        parts(internal="number requester follows reason subject description")
    ),
    EventType.CLOCK_WARNED: _clock_event(Sight.IF_TOLD),
    EventType.CLOCK_BREACHED: _clock_event(),
    EventType.CLOCK_OVERDUE: _clock_event(Sight.IF_TOLD),
}
