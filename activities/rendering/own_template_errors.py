"""Errors in a policy's own templates, each at its file and line.

They are found without rendering: syntax, names of templates, values, filters and files. Whether a
template can be written with sample data is a matter of `desk check`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, meta, nodes

from activities.notices import TicketRef
from activities.rendering.template_renderer import environment_of, words_of
from activities.templates.manifest import (
    ALWAYS_KNOWN,
    FALLBACK,
    PARTS,
    WORDS,
    facts_of,
    languages,
    listed_templates,
)
from activities.templates.own_templates import ENDING, PolicyTemplates, Source
from policies.documents.problems import PolicyErrors, Problem
from policies.documents.suggestions import closest, one_of

Uses = Mapping[str, frozenset[str]]
"""The templates that a policy names itself, and the facts that each can have."""

_MEMBERS = {
    "ticket": frozenset(TicketRef.model_fields) - {"policy"},
    "recipient": frozenset({"name"}),
}
_WORDS_OF_FILTERS = {
    "counted": "counted",
    "duration": "durations",
    "guarantee": "guarantee",
    "percent": "percent",
    "rung": "rungs",
    "within": "within",
}
"""The kinds of words that a filter needs."""
_REFERENCES = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)


def own_template_errors(templates: PolicyTemplates, uses: Uses) -> Iterator[Problem]:
    """All errors in the own templates of one policy."""
    for language in sorted(templates.own):
        sources = templates.own[language]
        try:
            words_of(templates, language)
        except PolicyErrors as errors:
            yield from errors.problems
            continue
        yield from _words_errors(templates, language)
        trees: dict[str, nodes.Template] = {}
        for name, source in sorted(sources.items()):
            if name == WORDS:
                continue
            environment = environment_of(templates, language, _part(name) or "txt")
            try:
                trees[name] = environment.parse(source.text, name, source.file)
            except TemplateSyntaxError as error:
                yield source.problem(error.lineno, f"this is not a template: {error.message}")
                continue
            found = list(_errors_in(templates, language, source, trees[name], environment))
            try:
                found += _unknown_values(name, source, trees[name], environment, uses)
            except TemplateSyntaxError as error:
                # For example, a block that is there twice.
                found.append(source.problem(error.lineno, error.message or "not a template"))
            yield from sorted(found, key=lambda problem: problem.line)
        yield from _unused_files(templates, language, trees, uses)
        yield from _incomplete(templates, language, uses)


def _words_errors(templates: PolicyTemplates, language: str) -> Iterator[Problem]:
    source = templates.own[language].get(WORDS)
    if source is None:
        return
    kinds = words_of(templates, language).kinds
    known = words_of(PolicyTemplates(directory=templates.directory), FALLBACK).kinds
    for kind in sorted(kinds - known):
        line = next((n for n, t in enumerate(source.text.split("\n"), 1) if t.startswith(kind)), 1)
        yield source.problem(line, f'there are no words of the kind "{kind}"', one_of(kind, known))


def _errors_in(
    templates: PolicyTemplates,
    language: str,
    source: Source,
    tree: nodes.Template,
    environment: Environment,
) -> Iterator[Problem]:
    """Files, filters, tests and members of `ticket` that do not exist."""
    names = templates.names(language) - {WORDS}
    for reference in tree.find_all(_REFERENCES):
        yield from _reference_errors(source, reference, names)
    yield from _unknown_functions(source, "filter", [*tree.find_all(nodes.Filter)], environment)
    yield from _unknown_functions(source, "test", [*tree.find_all(nodes.Test)], environment)
    for filtered in tree.find_all(nodes.Filter):
        yield from _missing_words(templates, language, source, filtered)
    for member in tree.find_all(nodes.Getattr):
        known = _MEMBERS.get(member.node.name) if isinstance(member.node, nodes.Name) else None
        if known is not None and member.attr not in known:
            wrong = f'"{_name(member.node)}" has no "{member.attr}"'
            yield source.problem(member.lineno, wrong, one_of(member.attr, sorted(known)))


def _unknown_functions(
    source: Source,
    noun: str,
    calls: Sequence[nodes.Filter | nodes.Test],
    environment: Environment,
) -> Iterator[Problem]:
    known = environment.filters if noun == "filter" else environment.tests
    names = sorted(known)
    for call in calls:
        if call.name not in names:
            wrong = f'there is no {noun} "{call.name}"'
            yield source.problem(call.lineno, wrong, _likely(call.name, names))
            # So that what else is wrong is found as well. The environment is that of this file.
            known[call.name] = _unknown


def _reference_errors(source: Source, reference: nodes.Node, names: set[str]) -> Iterator[Problem]:
    template = getattr(reference, "template", None)
    if not isinstance(template, nodes.Const) or not isinstance(template.value, str):
        wrong = "the name of a template must be written as a text"
        yield source.problem(reference.lineno, wrong, 'for example {% extends "layout.html.j2" %}')
    elif template.value not in names:
        wrong = f'there is no template "{template.value}" here'
        yield source.problem(reference.lineno, wrong, one_of(template.value, sorted(names)))


def _missing_words(
    templates: PolicyTemplates, language: str, source: Source, filtered: nodes.Filter
) -> Iterator[Problem]:
    """Filters whose words a language that we do not ship lacks."""
    shipped = languages(templates.directory)
    if language in shipped or language.partition("_")[0] in shipped:
        return
    kind: Any = _WORDS_OF_FILTERS.get(filtered.name)
    if filtered.name == "word" and filtered.args and isinstance(filtered.args[0], nodes.Const):
        kind = filtered.args[0].value
    if kind is not None and kind not in words_of(templates, language).kinds:
        wrong = f'"{language}" has no words of the kind "{kind}"'
        right = f"add them to {WORDS}, as in activities/templates/{FALLBACK}/{WORDS}"
        yield source.problem(filtered.lineno, wrong, right)


def _unknown_values(
    name: str, source: Source, tree: nodes.Template, environment: Environment, uses: Uses
) -> Iterator[Problem]:
    template = _template(name)
    facts = _facts(template, uses) if template else None
    if facts is None:
        return  # parts that several templates share see the values of each
    known = facts | ALWAYS_KNOWN
    others = {*_declared(tree), *environment.globals, "self", "super"}
    unknown = meta.find_undeclared_variables(tree) - known - others
    for variable in sorted(unknown):
        lines = [n.lineno for n in tree.find_all(nodes.Name) if n.name == variable]
        wrong = f'"{template}" has no value "{variable}"'
        yield source.problem(min(lines, default=1), wrong, _likely(variable, known))


def _declared(tree: nodes.Template) -> Iterator[str]:
    """The names that a file gives itself; at its top level, its blocks see them as well."""
    for imported in tree.find_all(nodes.FromImport):
        for name in imported.names:
            yield name if isinstance(name, str) else name[1]
    for module in tree.find_all(nodes.Import):
        yield module.target
    for macro in tree.find_all(nodes.Macro):
        yield macro.name
    for variable in tree.find_all(nodes.Name):
        if variable.ctx == "store":
            yield variable.name


def _unused_files(
    templates: PolicyTemplates, language: str, trees: Mapping[str, nodes.Template], uses: Uses
) -> Iterator[Problem]:
    """Own files that replace none of ours, and that nothing names."""
    shipped = templates.shipped_files(FALLBACK)
    named = {n for tree in trees.values() for n in meta.find_referenced_templates(tree)}
    for name, source in templates.own[language].items():
        template = _template(name)
        is_letter = template is not None and _facts(template, uses) is not None
        if name == WORDS or name in shipped or name in named or is_letter:
            continue
        known = sorted({*listed_templates(), *uses})
        wrong = f'nothing uses the template "{template or name.removesuffix(ENDING)}"'
        yield source.problem(1, wrong, one_of(template or name.partition(".")[0], known))


def _incomplete(templates: PolicyTemplates, language: str, uses: Uses) -> Iterator[Problem]:
    """Templates that lack a part, which nobody would be sent in this language."""
    complete, names = templates.complete(language), templates.names(language)
    reported: set[str] = set()
    for name, source in sorted(templates.own[language].items()):
        template = _template(name)
        if template is None or template in complete or template in reported:
            continue
        if _facts(template, uses) is None:
            continue
        reported.add(template)
        parts = [f"{template}.{part}{ENDING}" for part in PARTS]
        missing = ", ".join(each for each in parts if each not in names)
        yield source.problem(1, f'"{template}" is incomplete in "{language}"', f"add {missing}")


def _facts(template: str, uses: Uses) -> frozenset[str] | None:
    """The facts that a template can have; None if nothing sends it."""
    if template in listed_templates():
        required, optional = facts_of(template)
        return required | optional
    return uses.get(template)


def _template(name: str) -> str | None:
    """The template whose part a file is; None for a file without a part."""
    part = _part(name)
    return name.removesuffix(f".{part}{ENDING}") if part else None


def _part(name: str) -> str | None:
    return next((part for part in PARTS if name.endswith(f".{part}{ENDING}")), None)


def _unknown(_value: object) -> bool:
    """In place of a filter or a test that does not exist."""
    return False


def _likely(name: str, known: Any) -> str:
    similar = closest(name, [each for each in known if each != name])
    return f'did you mean "{similar}"?' if similar else f"known: {', '.join(sorted(known))}"


def _name(node: nodes.Node) -> str:
    return node.name if isinstance(node, nodes.Name) else ""
