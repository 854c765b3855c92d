"""The words of an English support page."""

PHRASES = {
    # The page.
    "in_force": "In force from {day}.",
    "made_for": "Public holidays are those of {year}.",
    "contents": "On this page",
    "skip": "Skip to the content",
    "end": "{title}, in force from {day}.",
    # Headings.
    "contact": "How to reach us",
    "hours": "Support hours",
    "priorities": "Priorities",
    "kinds": "Kinds of requests",
    "targets": "Response and resolution times",
    "pauses": "When the clock pauses",
    "handling": "How we handle a request",
    "escalation": "Escalation",
    "coverage": "What support covers",
    "included": "Included services",
    "availability": "Availability",
    "credits": "Service credits",
    "service_levels": "Service levels",
    "notice": "Changes and notice",
    "agreement": "The agreement in brief",
    # How to reach us.
    "any_channel": "You can send a request through any of our channels.",
    "reach": "Send your request by one of these channels: {channels}.",
    "reach_one": "Send your request by {channels}.",
    "reach_table": "Channels, by request",
    "channels": "Channels",
    "inside": "during support hours",
    "outside": "outside support hours",
    "with_condition": "{name} ({condition})",
    "fact_is": "{ask} {choices}",
    "no_channel": "none",
    # Hours.
    "hours_table": "Support hours",
    "hours_column": "Hours",
    "zone_column": "Time zone",
    "zone": "{city} time",
    "around_the_clock": "24 hours a day, 7 days a week",
    "hours_for": "For “{clocks}”, these hours count:",
    "all_requests": "All requests",
    "closed": "closed",
    "from_to": "{first} to {last}",
    "on_days": "{days}, {windows}",
    "holidays": "Closed in {year}",
    "holidays_for": "Closed in {year}: {who}",
    "half_days": "Closing early in {year}",
    "open_days": "Days with other hours in {year}",
    "date_column": "Date",
    "name_column": "Day",
    "no_holidays": "These hours also apply on public holidays.",
    "no_holidays_for": "{who}: these hours also apply on public holidays.",
    "idle": "{name} (weekend)",
    "zone_of_all": "All times are {zone}.",
    "closes_early": "Closes at {time}",
    "closes_at": "{name}: closes at {time}",
    "worked": "open, with the hours of a {weekday}",
    "no_hours": "No support hours are published.",
    # Targets.
    "target": "Target",
    "target_table": "Targets",
    "targets_of": "Targets: {who}",
    "promise": "What we promise",
    "counted_from": "Counted from {starts} to {stops}.",
    "counted_once": "Counted from {starts}.",
    "repeats": "Repeated until the request is resolved.",
    "cut_off": (
        "What reaches us after {time}, or on a day without support hours, counts from the opening "
        "of the next day with support."
    ),
    "agreed": "We can agree another time with you.",
    "same_cycle": "If the request is re-opened, the time that was left continues.",
    "new_cycle": "If the request is re-opened, the time starts again.",
    "recount": "After a change of priority, the new target counts from the same start.",
    "restart": "After a change of priority, the new target counts in full from the change.",
    "keep": "A change of priority does not move a target that is already counted.",
    "continue": "After a change of priority, the time already used counts towards the new target.",
    "unit_business_hours": ("Business hours and minutes are counted during support hours only."),
    "unit_business_days": (
        "A business day is a day with support hours. Counted from a time during support hours, the "
        "target ends at the same time of day; counted from any other time, it includes full "
        "days from the next opening."
    ),
    "unit_end_of_day": "“End of day” is the close of support on that day.",
    "unit_following_week": "“The following week” ends with the last support hours of that week.",
    "unit_elapsed": (
        "Hours and days that are not called business hours or business days are counted around the "
        "clock, weekends and public holidays included."
    ),
    "no_targets": "We promise no response or resolution times.",
    # Pauses.
    "pause_information": "While we wait for your answer to a question.",
    "pause_engineering": "While your request is with Engineering.",
    "pause_own": "From {starts} to {stops}.",
    "pause_of": "{clocks}: the clock stops in these cases, and then continues with the time left.",
    "no_pauses": ("The clock never pauses. It also counts while we wait for an answer from you."),
    # Handling.
    "guarantee_none": "No time is guaranteed.",
    "guarantee_priority_flag": "Flagged as a priority; no time is guaranteed.",
    "guarantee_best_effort": "We do our best; no time is guaranteed.",
    "guarantee_reasonable_time": "Within a reasonable time.",
    "guarantee_next_release": "With a scheduled release.",
    "number": (
        "Every request has a number. Please give it whenever you contact us about the request."
    ),
    "classification_requester": "We and you can change the priority of a request.",
    "classification": (
        "The priority that you give is your view of the request. We set the priority that applies."
    ),
    "outcomes": "Our first response has one or more of these:",
    "outcome_resolution": "a resolution",
    "outcome_information_request": "a request for more information",
    "outcome_escalation": "an escalation",
    "outcome_work_started": "the confirmation that we have started to work on it",
    "keep_assigned": (
        "With these priorities, a person stays responsible until the resolution: {names}."
    ),
    "triage": "Triage",
    "triage_by_agent": "If a request needs a closer look, we escalate it to triage.",
    "triage_by_both": (
        "We escalate a request that needs a closer look to triage. You can ask for it, too."
    ),
    "triage_told": "When the escalation begins, we inform {audiences}.",
    "triage_steps": "During triage we go through these steps:",
    "engineering": "Engineering",
    "handoff": (
        "If triage does not find a resolution, Engineering gets your request with all that we "
        "have gathered."
    ),
    "handoff_automatic": "At the latest, this happens when the following week opens.",
    "forecast": (
        "Once the review is complete, we tell you when the work is expected to begin. This "
        "forecast is based on the priority from the viewpoint of {viewpoints}."
    ),
    "forecast_again": "If that date passes before the work begins, you get a new forecast.",
    "releases": "A fix can be part of a scheduled release. Then we tell you which one.",
    "workaround": "Where possible, we provide a workaround until the resolution.",
    "estimate": "We can give you an estimate of when the request will be resolved.",
    "after": "Resolution and closing",
    "closing": (
        "After the resolution you can re-open the request within {duration}. Then it is closed."
    ),
    "reopen_by": "A request that was resolved for want of an answer is re-opened by {channels}.",
    "reminders": "If you do not answer a question of ours, we remind you after {durations}.",
    "reminders_of": (
        "If you do not answer a question of ours ({who}), we remind you after {durations}."
    ),
    "expires_close": "Without an answer, we close the request after {duration}.",
    "expires_resolve": "Without an answer, we consider the request resolved after {duration}.",
    # Escalation.
    "levels_you": "If you are not satisfied with how we handle a request, you can escalate it:",
    "levels_us": "We escalate a request that needs the attention of management:",
    "levels_after_resolution": "You can still escalate a request after its resolution.",
    "levels_after_refusal": "You can still escalate a request that we have refused.",
    "levels_after_both": (
        "You can still escalate a request after its resolution, and one that we have refused."
    ),
    "level": "Level {number}: {name}",
    "levels_ladder": "The levels are taken one after the other.",
    "levels_any": "You can choose any of them.",
    "for_who": "{name} ({who})",
    # Coverage.
    "covered": "Covered",
    "not_covered": "Not covered",
    "not_eligible": "Who can send requests",
    "covered_lead": "Support helps in these cases:",
    "not_covered_lead": "Support cannot help in these cases:",
    "covered_else": "All other requests are covered.",
    "all_covered": "All requests are covered.",
    "questions": "To decide, we need to know:",
    "of_contract": "These answers come from your contract:",
    # Included services.
    "allowance_table": "Included services, by plan",
    "allowance": "{amount} per {each}",
    "allowance_hours": "up to {hours} per {each}",
    "allowance_times": "up to {times} per {each}",
    "rollover_all": "what is left can be used in the next period",
    "rollover": "of what is left, up to {amount} can be used in the next period",
    # Availability.
    "available": (
        "We promise that the service is available {percent} of the time, measured over {of_each}."
    ),
    "availability_table": "Promised availability of each {each}",
    "share_column": "Availability",
    "measured": ("Measured over the {each} {zone}, without the time that does not count."),
    "measured_whole": "Measured over the whole {each} {zone}.",
    "maintenance": "Weekly maintenance takes place on {hours} ({offset}). It does not count.",
    "uncounted": "These causes of downtime do not count:",
    "announced": "{says} (announced in advance)",
    "announced_before": "{says} (announced at least {duration} before)",
    # Service levels.
    "service_level": "{percent} of all cases meet “{clock}” in each {each}.",
    "service_level_of": "{percent} of all cases ({who}) meet “{clock}” in each {each}.",
    # Credits.
    "credit_late": "{clock}: {worth} for {period}.",
    "credit_breach": "{clock}: {worth} for each missed due time.",
    "credit_point_started": (
        "Availability below {percent}: {worth} for each percentage point begun."
    ),
    "credit_point_whole": "Availability below {percent}: {worth} for each full percentage point.",
    "credit_downtime": "Availability below {percent}: {worth} for {period}.",
    "credit_availability": "Availability of the {each}:",
    "credit_level": "{level}, if it is missed: {worth}.",
    "credit_level_bands": "{level}, if it is missed:",
    "credit_breaches": "{clock}, by the number of missed due times in a {each}:",
    "band_below": "below {percent}: {worth}",
    "band_breaches": "from {number} on: {worth}",
    "credit_who": "({who})",
    "capped": "{text} All of them together are worth at most {cap} per {each}.",
    "worth_time": "{duration} of additional contract time",
    "worth_percent": "{percent} of the {fee}",
    "late": "If we miss a promise, you get these credits:",
    "claim": "Please claim a credit within {duration} of the missed promise.",
    "claim_review": "We decide on a claim within {duration}.",
    "claim_reviewed": "We examine every claim.",
    "promises": "What we promise",
    # Changes and notice.
    "keeps_terms": (
        "A request keeps the terms under which it was opened, unless we agree otherwise."
    ),
    "in_advance": "We announce these interruptions in advance:",
    "in_advance_by": "{says}, at least {duration} before",
    "claim_notice": "Claims for service credits: within {duration} of the missed promise.",
    "closing_notice": "A resolved request can be re-opened within {duration}.",
    # The agreement.
    "agreement_lead": "The sections above follow from these clauses.",
    # Parts of sentences.
    "you": "you",
    "your_account_manager": "your account manager",
    "your_customer": "the person responsible for your contract",
    "someone": "the person in charge",
    "all": "all",
}
