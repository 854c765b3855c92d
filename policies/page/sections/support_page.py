"""The whole page of a policy, in one language and for one year."""

from collections.abc import Callable, Iterator

from policies.i18n.locales import language_of
from policies.page.model import Days, Page, Part, Section
from policies.page.sections.agreement import (
    agreement_parts,
    kind_parts,
    notice_parts,
    priority_parts,
)
from policies.page.sections.commitments import (
    availability_parts,
    included_parts,
    service_level_parts,
)
from policies.page.sections.contact import contact_parts
from policies.page.sections.coverage import coverage_parts
from policies.page.sections.credits import credit_parts
from policies.page.sections.escalation import escalation_parts
from policies.page.sections.handling import handling_parts
from policies.page.sections.hours import hours_parts
from policies.page.sections.pauses import pause_parts
from policies.page.sections.targets import target_parts
from policies.page.wording.words import LANGUAGES, Words
from policies.schema.policy import SupportPolicy

SECTIONS: tuple[tuple[str, Callable[[Words], Iterator[Part]]], ...] = (
    ("contact", contact_parts),
    ("hours", hours_parts),
    ("kinds", kind_parts),
    ("priorities", priority_parts),
    ("targets", target_parts),
    ("pauses", pause_parts),
    ("handling", handling_parts),
    ("escalation", escalation_parts),
    ("coverage", coverage_parts),
    ("included", included_parts),
    ("availability", availability_parts),
    ("service_levels", service_level_parts),
    ("credits", credit_parts),
    ("notice", notice_parts),
    ("agreement", agreement_parts),
)
"""The sections by name, in the order of the page."""


def support_page(policy: SupportPolicy, locale: str, year: int) -> Page:
    """The page of a policy; a section without content is left out."""
    words = Words(policy, locale, year)
    sections = []
    for name, parts_of in SECTIONS:
        parts = tuple(part for part in parts_of(words) if part.blocks or part.heading)
        if parts:
            anchor = name.replace("_", "-")
            sections.append(Section(anchor, words.plain(name), parts))
    title, day = words.text(policy.title), words.day(policy.revision)
    lead = [words.say("in_force", day=day)]
    if any(isinstance(block, Days) for s in sections for p in s.parts for block in p.blocks):
        lead.append(words.say("made_for", year=year))
    return Page(
        title=title,
        language=words.language,
        lead=tuple(lead),
        contents=words.plain("contents"),
        skip=words.plain("skip"),
        sections=tuple(sections),
        end=words.plain("end", title=title.words, day=day),
    )


def page_languages(policy: SupportPolicy) -> tuple[str, ...]:
    """The languages in which the policy has texts and pages can be written, its own first."""
    found = [policy.locale]
    texts = [policy.title, *(value.says for value in policy.priorities.values())]
    texts += [rule.says for rule in policy.coverage]
    texts += [clause.says for clause in policy.clauses.values()]
    for text in texts:
        found += [*text] if isinstance(text, dict) else []
    languages = dict.fromkeys(language_of(locale) for locale in found)
    return tuple(language for language in languages if language in LANGUAGES)
