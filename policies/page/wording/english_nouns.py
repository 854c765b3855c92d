"""The nouns of an English support page: clocks, channels, events, periods and units."""

ROLES = {"engineering": "Engineering", "product": "Product"}
EACH = {
    "month": "month",
    "quarter": "quarter",
    "calendar_year": "calendar year",
    "contract_year": "contract year",
}
OF_EACH = {
    "month": "each month",
    "quarter": "each quarter",
    "calendar_year": "each calendar year",
    "contract_year": "each contract year",
}
UNITS = {
    "minute": ("minute", "minutes"),
    "hour": ("hour", "hours"),
    "day": ("day", "days"),
    "week": ("week", "weeks"),
    "business minute": ("business minute", "business minutes"),
    "business hour": ("business hour", "business hours"),
    "business day": ("business day", "business days"),
}
LATE = {
    "started": "each {unit} begun after the due time",
    "whole": "each full {unit} after the due time",
    "started_several": "each period of {period} begun after the due time",
    "whole_several": "each full period of {period} after the due time",
}
DOWN = {
    "started": "each {unit} of downtime begun",
    "whole": "each full {unit} of downtime",
    "started_several": "each period of {period} of downtime begun",
    "whole_several": "each full period of {period} of downtime",
}
FOLLOWING_WEEK = "the following week"
END_OF_DAY = "{length}, end of day"
SAME_DAY = "the same business day, end of day"
SAME_TIME = "{length}, same time of day"
TIMES = ("session", "sessions")
CLOCKS = {
    "acknowledgement": "acknowledgement",
    "first_response": "first response",
    "assignment": "assignment",
    "triage": "triage",
    "engineering_handoff": "handoff to Engineering",
    "review": "review",
    "forecast": "forecast",
    "next_update": "next update",
    "resolution": "resolution",
    "workaround": "workaround",
}
CHANNELS = {
    "email": "e-mail",
    "phone": "phone",
    "portal": "portal",
    "forum": "forum",
    "chat": "chat",
    "widget": "widget in the platform",
    "call": "call",
    "web": "web form",
}
EVENTS = {
    "opened": "the receipt of your request",
    "acknowledged": "our acknowledgement",
    "assigned": "its assignment to a person",
    "unassigned": "the end of an assignment",
    "responded": "our first response",
    "information_requested": "our question to you",
    "information_provided": "your answer",
    "update_posted": "our update",
    "workaround_provided": "a workaround",
    "workaround_withdrawn": "the withdrawal of a workaround",
    "estimate_given": "our estimate",
    "escalated": "the escalation",
    "triage_concluded": "the end of triage",
    "engineering_needed": "the decision to involve Engineering",
    "handed_over": "the handoff to Engineering",
    "reviewed": "a review",
    "review_completed": "the end of the review",
    "forecast_shared": "our forecast",
    "forecast_lapsed": "the end of a forecast that was not kept",
    "engineering_started": "the start of the work in Engineering",
    "release_scheduled": "the choice of a release",
    "reclassified": "a change of the priority or the facts",
    "priority_changed": "a change of priority",
    "due_time_agreed": "an agreement on another time",
    "level_raised": "the escalation to management",
    "resolved": "the resolution",
    "reopened": "a re-opening",
    "closed": "the closing of the request",
}
