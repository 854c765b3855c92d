"""Renders templates in the reader's language.

Templates are trusted; the facts set into them are not. The environment is therefore sandboxed,
escapes everything in HTML and never evaluates a fact. A missing fact is an error, not an empty
text.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import FileSystemLoader, StrictUndefined, Template, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from activities.ports import TemplateFailed
from activities.rendering.local_time import LocalTime
from activities.rendering.vocabulary_words import VocabularyWords
from activities.templates.manifest import (
    FALLBACK,
    PARTS,
    TEMPLATES,
    facts_of,
    known_templates,
    languages,
)


class RenderedMessage(NamedTuple):
    """The parts of a message, and their language."""

    language: str
    subject: str
    text: str
    html: str


class TemplateRenderer:
    """Renders the templates of one directory."""

    def __init__(self, directory: Path = TEMPLATES) -> None:
        self._directory = directory
        self._known = {name: known_templates(name, directory) for name in languages(directory)}
        wordings = {name: VocabularyWords(name, directory) for name in self._known}
        self._environments = {
            (name, part): _environment(directory / name, wording, autoescape=part == "html")
            for name, wording in wordings.items()
            for part in PARTS
        }
        self._template = cache(self._load)

    def render(
        self, template: str, locale: str, zone: str, facts: Mapping[str, Any], **context: Any
    ) -> RenderedMessage:
        """The message of a template for a reader in `locale` and `zone`. Raises TemplateFailed."""
        language = self._language(template, locale)
        values = _complete(template, facts) | context | {"language": language}
        values["local_time"] = LocalTime(zone, locale if _speaks(locale, language) else language)
        try:
            return RenderedMessage(
                language, *(self._part(language, template, part, values) for part in PARTS)
            )
        except Exception as error:  # a template can raise anything; only its owner can fix it
            raise TemplateFailed(f"Template {language}/{template} failed: {error}") from error

    def _part(self, language: str, template: str, part: str, values: Mapping[str, Any]) -> str:
        return self._template(language, template, part).render(values).strip()

    def _load(self, language: str, template: str, part: str) -> Template:
        return self._environments[language, part].get_template(f"{template}.{part}.j2")

    def _language(self, template: str, locale: str) -> str:
        wanted = locale.replace("-", "_")
        for language in (wanted, wanted.partition("_")[0], FALLBACK):
            if template in self._known.get(language, ()):
                return language
        raise TemplateFailed(f"There is no template {template!r} for the locale {locale!r}")


def _complete(template: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts, with None for each optional one that is missing."""
    required, optional = facts_of(template)
    if missing := required - facts.keys():
        raise TemplateFailed(f"Template {template} needs the facts {', '.join(sorted(missing))}")
    return dict.fromkeys(optional) | dict(facts)


def _speaks(locale: str, language: str) -> bool:
    return locale.replace("-", "_").partition("_")[0] == language.partition("_")[0]


def _environment(
    directory: Path, wording: VocabularyWords, autoescape: bool
) -> ImmutableSandboxedEnvironment:
    """Where templates run. Text and HTML never share one: Jinja trusts the result of a macro in an
    unescaped file even when an escaped file calls it.
    """
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(directory),
        autoescape=autoescape,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
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
        "within": wording.within,
        "word": wording.word,
    }
    environment.tests["worded"] = wording.knows
    return environment


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
    return Markup("<br>\n").join(escape(line) for line in value.split("\n"))


def _quoted(value: str) -> str:
    """Plain text marked as a quotation."""
    return "\n".join(f"> {line}".rstrip() for line in value.split("\n"))
