"""`desk preview`: the e-mails of a policy, as they would be sent."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from markupsafe import Markup, escape
from rich.table import Table
from rich.text import Text

from activities.ports import TemplateFailed
from activities.rendering.email_composer import rendered
from activities.rendering.sanitizing import header_text
from activities.rendering.template_renderer import RenderedMessage, TemplateRenderer
from activities.templates.manifest import PARTS
from activities.templates.own_templates import ENDING, PolicyTemplates
from bootstrap.exit_codes import ExitCode, Failure
from commands.console.explanation_tables import wide_console
from commands.console.plain_output import echo
from commands.console.policy_argument import FILES, policy_named
from commands.console.terminal import Terminal
from commands.reports.own_templates import template_errors, templates_beside
from commands.reports.sample_letters import (
    Circumstances,
    Letter,
    all_circumstances,
    sample_letters,
)
from policies.documents.problems import PolicyErrors
from policies.documents.suggestions import one_of
from policies.loading.policy_catalog import SHIPPED
from policies.schema.policy import SupportPolicy


class Occasion(NamedTuple):
    """An e-mail of a policy, and the first circumstances in which it is sent."""

    letter: Letter
    circumstances: Circumstances


class Preview(NamedTuple):
    """An e-mail as it would be sent, and the circumstances in which it is."""

    letter: Letter
    circumstances: Circumstances
    message: RenderedMessage


def preview(  # noqa: PLR0913, PLR0917 - a parameter for each option
    policy: Annotated[
        str,
        typer.Argument(help="Name of a policy in the catalog, such as contently, or a YAML file."),
    ],
    event: Annotated[
        str | None,
        typer.Argument(help="An event, a clock or a template. Default: list all e-mails."),
    ] = None,
    locale: Annotated[
        str | None, typer.Option(help="Locale of all recipients. Default: their own.")
    ] = None,
    plan: Annotated[str | None, typer.Option(help="Plan of the account.")] = None,
    region: Annotated[str | None, typer.Option(help="Region of the account.")] = None,
    priority: Annotated[str | None, typer.Option(help="Priority of the ticket.")] = None,
    kind: Annotated[str | None, typer.Option(help="Kind of the ticket.")] = None,
    channel: Annotated[str | None, typer.Option(help="Channel of the request.")] = None,
    to: Annotated[str | None, typer.Option(help="Audience, such as requester.")] = None,
    html: Annotated[
        bool, typer.Option("--html/--text", help="Print the HTML of the e-mails, or their text.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(help="Directory for HTML files of the e-mails, with an index."),
    ] = None,
) -> None:
    """Show the e-mails of a policy as they would be sent, with sample data.

    Without an event, list the e-mails: their event, whom they go to, their
    template, and the first circumstances in which they are sent. [bold]own[/]
    marks templates beside the policy.

    Exit codes: 0 success, 1 a policy or a template has errors, 2 an option
    is invalid, or there is no such e-mail.

    Example: desk preview contently opened --locale fr --to requester
    """
    chosen = policy_named(policy, None)
    templates = _templates(policy, chosen)
    given = Circumstances(plan, region, kind, priority, channel)
    _check_options(chosen, given)
    occasions = list(_occasions(chosen, given, locale))
    wanted = [each for each in occasions if _is_wanted(each.letter, event, to)]
    if not wanted:
        raise _nothing_found(occasions, event, to)
    found = _previews(chosen, templates, wanted)
    if out is not None:
        _write(out, chosen, found)
    elif event is None:
        wide_console().print(_listed(found, templates))
    else:
        _show(found, as_html=html)


def _templates(name: str, policy: SupportPolicy) -> PolicyTemplates:
    file = Path(name) if name.endswith(FILES) else SHIPPED / f"{name}.yaml"
    try:
        templates = templates_beside(file, policy.policy)
        problems = list(template_errors(policy, templates))
    except PolicyErrors as errors:
        problems = errors.problems
    if problems:
        raise Failure(ExitCode.FAILED, str(PolicyErrors(problems)))
    return templates


def _check_options(policy: SupportPolicy, given: Circumstances) -> None:
    channels = {channel for rule in policy.channels for channel in rule.channels}
    declared = (policy.plans, policy.regions, policy.kinds, policy.priorities, channels)
    for option, value, known in zip(Circumstances._fields, given, declared, strict=True):
        is_any_channel = option == "channel" and not known
        if value is not None and value not in known and not is_any_channel:
            raise _usage(f'"{value}" is not declared; {one_of(value, known)}', f"--{option}")


def _occasions(
    policy: SupportPolicy, given: Circumstances, locale: str | None
) -> Iterator[Occasion]:
    """Each e-mail once, in the first circumstances in which it is sent."""
    seen: set[tuple[str, ...]] = set()
    for circumstances in all_circumstances(policy, given):
        for letter in sample_letters(policy, circumstances, locale):
            identity = (_cause(letter), letter.notice.template, letter.notice.audience)
            if identity not in seen:
                seen.add(identity)
                yield Occasion(letter, circumstances)


def _previews(
    policy: SupportPolicy, templates: PolicyTemplates, occasions: Sequence[Occasion]
) -> list[Preview]:
    """These e-mails as they would be sent."""
    renderer = TemplateRenderer(own={policy.policy: templates.own})
    try:
        return [Preview(*each, rendered(each.letter.notice, renderer)) for each in occasions]
    except TemplateFailed as error:
        raise Failure(ExitCode.FAILED, str(error)) from None


def _is_wanted(letter: Letter, event: str | None, to: str | None) -> bool:
    names = (letter.event, letter.clock, letter.notice.template)
    return (event is None or event in names) and (to is None or to == letter.notice.audience)


def _nothing_found(
    occasions: Sequence[Occasion], event: str | None, to: str | None
) -> typer.BadParameter:
    letters = [each.letter for each in occasions]
    events = {n for x in letters for n in (x.event, x.clock, x.notice.template) if n}
    if event is not None and event not in events:
        wrong = f'the policy sends no e-mail about "{event}"'
        return _usage(f"{wrong}; {one_of(event, sorted(events))}", "event")
    told = sorted({x.notice.audience for x in letters if _is_wanted(x, event, None)})
    return _usage(f'"{to}" gets no such e-mail; {one_of(to, told)}', "--to")


def _cause(letter: Letter) -> str:
    """`opened`, or `first_response at 75%`."""
    return f"{letter.clock} at {letter.rung}" if letter.clock else letter.event


def _in(circumstances: Circumstances) -> str:
    return ", ".join(value for value in circumstances if value)


def _listed(previews: Sequence[Preview], templates: PolicyTemplates) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("event", "to", "template", "language", "in", "subject"):
        table.add_column(column)
    for letter, circumstances, message in previews:
        notice = letter.notice
        own = templates.own_sources(message.language)
        is_own = any(f"{notice.template}.{part}{ENDING}" in own for part in PARTS)
        table.add_row(
            _cause(letter),
            notice.audience,
            Text(f"{notice.template} (own)" if is_own else notice.template),
            message.language,
            _in(circumstances),
            Text(message.subject),
        )
    return table


def _show(previews: Sequence[Preview], *, as_html: bool) -> None:
    console = Terminal(highlight=False, soft_wrap=True)
    for letter, circumstances, message in previews:
        if as_html:
            echo(message.html)
            continue
        contact = letter.notice.contact
        console.print(Text(f"{_cause(letter)}, to {letter.notice.audience}", "bold"))
        console.print(Text(f"in: {_in(circumstances)}; in the language {message.language}", "dim"))
        console.print(Text(f"To: {contact.name} <{contact.email}>"))
        console.print(Text(f"Subject: {_subject(letter, message)}"))
        console.print()
        console.print(Text(message.text))
        console.print()


def _subject(letter: Letter, message: RenderedMessage) -> str:
    number = letter.notice.ticket.number
    return header_text(f"[{number}] {message.subject}" if number else message.subject)


def _write(out: Path, policy: SupportPolicy, previews: Sequence[Preview]) -> None:
    """One HTML file for each e-mail, and `index.html`, which lists them by event."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        names = [_file_name(n, each.letter) for n, each in enumerate(previews, 1)]
        for name, each in zip(names, previews, strict=True):
            (out / name).write_text(each.message.html, encoding="utf-8")
        (out / "index.html").write_text(_index(policy, names, previews), encoding="utf-8")
    except OSError as error:
        raise _usage(f"cannot write {out}: {error.strerror or error}", "--out") from None
    echo(f"{len(previews)} e-mails in {out / 'index.html'}")


def _file_name(number: int, letter: Letter) -> str:
    cause = _cause(letter).replace(" ", "-").replace("%", "")
    return f"{number:03d}-{cause}-{letter.notice.template}-{letter.notice.audience}.html"


def _index(policy: SupportPolicy, names: Sequence[str], previews: Sequence[Preview]) -> str:
    page = Markup(
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>{title}</title>\n<style>\n{style}</style>\n<h1>{title}</h1>\n{parts}</html>\n"
    )
    parts = Markup()
    rows = zip(names, previews, strict=True)
    for cause, group in groupby(rows, key=lambda row: _cause(row[1].letter)):
        parts += Markup("<h2>{}</h2>\n<ul>\n").format(cause)
        for name, (letter, circumstances, message) in group:
            parts += Markup('<li><a href="{}">{}</a> to {}<br><small>{}; {}</small></li>\n').format(
                name,
                _subject(letter, message),
                letter.notice.audience,
                letter.notice.template,
                _in(circumstances),
            )
        parts += Markup("</ul>\n")
    title = escape(f"E-mails of {policy.policy}, revision of {policy.revision}")
    return page.format(title=title, style=Markup(_STYLE), parts=parts)


_STYLE = """\
:root { color-scheme: light dark; }
body { max-width: 44rem; margin: 0 auto; padding: 1rem; font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 1.5rem 0 0.25rem; }
ul { margin: 0; padding-left: 1.25rem; } li { margin: 0.4rem 0; overflow-wrap: anywhere; }
"""


def _usage(message: str, option: str) -> typer.BadParameter:
    return typer.BadParameter(message, param_hint=f"'{option}'")
