"""Who sees which field of a ticket: every model that a reader gets, by its name."""

from workflows.shared.visibility.sight import Parts, parts

_ACTOR = parts(public="role name", internal="credential", if_theirs="id")
_REPLY = parts(
    public="number received_at stage waiting_on closed_as clocks guarantees next_due next_step "
    "assignee questions conversation version allowed_actions refusal clause fingerprint locale "
    "zone"
)

TICKET_PARTS: dict[str, Parts] = {
    "Reply": _REPLY,
    "TicketView": {
        **_REPLY,
        **parts(
            public="subject description account policy revision requester contact publication "
            "channel plan kind priority facts agreed_intervals forecast overridden contest_until "
            "turn_to merged_into notices stopped",
            internal="notes checklist verdict level duplicates overrides",
        ),
    },
    "Recipient": parts(public="name email zone locale"),
    "ClockView": parts(
        public="name cycle state clause promised target started_at due_at owed paused_at "
        "breached_at completed_at agreed"
    ),
    "Agreement": parts(public="at due_at every consent", internal="by reason"),
    "Consent": parts(public="by at how"),
    "StepView": parts(public="step at", internal="rung", if_promised="clock cycle"),
    "AssigneeView": parts(public="name", internal="id email"),
    "QuestionView": parts(public="question asked_at fact type choices"),
    "ChoiceView": parts(public="value label"),
    "MessageView": parts(
        public="seq event at by side text questions number", if_theirs="action_id"
    ),
    "ActorView": _ACTOR,
    "ForecastView": parts(public="begins_by proposed revision priorities reason lapsed"),
    "OverrideView": parts(public="at closed_as clause", internal="by reason"),
    "ContactView": parts(public="audience name email"),
    "NoticeView": parts(public="key template audience to status at", internal="error carrier"),
    "NoteView": parts(internal="seq at by text action_id"),
    "ChecklistView": parts(internal="id does done"),
    "Verdict": parts(internal="decision closed_as clauses says used missing reason refers_to"),
    "OverrideTerms": parts(internal="path policy contract clause"),
    "EventView": parts(public="seq type at by data", if_theirs="action_id"),
    # The result of the workflow, which only Temporal clients read.
    "Summary": parts(internal="number closed_as closed_at clocks undeliverable format record"),
    # An entry of a list. A list has no view of the ticket, so its due times are of all clocks.
    "ListedTicket": parts(
        public="number headline opened_at stage waiting_on account policy plan priority",
        internal="assignee next_due breached",
    ),
}

ROWS: dict[str, tuple[str, object]] = {
    "ClockView": ("promised", True),
    "NoticeView": ("audience", "requester"),
}
"""Of these, the requester's side sees those whose field has this value."""

INTERNAL_FILTERS = frozenset({"assignee", "breached", "due_after", "due_before"})
"""Filters of lists that would reveal internal parts."""
