"""The words of support pages, and the names of the same things in a policy.

Only error messages use them: a policy states the name that counts. The words of durations are in
`policies/business_time/likely_durations.py`.
"""

import re

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
    "per": "each",
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
    "ladder.facts": "write a table in `tell`: {by: [facts.NAME], cells: {..., otherwise: []}}",
}
"""The way to write a part of a support page, by the last parts of the path."""

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

_GUARANTEES = {
    "n/a": "none",
    "na": "none",
    "-": "none",
    "none": "none",
    "no sla": "none",
    "not applicable": "none",
    "best effort": "best_effort",
    "best efforts": "best_effort",
    "best-effort": "best_effort",
    "as soon as possible": "best_effort",
    "asap": "best_effort",
    "reasonable time": "reasonable_time",
    "next release": "next_release",
}
"""The guarantees of support pages where they promise no time."""
_PERCENT = re.compile(r"(\d+(?:\.\d+)?) ?%( .*)?")
_AMOUNT = re.compile(r"\d+(\.\d+)? [A-Z]{3}")


def guarantee(text: str) -> tuple[str, str] | None:
    """The error of a target that promises no time, and the correction; None for another text."""
    kind = _GUARANTEES.get(text.strip().lower())
    if kind is None:
        return None
    right = f'write {{guarantee: {kind}, says: "..."}} where no time is promised'
    return f'"{text}" is not a duration', right


def money(text: str) -> tuple[str, str] | None:
    """The error of a percentage or amount without its key, and the correction; None for another
    text.
    """
    worth = text.strip()
    if percent := _PERCENT.fullmatch(worth):
        right = f"write {{percent: {percent[1]}, of: yearly_fee}}, with a fee of `remedies.fees`"
        return f'"{text}" does not name its fee', right
    if _AMOUNT.fullmatch(worth):
        return f'"{text}" is not contract time', f"write {{amount: {worth}}}"
    return None


def elsewhere(names: tuple[str, ...]) -> str | None:
    """The way to write the part at this path; None if support pages have no such part."""
    last_two = ".".join(names[-2:])
    return ELSEWHERE.get(last_two) or ELSEWHERE.get(names[-1] if names else "")
