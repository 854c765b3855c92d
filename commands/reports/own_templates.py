"""Checks of a policy's own templates: their errors, and e-mails that cannot be written."""

from collections.abc import Iterator
from pathlib import Path
from traceback import walk_tb
from typing import Any

from jinja2 import UndefinedError

from activities.notices import TicketRef
from activities.ports import TemplateFailed
from activities.rendering.own_template_errors import own_template_errors
from activities.rendering.template_limits import TooManySteps
from activities.rendering.template_renderer import TemplateRenderer
from activities.rendering.template_uses import (
    ACTOR,
    facts_of_event,
    facts_of_rungs,
    own_uses,
)
from activities.templates.manifest import (
    ABOUT_ACCOUNTS,
    PARTS,
    facts_of,
    languages,
    listed_templates,
)
from activities.templates.own_templates import (
    ENDING,
    FOLDER,
    PolicyTemplates,
    Source,
    read_policy_templates,
)
from activities.templates.sample_facts import FULL_FACTS, NUMBER
from commands.reports.missing_translations import needed_in
from policies.documents.problems import Problem
from policies.schema.events import recorded_type
from policies.schema.policy import SupportPolicy
from policies.vocabulary import EventType

_AUDIENCES = ("requester", "assignee")
_ZONE = "Europe/Lisbon"


def templates_beside(file: Path, policy: str) -> PolicyTemplates:
    """The templates for a policy that is in this file; PolicyErrors if one cannot be read."""
    return PolicyTemplates(read_policy_templates(file.parent, policy))


def template_errors(policy: SupportPolicy, templates: PolicyTemplates) -> Iterator[Problem]:
    """Errors in the own templates; if there are none, those of writing them with sample data."""
    if not templates.own:
        return
    problems = list(own_template_errors(templates, own_uses([policy])))
    yield from problems or dict.fromkeys(_unwritable(policy, templates))


def template_warnings(
    file: Path, policy: SupportPolicy, templates: PolicyTemplates
) -> Iterator[Problem]:
    """Languages that only some e-mails of the policy are in."""
    for language in sorted(templates.own.keys() - languages()):
        known = templates.spoken(language)
        needed = dict.fromkeys(each.name for each in needed_in(policy, language))
        missing = [name for name in needed if name not in known]
        if missing:
            folder = file.parent / FOLDER / policy.policy / language
            wrong = f'in "{language}" these e-mails are in English: {", ".join(missing)}'
            yield Problem(str(folder), 1, 1, "", wrong, "add them")


def sample_facts(policy: SupportPolicy, template: str) -> Iterator[dict[str, Any]]:
    """Facts that a template can be given: all that it can have, and only those that it has always.

    For a template of the policy's own, once for each event or clock that uses it.
    """
    if template in listed_templates():
        full, always = FULL_FACTS[template], facts_of(template)[0]
        yield from _full_and_least(full, always)
        return
    actor = {name: FULL_FACTS["acknowledged"][name] for name in ACTOR}
    for notice in policy.notices:
        if notice.template == template:
            full = FULL_FACTS.get(recorded_type(notice.event), {})
            yield from _full_and_least(actor | full, facts_of_event(notice.event))
    for clock in policy.clocks.values():
        if any(rung.template == template for rung in clock.ladder):
            full = actor | FULL_FACTS["reminder"] | FULL_FACTS[EventType.CLOCK_WARNED]
            yield from _full_and_least(full, facts_of_rungs(clock))


def _full_and_least(full: dict[str, Any], always: frozenset[str]) -> Iterator[dict[str, Any]]:
    yield full
    yield {name: fact for name, fact in full.items() if name in always}


def _unwritable(policy: SupportPolicy, templates: PolicyTemplates) -> Iterator[Problem]:
    """The failures of writing with sample data. It ends at one that takes long: the next could be
    of the same part.
    """
    renderer = TemplateRenderer(own={policy.policy: templates.own})
    for language in sorted(templates.own):
        for template in sorted(_affected(policy, templates, language)):
            for facts in sample_facts(policy, template):
                for audience in _AUDIENCES:
                    try:
                        _render(renderer, policy, language, template, facts, audience)
                    except TemplateFailed as error:
                        yield _problem(templates, language, template, error)
                        if isinstance(error.__cause__, TooManySteps):
                            return


def _affected(policy: SupportPolicy, templates: PolicyTemplates, language: str) -> set[str]:
    """The templates that the own files of a language change: all if there is a shared part."""
    sent = {*listed_templates(), *own_uses([policy])} & templates.complete(language)
    own = templates.own[language]
    letters = {f"{template}.{part}{ENDING}" for template in sent for part in PARTS}
    if own.keys() - letters:
        return sent
    return {t for t in sent if any(f"{t}.{part}{ENDING}" in own for part in PARTS)}


def _render(
    renderer: TemplateRenderer,
    policy: SupportPolicy,
    language: str,
    template: str,
    facts: dict[str, Any],
    audience: str,
) -> None:
    is_about_account = template in ABOUT_ACCOUNTS
    title = policy.title if isinstance(policy.title, str) else next(iter(policy.title.values()))
    ticket = TicketRef(
        number="" if is_about_account else NUMBER,
        subject="" if is_about_account else "The export stays empty",
        account="acme",
        account_name="Acme",
        policy_title=title,
        requester_name="" if is_about_account else "Mia Chen",
    )
    renderer.render(
        template,
        language,
        _ZONE,
        facts,
        policy=policy.policy,
        ticket=ticket.model_dump(exclude={"policy"}),
        recipient={"name": "Mia Chen"},
        audience=audience,
        yours=audience == "requester",
    )


def _problem(
    templates: PolicyTemplates, language: str, template: str, error: TemplateFailed
) -> Problem:
    """The failure at the line of the own file in which it happened last."""
    cause = error.__cause__ or error
    by_file = {source.file: source for source in templates.own_sources(language).values()}
    wrong = f'"{template}" cannot be written in "{language}": {cause}'
    is_missing = isinstance(cause, UndefinedError | TypeError)
    right = "give the value only where there is one, as in {% if reason %}" if is_missing else ""
    for frame, line in reversed(list(walk_tb(cause.__traceback__))):
        source = by_file.get(frame.f_code.co_filename)
        if source is not None:
            return source.problem(line, wrong, right)
    return _first(templates, language, template).problem(1, wrong, right)


def _first(templates: PolicyTemplates, language: str, template: str) -> Source:
    sources = templates.own_sources(language)
    own = [name for name in sources if name.startswith(f"{template}.")]
    return sources[min(own or sources)]
