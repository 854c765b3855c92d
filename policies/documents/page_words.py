"""The words of support pages, and what a policy calls the same thing.

Only error messages use them: a policy states the name that counts.
"""

SAME = {
    "severity": "priority",
    "urgency": "priority",
    "severities": "priorities",
    "tier": "plan",
    "tiers": "plans",
    "created": "opened",
    "received": "opened",
    "reported": "opened",
    "submitted": "opened",
    "answered": "responded",
    "replied": "responded",
    "first_response": "responded",
    "completed": "resolved",
    "fixed": "resolved",
    "solved": "resolved",
    "resolution": "resolved",
    "workaround": "workaround_provided",
    "updated": "update_posted",
    "update": "update_posted",
    "customer_replied": "information_provided",
    "severity_changed": "priority_changed",
    "customer": "requester",
    "agent": "assignee",
    "impact": "priority",
    "management_escalation": "level_raised",
    "text": "string",
    "boolean": "bool",
    "integer": "int",
    "number": "int",
    "float": "double",
    "annual": "contract_year",
    "annually": "contract_year",
    "year": "contract_year",
    "yearly": "contract_year",
    "excluded": "not_covered",
    "from": "below",
    "to": "below",
}
"""Names by the word that a support page has. A name is suggested only where it is allowed."""

_UPDATES = "write a clock with `repeats: true` that stops on `update_posted`"
_SILENCE = "write a clock with `reminds: true` and `on_expiry: close`"
_HOURS = "write `calendars`, and name one in `support_hours`"
ELSEWHERE = {
    "business_hours": _HOURS,
    "hours": _HOURS,
    "exclusions": "write `coverage`, with the `facts` that it depends on",
    "out_of_scope": "write `coverage`, with the `facts` that it depends on",
    "no_reply.after": _SILENCE,
    "auto_close": _SILENCE,
    "response_times": "write a clock from `opened` to `responded`, under `clocks`",
    "sla": "write `clocks`",
    "slas": "write `clocks`",
    "service_credits": "write `credits` under `remedies`",
    "updates": _UPDATES,
    "update_interval": _UPDATES,
    "uptime": "write `availability` under `remedies`",
}
"""How to write what a support page has under a word, by the last parts of the path."""

EXAMPLES = {
    "hours": '{mon-fri: "09:00-17:00"}',
    "choices": "{cloud: In our cloud, own: On your servers}",
    "holidays": "{country: SE}",
    "plans": "{gold: {says: Gold}}",
    "regions": "{emea: {says: EMEA}}",
    "kinds": "{question: {says: A question}}",
    "priorities": "{urgent: {says: Nobody can work}}",
    "fees": "{yearly_fee: Yearly support fee}",
    "levels": "{ladder: [{audience: team_lead, says: team lead, clause: escalation}]}",
    "closing": "{after: 5 business days, clause: closing}",
    "cap": "{percent: 5, of: yearly_fee, each: contract_year}",
    "worth": "{percent: 5, of: yearly_fee}",
}
"""A mapping for each key that support pages often fill with a text or a list."""


def elsewhere(names: tuple[str, ...]) -> str | None:
    """How to write what is at this path; None if it is not a word of support pages."""
    last_two = ".".join(names[-2:])
    return ELSEWHERE.get(last_two) or ELSEWHERE.get(names[-1] if names else "")
