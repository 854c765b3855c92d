"""Renders templates in the reader's language.

The facts set into templates are not trusted: everything is escaped in HTML, and no fact is ever
evaluated. A missing fact is an error, not an empty text. A policy's own templates run in a sandbox
with limits; ours are code like any other, and run without one.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from activities.ports import TemplateFailed, TemplateMissing
from activities.rendering.local_time import LocalTime
from activities.rendering.template_limits import LimitedSandbox, limited_work
from activities.rendering.vocabulary_words import VocabularyWords
from activities.templates.manifest import (
    FALLBACK,
    PARTS,
    TEMPLATES,
    TEXT,
    WORDS,
    all_facts,
    facts_of,
    listed_templates,
)
from activities.templates.own_templates import OwnTemplates, PolicyTemplates

MAX_OUTPUT = 1_000_000
"""The length of one part of a message, in characters."""
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")


class RenderedMessage(NamedTuple):
    """The parts of a message, and their language."""

    language: str
    subject: str
    text: str
    html: str


class TemplateRenderer:
    """Renders the templates of one directory, and those of a policy's own ahead of them."""

    def __init__(self, directory: Path = TEMPLATES, own: OwnTemplates | None = None) -> None:
        is_ours = directory == TEMPLATES
        self._ours = _shipped() if is_ours else _PolicyRenderer(PolicyTemplates({}, directory))
        self._own = {
            policy: _PolicyRenderer(PolicyTemplates(sources, directory))
            for policy, sources in (own or {}).items()
            if sources
        }

    def render(
        self,
        template: str,
        locale: str,
        zone: str,
        facts: Mapping[str, Any],
        *,
        policy: str = "",
        **context: Any,
    ) -> RenderedMessage:
        """The message of a template for a reader in `locale` and `zone`, under a policy. Raises
        TemplateFailed.
        """
        renderer = self._own.get(policy, self._ours)
        language = renderer.language(template, locale)
        values = _complete(template, facts) | context | {"language": language}
        values["local_time"] = LocalTime(zone, locale if _speaks(locale, language) else language)
        try:
            return RenderedMessage(
                language, *(renderer.part(language, template, part, values) for part in PARTS)
            )
        except Exception as error:  # a template can raise anything; only its owner can fix it
            raise TemplateFailed(f"Template {language}/{template} failed: {error}") from error


class _PolicyRenderer:
    """Renders the templates for one policy."""

    def __init__(self, templates: PolicyTemplates) -> None:
        self._known = {name: templates.complete(name) for name in templates.languages}
        self._environments = {
            (name, part): environment_of(templates, name, part)
            for name in self._known
            for part in PARTS
        }
        self._template = cache(self._load)

    def part(self, language: str, template: str, part: str, values: Mapping[str, Any]) -> str:
        """One part of a message. Raises whatever the template raises."""
        pieces: list[str] = []
        size = 0
        with limited_work():
            for piece in self._template(language, template, part).generate(values):
                pieces.append(piece)
                size += len(piece)
                if size > MAX_OUTPUT:
                    raise ValueError(f"it writes more than {MAX_OUTPUT} characters")
        text = "".join(pieces).strip()
        # A paragraph that a template leaves out leaves its blank line behind.
        return _BLANK_LINES.sub("\n\n", text) if part == TEXT else text

    def language(self, template: str, locale: str) -> str:
        """The language in which a reader gets a template. Raises TemplateMissing."""
        wanted = locale.replace("-", "_")
        for language in (wanted, wanted.partition("_")[0], FALLBACK):
            if template in self._known.get(language, ()):
                return language
        raise TemplateMissing(f"There is no template {template!r} for the locale {locale!r}")

    def _load(self, language: str, template: str, part: str) -> Template:
        return self._environments[language, part].get_template(f"{template}.{part}.j2")


@cache
def _shipped() -> _PolicyRenderer:
    """The renderer of our templates, which are compiled once in a process."""
    return _PolicyRenderer(PolicyTemplates())


def _complete(template: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts, with None for each optional one that is missing."""
    required, optional = facts_of(template)
    if template not in listed_templates():
        optional = all_facts()
    if missing := required - facts.keys():
        raise TemplateFailed(f"Template {template} needs the facts {', '.join(sorted(missing))}")
    return dict.fromkeys(optional) | dict(facts)


def _speaks(locale: str, language: str) -> bool:
    return locale.replace("-", "_").partition("_")[0] == language.partition("_")[0]


def words_of(templates: PolicyTemplates, language: str) -> VocabularyWords:
    """The words of a language: the policy's own ahead of ours. PolicyErrors if its file is not
    YAML.
    """
    base = language.partition("_")[0]
    shipped = language if (templates.directory / language).is_dir() else base
    own = templates.own_sources(language).get(WORDS)
    return VocabularyWords(shipped, templates.directory, own)


def environment_of(templates: PolicyTemplates, language: str, part: str) -> Environment:
    """Where templates run. Text and HTML never share one: Jinja trusts the result of a macro in an
    unescaped file even when an escaped file calls it.
    """
    wording = words_of(templates, language)
    settings: dict[str, Any] = {
        "loader": _loader(templates, language),
        "autoescape": part == "html",
        "undefined": StrictUndefined,
        "auto_reload": False,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    is_ours = templates.directory == TEMPLATES and not templates.own
    environment = Environment(**settings) if is_ours else LimitedSandbox(**settings)
    filters = _filters(wording, part)
    if isinstance(environment, LimitedSandbox):
        environment.add_filters(filters)
    else:
        environment.filters.update(filters)
    environment.tests["worded"] = wording.knows
    return environment


def _filters(wording: VocabularyWords, part: str) -> dict[str, Callable[..., Any]]:
    return {
        "counted": wording.counted,
        "day": _day,
        "duration": _duration_in(wording),
        "guarantee": wording.guarantee,
        "instant": _instant,
        "lines": _lines,
        "money": _money,
        "month": _month,
        "percent": wording.percent,
        "quoted": _quoted,
        "rung": wording.rung,
        "unbroken": _unbroken if part == "html" else str,
        "within": wording.within,
        "word": wording.word,
    }


def _loader(templates: PolicyTemplates, language: str) -> FunctionLoader:
    """Loads the policy's own files, which were read before, and ours."""
    own, shipped = templates.own_sources(language), templates.shipped_files(language)

    def load(name: str) -> tuple[str, str | None, Callable[[], bool]] | None:
        if name in own:
            return own[name].text, own[name].file, _is_current
        file = shipped.get(name)
        return (file.read_text(encoding="utf-8"), str(file), _is_current) if file else None

    return FunctionLoader(load)


def _is_current() -> bool:
    return True


@pass_context
def _instant(context: Context, value: str) -> str:
    return _local_time(context).instant(value)


@pass_context
def _day(context: Context, value: str) -> str:
    return _local_time(context).day(value)


@pass_context
def _money(context: Context, amount: str, currency: str) -> str:
    return _local_time(context).money(amount, currency)


@pass_context
def _month(context: Context, value: str) -> str:
    return _local_time(context).month(value)


def _duration_in(wording: VocabularyWords) -> Callable[[Context, str], str]:
    @pass_context
    def _duration(context: Context, value: str) -> str:
        return wording.duration(_local_time(context).duration(value))

    return _duration


def _local_time(context: Context) -> LocalTime:
    local_time: LocalTime = context["local_time"]
    return local_time


def _lines(value: str) -> Markup:
    """HTML that keeps the line breaks of plain text; some mail readers ignore `white-space`."""
    return escape(value).replace("\n", Markup("<br>\n"))


def _unbroken(value: str) -> Markup:
    """HTML of a number or reference that no line ends in."""
    return Markup('<span style="white-space:nowrap;">{}</span>').format(value)


def _quoted(value: str) -> str:
    """Plain text marked as a quotation."""
    return "\n".join(f"> {line}".rstrip() for line in value.split("\n"))
