"""`desk page`: the support page that a customer reads, made from a policy."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bootstrap.exit_codes import ExitCode, Failure
from commands.console.plain_output import echo
from commands.console.policy_argument import policy_named
from policies.documents.suggestions import one_of
from policies.i18n.locales import language_of
from policies.page.rendering import page_html, page_markdown
from policies.page.sections.support_page import page_languages, support_page
from policies.schema.policy import SupportPolicy

MARKDOWN = (".md", ".markdown")
FIRST_YEAR, LAST_YEAR = 2000, 2100
"""The years for which public holidays are known."""


def page(
    policy: Annotated[
        str,
        typer.Argument(help="Name of a policy in the catalog, such as contently, or a YAML file."),
    ],
    locale: Annotated[
        str | None, typer.Option(help="Language of the page. Default: that of the policy.")
    ] = None,
    html: Annotated[
        bool | None,
        typer.Option(
            "--html/--md", help="HTML or Markdown. Default: by the name of --out, else HTML."
        ),
    ] = None,
    year: Annotated[
        int | None,
        typer.Option(
            min=FIRST_YEAR, max=LAST_YEAR, help="Year of the holidays. Default: the current year."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write. Default: standard output.")
    ] = None,
) -> None:
    """Write the support page that a customer reads: hours and holidays,
    targets, escalation, coverage, availability and credits.

    All numbers come from the policy. Internal targets and readings are not
    shown. The HTML page is one file without scripts; nothing is loaded.

    [bold]desk check POLICY --page FILE[/] compares a page with its policy.

    Exit codes: 0 success, 1 the policy has errors or the file cannot be
    written, 2 an option is invalid.

    Example: desk page contentsquare --locale en --out support.html
    """
    chosen = policy_named(policy, None)
    _check_locale(chosen, locale)
    made = support_page(chosen, locale or chosen.locale, year or datetime.now(UTC).year)
    is_html = html if html is not None else out is None or out.suffix.lower() not in MARKDOWN
    text = page_html(made) if is_html else page_markdown(made)
    if out is None:
        echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"cannot write {out}: {error.strerror or error}"
        raise Failure(ExitCode.FAILED, message) from None


def _check_locale(policy: SupportPolicy, locale: str | None) -> None:
    languages = page_languages(policy)
    if locale is not None and language_of(locale) not in languages:
        wrong = f'{policy.policy} has no page in "{locale}"; {one_of(locale, languages)}'
        raise typer.BadParameter(wrong, param_hint="'--locale'")
