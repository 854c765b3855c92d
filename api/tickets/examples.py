"""One example body for each action, for the description of its route."""

from typing import Any

from policies.vocabulary import Action

EXAMPLES: dict[Action, dict[str, Any]] = {
    Action.ACKNOWLEDGE: {},
    Action.ASSIGN: {
        "assignee": {"id": "ada", "name": "Ada Agent", "email": "ada@desk.example"},
    },
    Action.RESPOND: {
        "message": "Thank you. We looked into it and pass it on to our engineers.",
        "outcomes": ["escalation"],
    },
    Action.REQUEST_INFORMATION: {
        "message": "Could you tell us a little more?",
        "questions": ["Which browser is it, and which version?"],
    },
    Action.PROVIDE_INFORMATION: {"message": "Firefox 146, on two machines."},
    Action.POST_UPDATE: {"message": "We can reproduce it, and are looking for the cause."},
    Action.ESCALATE: {"reason": "It happens for everybody in the publication."},
    Action.RECORD_FINDING: {"step": "reproduce", "result": "Yes, in every browser."},
    Action.CONCLUDE_TRIAGE: {
        "resolved": False,
        "conclusion": "A regression of last week.",
        "findings": [{"step": "recent_changes", "result": "The editor was replaced on Monday."}],
    },
    Action.HAND_OVER: {"note": "The steps to reproduce are in the findings."},
    Action.RECORD_REVIEW: {"viewpoint": "engineering", "priority": "high"},
    Action.SHARE_FORECAST: {},
    Action.START_ENGINEERING: {"note": "Begun today."},
    Action.SCHEDULE_RELEASE: {"release": "2027.3", "goes_out_on": "2027-02-02"},
    Action.RECLASSIFY: {"priority": "high", "reason": "Nobody there can publish."},
    Action.RAISE_LEVEL: {"reason": "We have waited for a week."},
    Action.OVERRIDE_VERDICT: {"reason": "Agreed with the account manager as a courtesy."},
    Action.CHANGE_REVISION: {
        "revision": "2027-06-01",
        "reason": "The customer prefers what holds for new requests.",
        "confirm": True,
    },
    Action.RESOLVE: {"resolution": "Fixed in today's release."},
    Action.REOPEN: {"reason": "It is back since this morning."},
    Action.CLOSE: {"closed_as": "no_reply", "reason": "We asked twice."},
    Action.WITHDRAW: {"reason": "It was our proxy."},
    Action.MERGE: {"into": "7K2M-0QXW-9HTE", "reason": "The same outage."},
}
