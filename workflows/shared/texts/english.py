"""The texts in English, to which other languages fall back."""

ENGLISH = {
    # of tickets and accounts
    "wrong_role": "{action} is reserved for these roles: {may}; yours is {role}",
    "wrong_role_nobody": (
        "under this policy, {action} is not available to any role, including {role}"
    ),
    "id_reused": "the id {id} was already used here for another action",
    "key_reused": "this key was already used to open a different ticket",
    "defect": "{action} failed because of an internal error; nothing was changed",
    "and_also": "{one}; {other}",
    # of tickets
    "no_such_action": "this policy has no action {action}; its stages are: {stages}",
    "escalates_to_levels": "to escalate, use {action}",
    "wrong_stage": "{action} is possible in these stages: {stages}; ticket {number} is {stage}",
    "closed": "ticket {number} is closed",
    "closed_uncontested": (
        "ticket {number} is closed; its coverage decision could be overridden until {until}"
    ),
    "record_full": (
        "this ticket has reached its limit of {most} bytes; close it and continue in a new one"
    ),
    "record_full_for_requesters": (
        "there is no room for this: requesters can write {most} bytes on a ticket; "
        "put long material behind a link, or open a new ticket that refers to this one"
    ),
    "survivor_full": (
        "ticket {number} has reached its limit of {most} bytes and accepts no duplicates"
    ),
    "changed": "the ticket has changed since it was read; it is at version {version} now",
    "no_version": (
        "If-Match names no version of a ticket; this one is at version {version} now, which is "
        'written "{version}", in quotation marks'
    ),
    "terms_unsettled": "the terms of this ticket are not settled yet",
    "acknowledged": "the ticket is already acknowledged",
    "not_reviewed": "a forecast needs both priorities; record the missing reviews first",
    "no_level": "there is no further level to raise this ticket to",
    "wrong_level": "this ticket can be raised to {choices}",
    "overridden": "the coverage decision was already overridden",
    "nothing_open": "this ticket has no coverage decision to override",
    "nothing_to_settle": "the terms and the coverage decision of this ticket need no settlement",
    "facts_refused": "these facts do not fit the support policy: {reasons}",
    "refusal_stands": "the refusal is final",
    "possible_until": "it could be overridden until {until}",
    "no_priorities": "this policy has no priorities, and its promises depend on no facts",
    "no_outcome": "a first response needs one or more of these outcomes: {choices}",
    "outcome_twice": "a response can have each outcome only once",
    "wrong_outcome": "this policy has these outcomes: {choices}",
    "no_question": "an information request needs at least one question",
    "question_alone": "to ask questions, add the outcome {outcome}",
    "keep_assigned": (
        "this ticket must stay assigned until it is resolved; give the next assignee"
    ),
    "unfindable": (
        "'{id}' cannot be searched for; give an id without \\, \" and ?, that neither begins nor "
        "ends with an apostrophe and is not 'nobody' or 'me'"
    ),
    "not_assigned": "this priority needs an assignee; assign the ticket first",
    "no_reply_for_nobody": "under this policy, a missing answer is no reason to close a ticket",
    "undelivered": (
        "the escalation notice to {audiences} has not been delivered; "
        "to conclude triage all the same, give a reason in `undelivered`"
    ),
    "not_run": (
        "these steps of the checklist have no finding: {steps}; "
        "to conclude triage without them, give a reason in `not_run`"
    ),
    "no_such_review": "this policy has no {viewpoint} review",
    "not_your_review": "the role {role} gives the {viewpoint} priority",
    "wrong_priority": "priority must be one of {choices}",
    "no_workaround": "the ticket has no workaround to withdraw",
    "estimate_in_the_past": "resolved_by must be in the future",
    "wrong_milestone": "you can record these milestones: {choices}",
    "not_your_milestone": (
        "the milestone {milestone} is reserved for these roles: {may}; yours is {role}"
    ),
    "same_priority": "the ticket already has the priority {priority}",
    "nothing_agreeable": "under this policy, no due time can be agreed",
    "not_agreeable": "only these clocks can have an agreed due time: {choices}",
    "agree_one": "give either `due_at` or `every`",
    "no_interval": "`every` is for clocks that repeat; give `due_at`",
    "no_open_time": "this policy has no business time for the clock; give `every` in hours or days",
    "agreed_in_the_past": "an agreed due time must be in the future",
    "clock_not_running": "this clock is not running, so there is no due time to agree",
    "consent_to_come": "the time of the consent must not be in the future",
    "consent_needed": (
        "this is later than the due time before, so the requester must agree: "
        "record in `consent` who agreed, when and how"
    ),
    "nothing_to_reclassify": "give the new priority, or the facts to correct",
    "date_unexplained": (
        "a begins_by of your own needs a reason; leave begins_by out to accept the proposed date"
    ),
    "date_out_of_reach": "begins_by must be from {first} to {last}, not {day}",
    "unsettled_terms": "these terms are not settled",
    "other_terms": (
        "the ticket is under {policy} for {account}, which cannot change; "
        "these terms are of {other_policy} for {other_account}"
    ),
    "same_terms": "the ticket is already under these terms: {policy}, revision {revision}",
    "priority_gone": (
        "the ticket has the priority {priority}, and the revision {revision} has only {choices}; "
        "reclassify the ticket first"
    ),
    "other_policy": "{account} is now under {other}, and the ticket under {policy}",
    "no_revision": "{policy} has no revision {revision}; its revisions are {choices}",
    "request_not_kept": "the data from which the terms of this ticket were settled is missing",
    "not_resolved": "resolve the ticket before closing it as resolved",
    "not_waiting": "no_reply is only for tickets that wait for the requester",
    "duplicate": "to close a duplicate, use merge, which names the ticket that continues",
    "no_clause": "{closed_as} needs a clause of this policy: one of {clauses}",
    "no_clauses": "{closed_as} needs a clause, and this policy has no clause for it",
    "no_reason_of_policy": (
        "{closed_as} needs a reason of this policy, and '{reason}' is not one of them; "
        "give one of {choices}, or one of the clauses {clauses}"
    ),
    "reason_closes_as": "the reason {reason} closes a ticket as {right}, not as {closed_as}",
    "reason_of_clause": "the reason {reason} follows from the clause {own}, not from {other}",
    "no_reason_told": "give a reason; the requester receives it",
    "no_reason": "closing as {closed_as} needs a reason",
    "merged_into_itself": "a ticket cannot be merged into itself",
    "merged_into_duplicate": "ticket {number} was merged into this one",
    "merging": "ticket {number} is being merged into ticket {into}",
    "being_merged": (
        "this ticket is being merged into another one, which has not answered yet; try again"
    ),
    "no_ticket": "there is no ticket {number}",
    "of_another_account": "ticket {number} belongs to another account, {account}",
    "closed_merged": "ticket {number} is closed; it continues in ticket {following}",
    "unanswered": "We have not received an answer.",
    "reopened_otherwise": (
        "this ticket was resolved because nobody answered; until {until} it can be re-opened "
        "through: {channels}"
    ),
    "called_off": "Our support team has cancelled this request.",
    # of accounts
    "other_account": "these are the terms of {account}, not of {own}",
    "no_entry": "this account has no entry '{entry}'",
    "gone": "this account has no such entry",
    "no_month": "there is no availability figure for {month}",
    "entries_full": "this account has reached its limit of {most} entries of the type {kind}",
    "no_availability": "{policy} has no availability target for this account",
    "wrong_category": "'{category}' is not a category; give one of {choices}",
    "ends_before": "ends_at must be after starts_at",
    "no_end": "the category {category} needs ends_at; record any overrun as a separate outage",
    "future": "only these categories can be in the future: {choices}",
    "future_none": "an outage cannot be in the future",
    "outage_ended": "{entry} already has an end, or was withdrawn; correct it instead",
    "not_measured": "availability is measured from {since} on",
    "month_final": "the figures for {month} are final; their claim period ended on {until}",
    "month_final_unclaimed": "the figures for {month} are final; 30 days have passed",
    "no_hours": "{policy} includes no hours for this account",
    "no_hours_of_plan": "{policy} includes no hours in the plan {plan}",
    "no_years": "the contract does not give its start date",
    "no_hours_left": (
        "{hours} hours are included in the contract year from {first} to {last}: "
        "{left} left, {wanted} requested"
    ),
    "no_hours_left_in_period": (
        "{hours} hours are included from {first} to {last}: {left} left, {wanted} requested"
    ),
    "no_times_left": "{hours} sessions are included from {first} to {last}: {left} left",
    "session_out_of_reach": "sessions can be booked from {first} to {last}, not for {day}",
    "session_cancelled": "{entry} is already cancelled",
    "session_today": "{entry} is on {day}; it could be cancelled until the day before",
    "claim_over": "the claim period of {entry} ended on {until}",
    "credit_claimed": "{entry} is already claimed",
    "credit_refused": "{entry} was already refused",
    "credit_empty": "{entry} was corrected to zero",
    "credit_capped": "the credits of the period have reached their cap; {entry} is worth nothing",
    "claim_accepted": "{entry} is already accepted",
    "claim_refused": "{entry} was already refused",
    "credit_of_ticket": "late {clock} of ticket {number}",
    "credit_of_month": "availability in {month}",
    "credit_of_breaches": "missed {clock} in {period}: {number}",
    "credit_of_level": "service level {level} in {period}",
}
