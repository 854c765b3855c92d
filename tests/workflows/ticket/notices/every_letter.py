"""Every e-mail that a policy can send, rendered, with data that has the policy's own ids."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from html import unescape
from pathlib import Path
from typing import NamedTuple

from activities.announcement_notices import AnnouncementNotices
from activities.notices import Notice
from activities.rendering.email_composer import rendered
from activities.rendering.template_renderer import RenderedMessage, TemplateRenderer
from activities.templates.own_templates import read_own_templates
from commands.reports.sample_letters import (
    MANDATORY,
    Circumstances,
    all_circumstances,
    sample_letters,
)
from policies.loading.policy_catalog import PolicyCatalog
from policies.reports.announcements import Announcement
from policies.schema.contract import Contact, Contract
from policies.schema.events import RECORDED_AS
from policies.schema.policy import SupportPolicy
from policies.vocabulary import INTERNAL_EVENTS, EventType, Stage
from tests.harness import CATALOG

EXAMPLES = Path(__file__).parents[4] / "examples" / "policies"
_EXAMPLES = PolicyCatalog.load(EXAMPLES)
_OWN = read_own_templates(EXAMPLES, _EXAMPLES.slugs)
_RENDERER = TemplateRenderer(own=_OWN)
POLICIES = [catalog.latest(slug) for catalog in (CATALOG, _EXAMPLES) for slug in catalog.slugs]
LATER = date(2031, 1, 1)
NOW = datetime(2030, 12, 2, tzinfo=UTC)


class Written(NamedTuple):
    """An e-mail as a person reads it."""

    notice: Notice
    message: RenderedMessage

    @property
    def texts(self) -> tuple[str, str, str]:
        """The subject, the text part, and what an HTML reader shows."""
        shown = re.sub(r"(?s)<style>.*?</style>|<[^>]*>", " ", self.message.html)
        return self.message.subject, self.message.text, unescape(shown)


def letters(policy: SupportPolicy, locale: str) -> tuple[Written, ...]:
    """Every e-mail of the policy for an account with this locale, once: about tickets of each plan,
    kind and priority, about the account, and of a change of the policy.
    """
    return _letters(policy.policy, locale)


@cache
def _letters(slug: str, locale: str) -> tuple[Written, ...]:
    policy = next(policy for policy in POLICIES if policy.policy == slug)
    given = Circumstances(region=next(iter(policy.regions), None), channel="email")
    notices: dict[str, Notice] = {}
    for circumstances in all_circumstances(policy, given):
        for letter in sample_letters(policy, circumstances, locale):
            content = letter.notice.model_copy(update={"key": ""})
            notices.setdefault(content.model_dump_json(), letter.notice)
    found = [*notices.values(), *_announced(policy, locale)]
    return tuple(Written(notice, rendered(notice, _RENDERER)) for notice in found)


def _announced(policy: SupportPolicy, locale: str) -> Iterator[Notice]:
    """The announcement of a revision that changes a clause, drops one and adds another."""
    changed, dropped, *_ = names = list(policy.clauses)
    clauses = dict(policy.clauses)
    clauses[changed] = clauses[changed].model_copy(update={"says": "It was\nnot so."})
    added = {name: clause for name, clause in clauses.items() if name != names[-1]}
    before = policy.model_copy(update={"clauses": added})
    kept = {name: clause for name, clause in policy.clauses.items() if name != dropped}
    after = policy.model_copy(update={"clauses": kept, "revision": LATER})
    contract = Contract(
        account="acme-media",
        name="Acme Média",
        policy=policy.policy,
        locale=locale,
        contacts={"customer": Contact(name="Élise Chen", email="elise@acme.example")},
    )
    notices = AnnouncementNotices(Announcement(before, after), NOW)
    return (notice for _, notice in notices.to(contract))


def ids_of(policy: SupportPolicy) -> frozenset[str]:
    """The ids of the policy and of the vocabulary that no reader can take for words."""
    process = policy.process
    steps = process.triage.checklist if process.triage else ()
    names: list[str] = [
        "acme-media",
        *policy.clauses,
        *policy.plans,
        *policy.regions,
        *policy.kinds,
    ]
    names += [*policy.priorities, *policy.clocks, *policy.contacts, *policy.facts, *Stage]
    names += [*EventType, *(rule.id or "" for rule in policy.coverage)]
    names += [step.id for step in steps] + [*policy.milestones, *policy.service_levels]
    names += [*policy.remedies.fees, *policy.calendars, *policy.allowances]
    names += [choice for fact in policy.facts.values() for choice in fact.choices]
    return frozenset(name for name in names if "_" in name or "-" in name)


def announceable() -> list[EventType]:
    """The events of which a policy, or every ticket, sends notices."""
    recorded = [event for event in EventType if event not in RECORDED_AS]
    return [event for event in recorded if event not in INTERNAL_EVENTS or event in MANDATORY]
