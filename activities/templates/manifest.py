"""Which templates there are, and the facts each is given.

A template is three files of one directory per language: `escalated.subject.j2`,
`escalated.txt.j2` and `escalated.html.j2`. Besides its facts each sees `ticket`, `recipient`,
`audience` and `yours` (the reader is the requester), and the filters `instant`, `day`, `month`,
`duration`, `within`, `rung`, `percent`, `word`, `guarantee`, `counted`, `lines` and `quoted`.

Beside the templates of a language stands its vocabulary, `words.yaml` (see `activities/wording`).
Letters to an account about no ticket are given a ticket without a number.
"""

from pathlib import Path

TEMPLATES = Path(__file__).parent
FALLBACK = "en"
PARTS = ("subject", "txt", "html")
WORDS = "words.yaml"

# Facts of many lines, wherever they stand; every other text is made one line.
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

# What a credit is for: a clock of a ticket that was completed late, or the availability of a month.
_CREDIT = (
    "credits days clause claim_until? ticket_number? clock? due_at? completed_at? "
    "month? availability? target?"
)
_CLOCK = "clock cycle rung due_at clause promised late? owner?"

ANNOUNCED = "policy_announced"
"""The letter to the accounts under a policy of which a new revision comes."""

_FACTS = {
    "opened": "description promise? due_at? guarantee?",
    "responded": "message outcomes questions by",
    "information_requested": "message questions by",
    "information_provided": "message by",
    "update_posted": "message by",
    "escalated": "message due_at? by",
    "handed_over": (
        "description findings not_run? information conclusion due_at? requested_by note?"
    ),
    "with_engineering": "opened_at?",
    "forecast_shared": "begins_by basis? revision reason? priorities",
    "forecast_lapsed": "begins_by",
    "engineering_started": "message?",
    "release_scheduled": "release goes_out_on? message?",
    "resolved": "message by? closes_at?",
    "reopened": "message by",
    "closed": "closed_as reason? clause? says? into? turn_to?",
    "referred": "description requester_email says?",
    "verdict_overridden": "by promise? due_at? guarantee?",
    "revision_changed": "from? to clocks by reason?",
    "acknowledged": "by",
    "assigned": "by",
    "notice_undeliverable": "template to error",
    "clock_warned": _CLOCK,
    "clock_breached": _CLOCK,
    "clock_overdue": _CLOCK,
    "reminder": "questions? asked_at? due_at?",
    "information_needed": "questions clause?",
    "level_raised": "level level_name by message?",
    "paged": "clock? due_at? message? priority?",
    "policy_announced": "policy_title effective_on summary? changes",
    "credit_earned": _CREDIT,
    "credit_corrected": f"{_CREDIT} credits_before",
    "credits_claimed": "claim credits days statement by",
    "claim_refused": "claim credits days reason",
}

ABOUT_ACCOUNTS = frozenset(
    {
        "policy_announced",
        "credit_earned",
        "credit_corrected",
        "credits_claimed",
        "claim_refused",
        "notice_undeliverable",
    }
)
"""Letters that can be written to an account about no ticket."""


def facts_of(template: str) -> tuple[frozenset[str], frozenset[str]]:
    """The facts a template must and may be given; none for one that is not listed here."""
    facts = _FACTS.get(template, "").split()
    optional = {fact.rstrip("?") for fact in facts if fact.endswith("?")}
    return frozenset(set(facts) - {f"{fact}?" for fact in optional}), frozenset(optional)


def listed_templates() -> frozenset[str]:
    """The templates whose facts are known here."""
    return frozenset(_FACTS)


def known_templates(locale: str, directory: Path = TEMPLATES) -> set[str]:
    """The templates that exist whole in exactly this locale, without falling back."""
    if locale not in languages(directory):
        return set()
    by_part = [_names(directory / locale, f".{part}.j2") for part in PARTS]
    return set.intersection(*by_part)


def languages(directory: Path = TEMPLATES) -> set[str]:
    """The locales that have a directory of templates."""
    return {entry.name for entry in directory.iterdir() if any(entry.glob("*.j2"))}


def _names(directory: Path, ending: str) -> set[str]:
    return {path.name.removesuffix(ending) for path in directory.glob(f"*{ending}")}
