"""`desk check`: errors and warnings about policies and contracts."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from activities.rendering.template_renderer import words_of
from activities.templates.own_templates import PolicyTemplates
from commands.console.plain_output import echo
from commands.console.policy_argument import FILES, named_or_file
from commands.console.terminal import Terminal
from commands.reports.missing_translations import (
    contacts_in_other_languages,
    missing_in_policy,
    missing_under_contract,
)
from commands.reports.own_templates import template_errors, template_warnings, templates_beside
from commands.reports.unwritable_notices import unwritable_notices, unwritable_under_contract
from policies.checks.contracts import contract_mismatches
from policies.documents.document import Document
from policies.documents.problems import Finding, PolicyErrors, Problem
from policies.lint.all_warnings import warnings
from policies.loading.loader import contract_of, open_document, policy_of
from policies.loading.policy_catalog import PolicyCatalog
from policies.page.comparison.comparison import compare
from policies.page.comparison.page_text import MAX_BYTES, NotText, Sentence, page_sentences
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.terms.overrides import effective_policy, override_errors, override_warnings


@dataclass
class Report:
    """The result for all files."""

    files: int = 0
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    def exit_code(self, strict: bool) -> int:
        """2 if a file is unreadable, 1 on errors (or warnings if strict), else 0."""
        if self.unreadable:
            return 2
        return 1 if self.errors or (strict and self.warnings) else 0

    def summary(self) -> str:
        """The numbers of files, errors and warnings, on one line."""
        counts = [
            _count(self.files, "file"),
            _count(len(self.errors), "error"),
            _count(len(self.warnings), "warning"),
        ]
        if self.unreadable:
            counts.append(f"{len(self.unreadable)} unreadable")
        return ", ".join(counts)


def check(
    files: Annotated[list[Path], typer.Argument(help="Policies and contracts (YAML files).")],
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings as well.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
    page: Annotated[
        Path | None,
        typer.Option(
            help="A support page (HTML, Markdown or text), to compare its numbers with one policy."
        ),
    ] = None,
) -> None:
    """Check policies and contracts for errors.

    All errors of all files are listed, each with its place, the problem and
    the allowed values. Warnings are about rules that are valid but probably
    not intended, and name the clause of the policy.

    A template or text that is missing in a language of a policy or contract
    is an error, and so is a notice whose event lacks a fact of its template.

    The templates in [bold]templates/POLICY/[/] beside a policy are checked with it.

    A contract (a file with [bold]account:[/]) is also checked against its
    policy, which is one of the files or one that ships.

    With [bold]--page[/], the numbers that only the page or only the policy has
    are warnings: durations, percentages, times of day, holidays and credits.

    Exit codes: 0 no errors, 1 errors (with --strict also warnings), 2 a
    file cannot be read.

    Example: desk check policies/catalog/*.yaml examples/contracts/*.yaml
    """
    if page is not None:
        files = [named_or_file(str(file)) for file in files]
    report = examine(files)
    if page is not None:
        _compare_page(report, files, page)
    if as_json:
        _print_json(report)
    else:
        _print_text(report)
    raise typer.Exit(report.exit_code(strict))


def examine(files: Sequence[Path]) -> Report:
    """Check every file, and the contracts among them against their policies."""
    report = Report()
    policies: list[SupportPolicy] = []
    contracts: list[tuple[Document, Contract]] = []
    broken: set[object] = set()
    templates: dict[str, PolicyTemplates] = {}
    for path in dict.fromkeys(files):
        report.files += 1
        document = None
        try:
            document = open_document(path)
            if document.is_contract:
                contract = contract_of(document)
                contracts.append((document, contract))
                report.warnings += map(
                    document.problem, contacts_in_other_languages(contract.contacts)
                )
            else:
                policy = policy_of(document)
                policies.append(policy)
                own = templates[policy.policy] = templates_beside(path, policy.policy)
                words = partial(words_of, own)
                report.errors += template_errors(policy, own)
                report.warnings += template_warnings(path, policy, own)
                report.errors += map(document.problem, missing_in_policy(policy, own.spoken, words))
                report.errors += map(document.problem, unwritable_notices(policy))
                report.warnings += map(
                    document.problem, contacts_in_other_languages(policy.contacts, own.spoken)
                )
                report.warnings += map(document.problem, warnings(policy))
        except OSError as error:
            report.unreadable.append(f"cannot read {path}: {error.strerror or error}")
        except PolicyErrors as error:
            report.errors += error.problems
            if document is not None and not document.is_contract:
                broken.add(document.at(("policy",)))
    waiting = [(d, c) for d, c in contracts if c.policy in broken]
    report.errors += (d.problem(_not_compared(c)) for d, c in waiting)
    try:
        comparable = [each for each in contracts if each not in waiting]
        _check_against_policies(report, comparable, policies, templates)
    except PolicyErrors as error:
        report.errors += [problem for problem in error.problems if problem not in report.errors]
    return report


_WITH_ITS_POLICY = "(or give the file of the policy as well)"


def _not_compared(contract: Contract) -> Finding:
    """Why a contract is not compared with its policy yet."""
    wrong = f'the policy "{contract.policy}" has errors, so the contract is not compared with it'
    return Finding(("policy",), wrong, "mend the policy first")


def _compare_page(report: Report, files: Sequence[Path], page: Path) -> None:
    """Adds the differences between a page and the policy, unless the policy has errors."""
    policies = [file for file in dict.fromkeys(files) if file.suffix in FILES]
    if len(policies) != 1:
        message = "compares a page with one policy; give its name or its file"
        raise typer.BadParameter(message, param_hint="'--page'")
    report.files += 1
    if report.errors or report.unreadable:
        return
    document = open_document(policies[0])
    if document.is_contract:
        message = f"{policies[0]} is a contract; give the policy whose page it is"
        raise typer.BadParameter(message, param_hint="'--page'")
    try:
        sentences = read_page(page)
    except OSError as error:
        report.unreadable.append(f"cannot read {page}: {error.strerror or error}")
        return
    except NotText as error:
        report.unreadable.append(f"cannot compare {page}: it {error}")
        return
    found = compare(policy_of(document), sentences, datetime.now(UTC).year)
    report.warnings += (
        Problem(str(page), each.line, 1, "", each.wrong, each.right, each.clause)
        for each in found.of_page
    )
    report.warnings += map(document.problem, found.of_policy)


def read_page(path: Path) -> list[Sentence]:
    """The sentences of a page in a file. NotText if it is none, OSError if it cannot be read."""
    with open(path, "rb") as file:
        return page_sentences(file.read(MAX_BYTES + 1))


def _check_against_policies(
    report: Report,
    contracts: Iterable[tuple[Document, Contract]],
    policies: Sequence[SupportPolicy],
    templates: Mapping[str, PolicyTemplates],
) -> None:
    newest = {policy.policy: policy for policy in sorted(policies, key=lambda p: p.revision)}
    if any(contract.policy not in newest for _, contract in contracts):
        newest = {policy.policy: policy for policy in _shipped()} | newest
    for document, contract in contracts:
        known, policy = newest, newest.get(contract.policy)
        if policy is not None:
            known = {**newest, contract.policy: effective_policy(contract, policy)}
        mismatches = list(contract_mismatches(contract, known))
        if policy is None:
            mismatches = [replace(f, right=f"{f.right} {_WITH_ITS_POLICY}") for f in mismatches]
        report.errors += map(document.problem, mismatches)
        if policy is not None:
            own = templates.get(policy.policy, PolicyTemplates())
            report.errors += map(
                document.problem,
                missing_under_contract(contract, policy, own.spoken, partial(words_of, own)),
            )
            report.errors += map(document.problem, override_errors(contract, policy))
            report.errors += map(document.problem, unwritable_under_contract(contract, policy))
            report.warnings += map(document.problem, override_warnings(contract, policy))


def _shipped() -> Iterable[SupportPolicy]:
    catalog = PolicyCatalog.shipped()
    return (catalog.latest(slug) for slug in catalog.slugs)


def _print_json(report: Report) -> None:
    data = {
        "files": report.files,
        "errors": [asdict(problem) for problem in report.errors],
        "warnings": [asdict(problem) for problem in report.warnings],
        "unreadable": report.unreadable,
    }
    echo(json.dumps(data, indent=2, ensure_ascii=False))


def _print_text(report: Report) -> None:
    # Not wrapped, so that editors and grep find one problem per line.
    console = Terminal(highlight=False, soft_wrap=True)
    for line in report.unreadable:
        console.print(Text.assemble(("error ", "bold red"), line))
    for problem in report.errors:
        console.print(_line("error", "bold red", problem))
    for problem in report.warnings:
        console.print(_line("warning", "bold yellow", problem))
    style = (
        "red" if report.errors or report.unreadable else "yellow" if report.warnings else "green"
    )
    console.print(Text(report.summary(), style))


def _line(level: str, style: str, problem: Problem) -> Text:
    clause = f" (clause {problem.clause})" if level == "warning" and problem.clause else ""
    return Text.assemble((f"{level} ", style), str(problem), (clause, "dim"))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
