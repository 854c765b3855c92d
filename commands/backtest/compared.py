"""Comparisons on the command line: two policies, other values of one, and a target in steps."""

from collections.abc import Iterable, Mapping

import typer
from pydantic import JsonValue

from backtest.comparison.comparison import Comparison, compare
from backtest.comparison.sweep import Place, Sweep, SweepRefused, place_of, sweep
from backtest.runs.run import ALL, Run
from commands.backtest.comparison_document import comparison_document, sweep_document
from commands.backtest.comparison_tables import print_comparison, print_sweep
from commands.backtest.html_file import write_page
from commands.backtest.judged_log import Judging, Output, WrittenFiles, print_json
from commands.console.explanation_tables import wide_console
from policies.documents.paths import NoSuchValue
from policies.documents.problems import PolicyErrors
from policies.documents.yaml_tree import read_tree
from policies.schema.policy import SupportPolicy
from policies.terms.overrides import OverridesRefused, apply_overrides


def overrides_of(texts: Iterable[str]) -> dict[str, JsonValue]:
    """Overrides written as `PATH=VALUE`; the value is YAML."""
    overrides: dict[str, JsonValue] = {}
    for text in texts:
        path, is_given, value = text.partition("=")
        if not is_given or not value.strip():
            raise _usage(f"{text} has no value; write {path}=VALUE", "--what-if")
        overrides[path.strip()] = _value(value, text)
    return overrides


def show_comparison(
    judge: Judging,
    old: SupportPolicy,
    new: SupportPolicy,
    overrides: Mapping[str, JsonValue],
    output: Output,
) -> bool:
    """Both policies on the log, and what changes. Whether it was interrupted."""
    before = judge(old, label="Judging the old one")
    only = before.done if before.is_partial else ALL
    after = judge(new, overrides, label="Judging the new one", only=only)
    found = compare(before, after)
    is_partial = found.before.is_partial or found.after.is_partial
    files = WrittenFiles()
    if (html := output.html) is not None:
        page = lambda: _comparison_page(found, new)  # noqa: E731
        files.write(lambda: write_page(html, page, is_partial=is_partial))
    with files.named():
        if output.as_json:
            print_json(comparison_document(found))
        else:
            print_comparison(wide_console(), found)
    return is_partial


def targets_of(policy: SupportPolicy, text: str) -> tuple[Place, list[str]]:
    """A sweep written as `PATH=TARGET,...`: what it sweeps, and the targets, if it has any."""
    path, _, targets = text.partition("=")
    given = [target.strip() for target in targets.split(",") if target.strip()]
    try:
        place = place_of(policy, path)
        for target in given:
            apply_overrides(policy, {place.path: target})
    except (SweepRefused, NoSuchValue, OverridesRefused) as error:
        raise _usage(str(error), "--sweep") from None
    return place, given


def show_sweep(
    judge: Judging, policy: SupportPolicy, targets: tuple[Place, list[str]], output: Output
) -> bool:
    """The share that keeps each target. Whether it was interrupted."""
    place, given = targets
    first = judge(policy)
    if first.is_partial:
        raise KeyboardInterrupt

    def judged(overrides: Mapping[str, JsonValue]) -> Run:
        return judge(policy, overrides, label=str(next(iter(overrides.values()))))

    try:
        found = sweep(place, first, given, judged)
    except SweepRefused as error:
        raise _usage(str(error), "--sweep") from None
    is_partial = found.is_partial
    files = WrittenFiles()
    if (html := output.html) is not None:
        page = lambda: _sweep_page(found, policy, first.report().log)  # noqa: E731
        files.write(lambda: write_page(html, page, is_partial=is_partial))
    with files.named():
        if output.as_json:
            print_json(sweep_document(found))
        else:
            print_sweep(wide_console(), found)
    return is_partial


def _value(text: str, whole: str) -> JsonValue:
    try:
        tree, problems = read_tree(text, "--what-if")
    except PolicyErrors as errors:
        raise _usage(f"{whole}: {errors}", "--what-if") from None
    if problems:
        raise _usage(f"{whole}: {PolicyErrors(problems)}", "--what-if")
    value: JsonValue = tree.plain()
    return value


def _usage(message: str, option: str) -> typer.BadParameter:
    return typer.BadParameter(message, param_hint=f"'{option}'")


def _comparison_page(found: Comparison, policy: SupportPolicy) -> str:
    # jinja and the words of e-mails load here: most comparisons need neither.
    from backtest.report.comparison_page import comparison_page

    return comparison_page(found, policy)


def _sweep_page(found: Sweep, policy: SupportPolicy, log: str) -> str:
    from backtest.report.comparison_page import sweep_page

    return sweep_page(found, policy, log)
