"""The vocabulary of all layers: stages, roles, actions, events, clock states.

Policy files, the HTTP API, search attributes and the Temporal UI use these names as they are.
"""

from enum import StrEnum


class Stage(StrEnum):
    """The status of a ticket in the lifecycle."""

    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    TRIAGE = "triage"
    AWAITING_HANDOFF = "awaiting_handoff"
    ENGINEERING_REVIEW = "engineering_review"
    FORECAST_SHARED = "forecast_shared"
    ENGINEERING_WORK = "engineering_work"
    SCHEDULED_RELEASE = "scheduled_release"
    RESOLVED = "resolved"
    CLOSED = "closed"


class WaitingOn(StrEnum):
    """Who has to act next. Independent of the stage."""

    SUPPORT = "support"
    REQUESTER = "requester"
    ENGINEERING = "engineering"
    NOBODY = "nobody"


class ClosedAs(StrEnum):
    """Why a ticket was closed."""

    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"
    NO_REPLY = "no_reply"
    DUPLICATE = "duplicate"
    NOT_COVERED = "not_covered"
    NOT_ELIGIBLE = "not_eligible"


class Role(StrEnum):
    """The role of an actor; `service` is a backend that acts for requesters."""

    REQUESTER = "requester"
    SERVICE = "service"
    AGENT = "agent"
    ENGINEERING = "engineering"
    PRODUCT = "product"
    ACCOUNT_MANAGER = "account_manager"
    OPERATOR = "operator"
    SYSTEM = "system"


class Action(StrEnum):
    """A command on a ticket: one Temporal Update and one API route with its name."""

    ACKNOWLEDGE = "acknowledge"
    ASSIGN = "assign"
    RESPOND = "respond"
    REQUEST_INFORMATION = "request_information"
    PROVIDE_INFORMATION = "provide_information"
    POST_UPDATE = "post_update"
    PROVIDE_WORKAROUND = "provide_workaround"
    WITHDRAW_WORKAROUND = "withdraw_workaround"
    GIVE_ESTIMATE = "give_estimate"
    RECORD_MILESTONE = "record_milestone"
    ADD_NOTE = "add_note"
    ESCALATE = "escalate"
    RECORD_FINDING = "record_finding"
    CONCLUDE_TRIAGE = "conclude_triage"
    HAND_OVER = "hand_over"
    RECORD_REVIEW = "record_review"
    SHARE_FORECAST = "share_forecast"
    START_ENGINEERING = "start_engineering"
    SCHEDULE_RELEASE = "schedule_release"
    RECLASSIFY = "reclassify"
    AGREE_DUE_TIME = "agree_due_time"
    RAISE_LEVEL = "raise_level"
    OVERRIDE_VERDICT = "override_verdict"
    CHANGE_REVISION = "change_revision"
    SETTLE_TERMS = "settle_terms"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    MERGE = "merge"


class EventType(StrEnum):
    """A domain event. Events start and stop clocks, and cause notices."""

    OPENED = "opened"
    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    RESPONDED = "responded"
    INFORMATION_REQUESTED = "information_requested"
    INFORMATION_PROVIDED = "information_provided"
    UPDATE_POSTED = "update_posted"
    WORKAROUND_PROVIDED = "workaround_provided"
    WORKAROUND_WITHDRAWN = "workaround_withdrawn"
    ESTIMATE_GIVEN = "estimate_given"
    MILESTONE_RECORDED = "milestone_recorded"
    NOTE_ADDED = "note_added"
    ESCALATED = "escalated"
    FINDING_RECORDED = "finding_recorded"
    TRIAGE_CONCLUDED = "triage_concluded"
    ENGINEERING_NEEDED = "engineering_needed"
    HANDED_OVER = "handed_over"
    REVIEWED = "reviewed"
    REVIEW_COMPLETED = "review_completed"
    FORECAST_SHARED = "forecast_shared"
    FORECAST_LAPSED = "forecast_lapsed"
    ENGINEERING_STARTED = "engineering_started"
    RELEASE_SCHEDULED = "release_scheduled"
    RECLASSIFIED = "reclassified"
    PRIORITY_CHANGED = "priority_changed"
    """A name of a `reclassified` that changed the priority. It is not recorded by itself."""
    DUE_TIME_AGREED = "due_time_agreed"
    LEVEL_RAISED = "level_raised"
    REVISION_CHANGED = "revision_changed"
    TERMS_SETTLED = "terms_settled"
    VERDICT_REACHED = "verdict_reached"
    VERDICT_OVERRIDDEN = "verdict_overridden"
    CONTRACT_INCOMPLETE = "contract_incomplete"
    OBJECTIONS_FOUND = "objections_found"
    SETTLEMENT_REQUESTED = "settlement_requested"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    MERGED_IN = "merged_in"
    CLOCK_WARNED = "clock_warned"
    CLOCK_BREACHED = "clock_breached"
    CLOCK_OVERDUE = "clock_overdue"
    TICKET_IDLE = "ticket_idle"
    NOTICE_UNDELIVERABLE = "notice_undeliverable"
    CREDIT_EARNED = "credit_earned"
    CREDIT_CORRECTED = "credit_corrected"
    CREDITS_CLAIMED = "credits_claimed"
    CLAIM_ACCEPTED = "claim_accepted"
    CLAIM_OVERDUE = "claim_overdue"
    CLAIM_REFUSED = "claim_refused"
    SERVICE_LEVEL_KEPT = "service_level_kept"
    SERVICE_LEVEL_MISSED = "service_level_missed"
    SESSION_BOOKED = "session_booked"
    SESSION_CANCELLED = "session_cancelled"


ACCOUNT_EVENTS = frozenset(
    {
        EventType.CREDIT_EARNED,
        EventType.CREDIT_CORRECTED,
        EventType.CREDITS_CLAIMED,
        EventType.CLAIM_ACCEPTED,
        EventType.CLAIM_OVERDUE,
        EventType.CLAIM_REFUSED,
        EventType.SERVICE_LEVEL_KEPT,
        EventType.SERVICE_LEVEL_MISSED,
        EventType.SESSION_BOOKED,
        EventType.SESSION_CANCELLED,
    }
)
"""Events of an account. Its people are notified of them, and no clock follows them."""

INTERNAL_EVENTS = frozenset(
    {
        EventType.NOTE_ADDED,
        EventType.CONTRACT_INCOMPLETE,
        EventType.OBJECTIONS_FOUND,
        EventType.SETTLEMENT_REQUESTED,
        EventType.TICKET_IDLE,
    }
)
"""Events that no requester sees. No policy sends notices of them; the ticket itself notifies the
support team of those that are work for it.
"""

STAFF_EVENTS = frozenset({EventType.FINDING_RECORDED, EventType.NOTICE_UNDELIVERABLE})
"""Events about the work of the support team, which no requester sees either. A policy can notify
others of them.
"""


MILESTONE_PREFIX = "milestone."
"""Clocks, notices and pauses name a milestone of the policy by this prefix and its name."""


class ClockState(StrEnum):
    """The state of a clock. A `breached` clock missed its deadline and can be completed late."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    CANCELLED = "cancelled"


class PauseReason(StrEnum):
    """Why a clock is paused: the ticket waits for information or for engineering. A policy can have
    reasons of its own.
    """

    INFORMATION = "information"
    ENGINEERING = "engineering"


class AutomaticStep(StrEnum):
    """What a ticket does by itself at a set time."""

    CLOCK_RUNG = "clock_rung"
    HAND_OVER = "hand_over"
    LAPSE_FORECAST = "lapse_forecast"
    CLOSE = "close"
    FINALIZE_REFUSAL = "finalize_refusal"
    REMIND_OF_IDLENESS = "remind_of_idleness"
    SEND_DIGEST = "send_digest"


class Side(StrEnum):
    """Who a message comes from: the customer, or the support team and its system."""

    REQUESTER = "requester"
    SUPPORT = "support"


class Outcome(StrEnum):
    """The outcome of a first response."""

    RESOLUTION = "resolution"
    INFORMATION_REQUEST = "information_request"
    ESCALATION = "escalation"
    WORK_STARTED = "work_started"


class Reopening(StrEnum):
    """The effect of a re-opening on a clock. It never changes the past."""

    NONE = "none"
    NEW_CYCLE = "new_cycle"
    SAME_CYCLE = "same_cycle"


class LevelOrder(StrEnum):
    """Whether a ticket is raised one level of management at a time, or to any of them."""

    LADDER = "ladder"
    ANY = "any"


class Ending(StrEnum):
    """An end of the work on a ticket: it was resolved, or the request was refused."""

    RESOLUTION = "resolution"
    REFUSAL = "refusal"


class OnChange(StrEnum):
    """What an open clock does when its promise changes, for example with the priority."""

    RECOUNT = "recount"
    RESTART = "restart"
    KEEP = "keep"
    CONTINUE = "continue"


class OnExpiry(StrEnum):
    """What becomes of a ticket when a clock of reminders runs out without an answer."""

    CLOSE = "close"
    RESOLVE = "resolve"


class LatenessMeasure(StrEnum):
    """The time in which lateness grows: all time, or the time that the clock counts."""

    ELAPSED = "elapsed"
    OPEN = "open"


class Guarantee(StrEnum):
    """The kind of promise without a time."""

    NONE = "none"
    PRIORITY_FLAG = "priority_flag"
    BEST_EFFORT = "best_effort"
    REASONABLE_TIME = "reasonable_time"
    NEXT_RELEASE = "next_release"


class Viewpoint(StrEnum):
    """Who assesses a ticket before a forecast."""

    ENGINEERING = "engineering"
    PRODUCT = "product"


class NoticeStatus(StrEnum):
    """The state of a notice's delivery."""

    OWED = "owed"
    IN_DIGEST = "in_digest"
    """Not sent by itself: a digest tells of it."""
    SENT = "sent"
    UNDELIVERABLE = "undeliverable"


class Carrier(StrEnum):
    """How a notice is delivered."""

    MAIL = "mail"
    PAGER = "pager"


class Received(StrEnum):
    """Whether a ticket was received during the support hours."""

    INSIDE_HOURS = "inside_hours"
    OUTSIDE_HOURS = "outside_hours"
