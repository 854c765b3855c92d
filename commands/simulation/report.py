"""Reports of scenario results, for the terminal and as JSON."""

from typing import Any

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from commands.simulation.comparison import Comparison
from commands.simulation.runner import ScenarioResult
from commands.timeline.account_view import print_account_timeline
from commands.timeline.ticket_view import print_timeline
from policies.documents.problems import Finding, Problem


def unmet(result: ScenarioResult) -> list[Problem]:
    """The expectations that were not met, with their places in the file."""
    return [result.script.document.problem(_finding(each)) for each in result.failures]


def as_json(result: ScenarioResult) -> dict[str, Any]:
    """The result of one scenario, its failures and its timelines."""
    scenario, document = result.script.scenario, result.script.document
    failures = [
        _place(document.problem(_finding(each))) | {"expected": each.expected, "found": each.found}
        for each in result.failures
    ]
    return {
        "file": result.script.file,
        "title": scenario.title,
        "policy": result.script.policy.policy,
        "passed": not failures,
        "expectations": len(result.comparisons),
        "failures": failures,
        "refusal": result.refusal,
        "story": result.timeline.model_dump(mode="json") if result.timeline else None,
        "account": result.account.model_dump(mode="json") if result.account else None,
    }


def print_result(console: Console, result: ScenarioResult) -> None:
    """Prints the timelines and the failures of one scenario."""
    scenario = result.script.scenario
    console.print(Rule(Text(scenario.title, "bold"), align="left"))
    console.print(scenario.story, style="italic", markup=False)
    console.print()
    if result.timeline is not None:
        print_timeline(console, result.timeline)
    if result.account is not None:
        print_account_timeline(console, result.account)
    if result.refusal is not None:
        console.print(Text.assemble(("refused ", "red"), result.refusal))
    console.print()
    for problem in unmet(result):
        console.print(Text.assemble(("✗ ", "bold red"), str(problem)), soft_wrap=True)
    met, total = len(result.comparisons) - len(result.failures), len(result.comparisons)
    mark = ("✗ ", "bold red") if result.failures else ("✓ ", "green")
    console.print(Text.assemble(mark, f"{met} of {total} expectations met"))
    console.print()


def _finding(comparison: Comparison) -> Finding:
    return Finding(comparison.path, f"expected {comparison.expected}", f"found {comparison.found}")


def _place(problem: Problem) -> dict[str, Any]:
    return {"line": problem.line, "column": problem.column, "path": problem.path}
