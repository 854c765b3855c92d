"""The templates of e-mails and the facts that each one receives.

A template is three files in a directory per language: `escalated.subject.j2`, `escalated.txt.j2`
and `escalated.html.j2`. Besides its facts it sees `ticket`, `recipient`, `audience` and `yours`
(the reader is the requester), and the filters `instant`, `day`, `month`, `duration`, `within`,
`rung`, `percent`, `money`, `word`, `guarantee`, `counted`, `lines`, `quoted` and `unbroken` (for a
number that no line ends in). In e-mails about an account and not about a ticket, the ticket has no
number.

`by` is the person who acted, `by_requester` whether that was the requester, `by_reader` whether it
was the reader. `clause` is the heading under which the support page states it. `choices` has the
possible answers to each of the `questions`. E-mails to requesters get no internal fact, such as the
`reason` of a new priority: it is optional, or the e-mail is for others only
(`workflows/shared/visibility`). The words of a language are in `words.yaml` next to its
templates (`activities/rendering/vocabulary_words.py`).
"""

from pathlib import Path

TEMPLATES = Path(__file__).parent
FALLBACK = "en"
TEXT = "txt"
PARTS = ("subject", TEXT, "html")
WORDS = "words.yaml"

# Facts that keep their line breaks, at any depth; every other text becomes one line.
PROSE = frozenset(
    {
        "answer",
        "basis",
        "conclusion",
        "description",
        "guarantee",
        "message",
        "note",
        "question",
        "questions",
        "reason",
        "result",
        "said",
        "says",
        "statement",
        "summary",
    }
)

_LEVEL = "level? period_begins? period_ends? counted? kept? share? target?"
# A credit compensates a clock that was completed late, a number of breaches in a period, a service
# level, or the availability of a month.
_CREDIT = (
    "credits days credit_worth? clause claim_until? claim_until_at? before_cap? cap? "
    "ticket_number? clock? due_at? breached_at? late_seconds? completed_at? breaches? "
    f"month? availability? {_LEVEL}"
)
_SETTLED = (
    "level period_begins period_ends counted kept share target clause corrected? "
    "month? availability? ticket_number? breaches?"
)
_CLOCK = "clock cycle rung due_at clause promised late? owner?"
_BY = "by by_requester? by_reader?"
_PROMISES = (
    "promise? due_at? guarantee? announced_clock? acknowledgement_promise? acknowledgement_due_at?"
)
_NEEDED = "questions? choices? clause?"
"""The facts that a coverage decision needs, requested in the same e-mail."""

ANNOUNCED = "policy_announced"
"""The e-mail that announces a coming revision to the accounts under a policy."""

ALWAYS_KNOWN = frozenset({"audience", "language", "recipient", "ticket", "yours"})
"""What every template sees besides its facts."""

_FACTS = {
    "opened": f"description {_PROMISES} {_NEEDED}",
    "responded": f"message outcomes questions due_at? {_BY}",
    "information_requested": f"message questions choices? {_BY}",
    "information_provided": f"message {_BY}",
    "update_posted": f"message {_BY}",
    "workaround_provided": f"message {_BY}",
    "workaround_withdrawn": f"message {_BY}",
    "estimate_given": f"resolved_by message? {_BY}",
    "milestone_recorded": f"says message? {_BY}",
    "escalated": f"message due_at? {_BY}",
    "handed_over": (
        "description findings not_run? information conclusion due_at? requested_by note?"
    ),
    "with_engineering": "opened_at?",
    "forecast_shared": "begins_by basis? revision reason? priorities",
    "forecast_lapsed": "begins_by",
    "engineering_started": "message?",
    "release_scheduled": "release goes_out_on? message?",
    "resolved": "message by? by_requester? by_reader? closes_at? by_clock? reopen_by?",
    "reopened": f"message {_BY}",
    "closed": "closed_as reason? clause? says? into? turn_to? by_clock?",
    "referred": "description requester_email says?",
    "verdict_overridden": f"{_PROMISES} {_BY}",
    "revision_changed": f"from? to clocks reason? {_NEEDED} {_BY}",
    "acknowledged": _BY,
    "assigned": _BY,
    "unassigned": _BY,
    "reclassified": f"from? to? facts? reason? message? clocks? {_BY}",
    "due_time_agreed": f"clock due_at? was? every? reason? consent? {_BY}",
    "finding_recorded": f"step result {_BY}",
    "triage_concluded": f"resolved conclusion? {_BY}",
    "engineering_needed": "conclusion?",
    "reviewed": f"viewpoint priority note? {_BY}",
    "review_completed": "priorities",
    "terms_settled": "",
    "verdict_reached": "decision",
    "withdrawn": f"reason? {_BY}",
    "merged": f"into reason? {_BY}",
    "merged_in": f"number? requester? subject? description? follows? reason? {_BY}",
    "notice_undeliverable": "template to error",
    "ticket_idle": "since waiting_on",
    "clock_warned": _CLOCK,
    "clock_breached": _CLOCK,
    "clock_overdue": _CLOCK,
    "reminder": "questions? choices? asked_at? due_at? milestone? message? closes_at?",
    "information_needed": "questions choices? clause?",
    "contract_incomplete": "questions facts clause?",
    "objections_found": "objections settled",
    "level_raised": f"level? level_name? message? by_clock? at_rung? {_BY}",
    "digest": "count since entries",
    "paged": "clock? due_at? message? priority?",
    "policy_announced": "policy_title effective_on summary? changes",
    "credit_earned": _CREDIT,
    "credit_corrected": f"{_CREDIT} credits_before worth_before?",
    "credits_claimed": "claim credits days worths? statement by reviewed? review_until?",
    "claim_accepted": "claim credits days worths? reason?",
    "claim_overdue": "claim credits days worths? review_until",
    "claim_refused": "claim credits days reason",
    "service_level_kept": _SETTLED,
    "service_level_missed": _SETTLED,
    "session_booked": "date hours topic requested_by by",
    "session_cancelled": "date hours topic requested_by reason? by",
}

ABOUT_ACCOUNTS = frozenset(
    {
        "policy_announced",
        "credit_earned",
        "credit_corrected",
        "credits_claimed",
        "claim_accepted",
        "claim_overdue",
        "claim_refused",
        "service_level_kept",
        "service_level_missed",
        "session_booked",
        "session_cancelled",
        "notice_undeliverable",
    }
)
"""Templates that can be about an account without a ticket."""


def facts_of(template: str) -> tuple[frozenset[str], frozenset[str]]:
    """The required and the optional facts of a template; empty for an unlisted one."""
    facts = _FACTS.get(template, "").split()
    optional = {fact.rstrip("?") for fact in facts if fact.endswith("?")}
    return frozenset(set(facts) - {f"{fact}?" for fact in optional}), frozenset(optional)


def listed_templates() -> frozenset[str]:
    """The templates with a list of facts."""
    return frozenset(_FACTS)


def all_facts() -> frozenset[str]:
    """Every fact of any template. An unlisted template sees each missing one as None."""
    return frozenset(fact for template in _FACTS for part in facts_of(template) for fact in part)


def known_templates(locale: str, directory: Path = TEMPLATES) -> set[str]:
    """The templates that are complete in exactly this locale, without fallback."""
    if locale not in languages(directory):
        return set()
    by_part = [_names(directory / locale, f".{part}.j2") for part in PARTS]
    return set.intersection(*by_part)


def languages(directory: Path = TEMPLATES) -> set[str]:
    """The locales that have a directory of templates."""
    return {entry.name for entry in directory.iterdir() if any(entry.glob("*.j2"))}


def _names(directory: Path, ending: str) -> set[str]:
    return {path.name.removesuffix(ending) for path in directory.glob(f"*{ending}")}
