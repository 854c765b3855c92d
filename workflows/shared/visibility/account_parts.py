"""Who sees which field of an account over HTTP: every document, by its name.

A requester with the scope `account`, and a service, see the commitments of their own account. Staff
is shown by its role.
"""

from workflows.shared.visibility.sight import Parts, parts

ACCOUNT_PARTS: dict[str, Parts] = {
    "AccountDocument": parts(
        public="account name policy revision plan contract_starts_on offset years running_month "
        "closed_months service_levels fees next_month_closes_at credits claims events",
        internal="notices",
    ),
    "OutageDocument": parts(
        public="id starts_at ends_at category description announced_at withdrawn counts because "
        "recorded_at recorded_by"
    ),
    "SessionDocument": parts(public="id date hours topic requested_by booked_at cancelled_at"),
    "YearDocument": parts(public="begins last_day hours times carried_over booked left"),
    "SessionTaken": parts(public="session year"),
    "EnablementDocument": parts(public="years sessions"),
    "WorthDocument": parts(public="days amount currency percent of"),
    "CreditDocument": parts(
        public="id credits days state says clause basis breached_on earned_at claim_until "
        "claim_until_at claim worth before_cap cap missing"
    ),
    "ClaimDocument": parts(
        public="id state credits days worths statement filed_at filed_by review_until accepted_at "
        "accepted_because refused_at refused_because"
    ),
    "DowntimeDocument": parts(public="begins ends"),
    "MonthDocument": parts(
        public="month provisional begins ends percent target measured_seconds uncounted_seconds "
        "downtime_seconds credits corrections down down_omitted"
    ),
    "ServiceLevelDocument": parts(
        public="name label clause period first_day last_day target counted kept pending percent "
        "state corrections"
    ),
    "NoticeDocument": parts(internal="key template audience to status at error carrier"),
    "AccountEventDocument": parts(public="seq type at by data", if_theirs="action_id"),
    "ActorDocument": parts(public="role", if_theirs="id name"),
    "AuthorDocument": parts(public="role", internal="credential", if_theirs="id name"),
}

_OUTAGE = parts(public="outage starts_at ends_at category counts withdrawn")
_MONTH = parts(public="month availability downtime_seconds credits")
_SESSION = parts(public="session date hours topic requested_by")
_LEVEL = parts(
    public="service_level level period period_begins period_ends counted kept share target clause"
)
_CREDIT = {
    **_LEVEL,
    **parts(
        public="credit credits days amount currency percent fee fee_missing claim_until "
        "claim_until_at before_cap cap ticket_number clock cycle due_at breached_at late_seconds "
        "completed_at breaches month availability"
    ),
}
_CLAIM = parts(public="claim credits days named worths reviewed review_until")

ACCOUNT_EVENT_PARTS: dict[str, Parts | None] = {
    "outage_recorded": _OUTAGE,
    "outage_ended": parts(public="outage"),
    "outage_corrected": {**_OUTAGE, **parts(internal="reason")},
    "month_closed": _MONTH,
    "month_corrected": {**_MONTH, **parts(public="credits_before")},
    "session_booked": _SESSION,
    # The reasons of a cancellation and of a decision on a claim are for the customer.
    "session_cancelled": {**_SESSION, **parts(public="reason")},
    "credit_earned": _CREDIT,
    "credit_corrected": {**_CREDIT, **parts(public="credits_before worth_before")},
    "credits_claimed": {**_CLAIM, **parts(public="statement")},
    "claim_accepted": {**_CLAIM, **parts(public="reason")},
    # It calls for a decision of the support team.
    "claim_overdue": None,
    "claim_refused": {**_CLAIM, **parts(public="reason")},
    "service_level_kept": {**_LEVEL, **parts(public="corrected")},
    "service_level_missed": {**_LEVEL, **parts(public="corrected")},
    "terms_adopted": parts(public="policy revision plan"),
    "notice_undeliverable": None,
}
"""Who sees which part of the data of an event of an account; None for an internal event."""
