"""Sample facts of every template, with all its optional ones: for previews, checks and tests."""

from typing import Any

NUMBER = "4K7Q-2M9X-8TBD"
DUE = "2027-01-15T19:00:00Z"

_CLOCK = {
    "clock": "first_response",
    "cycle": 2,
    "rung": "75%",
    "due_at": DUE,
    "clause": "First Response Time",
    "promised": True,
    "late": "PT26H5M",
    "owner": "Sam Okafor",
}

_BY: dict[str, Any] = {"by_requester": False, "by_reader": False}

_NEEDED: dict[str, Any] = {
    "questions": ["Which browser is it?", "Is it up to date?"],
    "choices": [["Google Chrome", "Another one"], []],
    "clause": "Supported Browsers",
}

_CREDIT = {
    "credits": 2,
    "days": 2,
    "clause": "Remedies",
    "claim_until": "2027-04-01",
    "ticket_number": NUMBER,
    "clock": "resolution",
    "due_at": DUE,
    "completed_at": "2027-01-18T09:30:00Z",
}
_LEVEL = {
    "level": "Quick answers",
    "period_begins": "2026-04-01",
    "period_ends": "2026-06-30",
    "counted": 49,
    "kept": 48,
    "share": "97.9591",
    "target": "98",
    "clause": "Service levels",
}
_PROMISES = {
    "promise": "2 business days",
    "due_at": DUE,
    "guarantee": None,
    "announced_clock": None,
    "acknowledgement_promise": "1 hour",
    "acknowledgement_due_at": DUE,
}
_SESSION = {
    "date": "2027-04-01",
    "hours": "1.5",
    "topic": "Slices and previews",
    "requested_by": "Nora Forge",
    "by": "Mia Chen",
}

FULL_FACTS: dict[str, dict[str, Any]] = {
    "workaround_provided": {
        "message": "Use the mobile app:\nit has the same export.",
        "by": "Sam Okafor",
        **_BY,
    },
    "workaround_withdrawn": {"message": "The mobile app fails, too.", "by": "Sam Okafor", **_BY},
    "estimate_given": {
        "resolved_by": DUE,
        "message": "The fix is being tested.",
        "by": "Sam Okafor",
        **_BY,
    },
    "milestone_recorded": {
        "says": "Reproduced",
        "message": "With your file.",
        "by": "Sam Okafor",
        **_BY,
    },
    "contract_incomplete": {
        "questions": ["Is user support paid for this account?"],
        "facts": ["user_support"],
        "clause": "User Support",
    },
    "objections_found": {
        "objections": ["'fax' is not one of email, portal", "'colour' is not a fact"],
        "settled": False,
    },
    "opened": {
        "description": "I export an article.\nThe file has no rows.",
        **_PROMISES,
        **_NEEDED,
    },
    "responded": {
        "message": "The export skips drafts.",
        "outcomes": ["resolution", "information_request", "escalation"],
        "questions": ["Which browser?", "Since when?"],
        "due_at": DUE,
        "by": "Sam Okafor",
        **_BY,
    },
    "information_requested": {
        "message": "We cannot see it yet.",
        "questions": ["Which browser?", "Since when?"],
        "choices": [],
        "by": "Sam Okafor",
        **_BY,
    },
    "information_provided": {
        "message": "Firefox, since Monday.",
        "by": "Mia Chen",
        **_BY,
        "by_requester": True,
    },
    "update_posted": {"message": "We found the slow query.", "by": "Sam Okafor", **_BY},
    "escalated": {"message": "It happens to others too.", "due_at": DUE, "by": "Sam Okafor", **_BY},
    "handed_over": {
        "description": "The file has no rows.",
        "findings": [
            {"step": "Reproduce it", "result": "Seen twice.", "by": "Sam Okafor", "at": DUE}
        ],
        "information": [
            {"question": "Which browser?", "answer": "Firefox"},
            {"question": "Since when?", "answer": None},
        ],
        "conclusion": "The exporter loses its session.",
        "due_at": DUE,
        "requested_by": "Mia Chen",
        "note": "Please look at the session first.",
    },
    "with_engineering": {"opened_at": DUE},
    "forecast_shared": {
        "begins_by": "2027-02-01",
        "basis": "High for Engineering, low for Product.",
        "revision": 2,
        "reason": "A release came first.",
        "priorities": {"engineering": "high", "product": "low"},
    },
    "forecast_lapsed": {"begins_by": "2027-02-01"},
    "engineering_started": {"message": "The exporter team has it."},
    "release_scheduled": {
        "release": "27.3",
        "goes_out_on": "2027-03-01",
        "message": "With the other exporter fixes.",
    },
    "resolved": {
        "message": "Drafts are exported now.",
        "by": "Sam Okafor",
        **_BY,
        "closes_at": DUE,
    },
    "reopened": {"message": "It is empty again.", "by": "Mia Chen", **_BY, "by_requester": True},
    "closed": {
        "closed_as": "not_covered",
        "reason": "The plug-in of another vendor drops the rows.",
        "clause": "Limitations of Service",
        "says": "Third-party software is not covered.",
        "into": None,
        "turn_to": {"name": "Sales", "email": "sales@desk.example"},
    },
    "referred": {
        "description": "We would like a workshop.",
        "requester_email": "mia@acme.example",
        "says": "Workshops are sold separately.",
    },
    "verdict_overridden": {
        "by": "Sam Okafor",
        **_BY,
        **_PROMISES,
    },
    "revision_changed": {
        "from": "2026-01-01",
        "to": "2027-01-01",
        "clocks": [
            {"name": "first_response", "was": "2027-01-14T19:00:00Z", "now": DUE},
            {"name": "triage", "was": DUE, "now": DUE},
            {"name": "resolution", "was": None, "now": DUE},
            {"name": "forecast", "was": DUE, "now": None},
        ],
        **_NEEDED,
        "by": "Sam Okafor",
        **_BY,
        "reason": "Agreed with the customer.",
    },
    "acknowledged": {"by": "Sam Okafor", **_BY},
    "assigned": {"by": "Lee Park", **_BY},
    "unassigned": {"by": "Lee Park", **_BY},
    "reclassified": {
        "from": "normal",
        "to": "high",
        "facts": [
            {"question": "Where are you?", "answer": "In London"},
            {"question": "Do you need us around the clock?", "answer": True},
        ],
        "reason": "Nobody there can publish.",
        "message": "We now know that it affects all of your authors.",
        "clocks": [
            {"name": "first_response", "due_at": DUE, "is_over": True, "guarantee": None},
            {"name": "triage", "due_at": DUE, "is_over": False, "guarantee": None},
            {"name": "forecast", "due_at": None, "is_over": False, "guarantee": None},
            {"name": "resolution", "due_at": None, "is_over": False, "guarantee": "best_effort"},
        ],
        "by": "Sam Okafor",
        **_BY,
    },
    "due_time_agreed": {
        "clock": "resolution",
        "due_at": DUE,
        "was": "2027-01-14T15:00:00Z",
        "every": "4 hours",
        "reason": "Deployments are on Fridays only.",
        "consent": {"by": "Mia Harbour", "at": DUE, "how": "by phone"},
        "by": "Sam Okafor",
        **_BY,
    },
    "finding_recorded": {
        "step": "Reproduce it",
        "result": "Seen twice.\nOnly with drafts.",
        "by": "Sam Okafor",
        **_BY,
    },
    "triage_concluded": {
        "resolved": False,
        "conclusion": "The exporter loses its session.",
        "by": "Sam Okafor",
        **_BY,
    },
    "engineering_needed": {"conclusion": "The exporter loses its session."},
    "reviewed": {
        "viewpoint": "engineering",
        "priority": "high",
        "note": "It blocks the release.",
        "by": "Ines Roy",
        **_BY,
    },
    "review_completed": {"priorities": {"engineering": "high", "product": "low"}},
    "terms_settled": {},
    "verdict_reached": {"decision": "covered"},
    "withdrawn": {
        "reason": "It was our proxy.",
        "by": "Mia Chen",
        **_BY,
        "by_requester": True,
    },
    "merged": {"into": "7K2M-0QXW-9HTE", "reason": "The same outage.", "by": "Sam Okafor", **_BY},
    "merged_in": {
        "number": "7K2M-0QXW-9HTE",
        "requester": "Noor Haddad",
        "subject": "Exports are empty",
        "description": "The same here.",
        "follows": True,
        "reason": "The same outage.",
        "by": "Sam Okafor",
        **_BY,
    },
    "ticket_idle": {"since": DUE, "waiting_on": "requester"},
    "notice_undeliverable": {
        "template": "escalated",
        "to": "mia@acme.example",
        "error": "550 No such mailbox",
    },
    "clock_warned": _CLOCK,
    "clock_breached": _CLOCK,
    "clock_overdue": _CLOCK,
    "reminder": {
        "questions": ["Which browser?", "Since when?"],
        "choices": [["Google Chrome", "Another one"], []],
        "asked_at": DUE,
        "due_at": DUE,
    },
    "information_needed": _NEEDED,
    "level_raised": {
        "level": 2,
        "level_name": "account management",
        "by": "Mia Chen",
        **_BY,
        "message": "Nobody has called back.",
        "by_clock": "first_response",
        "at_rung": "75%",
    },
    "paged": {
        "clock": "first_response",
        "due_at": DUE,
        "message": "Nothing loads.",
        "priority": "p0",
    },
    "digest": {
        "count": 290,
        "since": "2027-01-15T18:00:00Z",
        "entries": [
            {
                "at": DUE,
                "by": "Mia Chen",
                "notice": "information_provided",
                "excerpt": "Now again.",
            },
            {"at": DUE, "by": None, "notice": "information_needed", "excerpt": None},
            {"at": DUE, "by": "Mia Chen", "notice": "withdrawn", "excerpt": None},
        ],
    },
    "policy_announced": {
        "policy_title": "Contently product support",
        "effective_on": "2027-04-01",
        "summary": "Answers come sooner.",
        "changes": [
            {
                "clause": "Response Times",
                "kind": "changed",
                "says": "One day.",
                "said": "Two days.",
            },
            {"clause": "Support Hours", "kind": "added", "says": "Two more.", "said": None},
        ],
    },
    "credit_earned": _CREDIT,
    "credit_corrected": _CREDIT | {"credits_before": 3},
    "credits_claimed": {
        "claim": "claim-1",
        "credits": 2,
        "days": 2,
        "statement": "We claim what the contract gives us.",
        "by": "Mia Chen",
        "reviewed": True,
        "review_until": "2027-03-15",
    },
    "claim_accepted": {
        "claim": "claim-1",
        "credits": 2,
        "days": 2,
        "reason": "The outage was ours.",
    },
    "claim_overdue": {
        "claim": "claim-1",
        "credits": 2,
        "days": 2,
        "review_until": "2027-03-15",
    },
    "service_level_kept": _LEVEL | {"kept": 49, "share": "100", "corrected": True},
    "service_level_missed": _LEVEL,
    "session_booked": _SESSION,
    "session_cancelled": _SESSION | {"reason": "Half of the team is away."},
    "claim_refused": {
        "claim": "claim-1",
        "credits": 2,
        "days": 2,
        "reason": "It was the customer's own site.",
    },
}
