"""What is said of scenarios that were played: for people, and as JSON."""

from typing import Any

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from commands.simulation.comparison import Comparison
from commands.simulation.runner import ScenarioResult
from commands.timeline.account_view import print_account_story
from commands.timeline.ticket_view import print_story
from policies.documents.problems import Finding, Problem


def unmet(played: ScenarioResult) -> list[Problem]:
    """The expectations that were not met, at their places in the file."""
    return [played.script.document.problem(_finding(c)) for c in played.failures]


def as_json(played: ScenarioResult) -> dict[str, Any]:
    """One scenario: whether it holds, what does not and where, and the story."""
    scenario, document = played.script.scenario, played.script.document
    failures = [
        _place(document.problem(_finding(c))) | {"expected": c.expected, "found": c.found}
        for c in played.failures
    ]
    return {
        "file": played.script.file,
        "title": scenario.title,
        "policy": played.script.policy.policy,
        "passed": not failures,
        "expectations": len(played.comparisons),
        "failures": failures,
        "refusal": played.refusal,
        "story": played.story.model_dump(mode="json") if played.story else None,
        "account": played.account.model_dump(mode="json") if played.account else None,
    }


def print_played(console: Console, played: ScenarioResult) -> None:
    """The timeline of one scenario, and what was expected of it in vain."""
    scenario = played.script.scenario
    console.print(Rule(Text(scenario.title, "bold"), align="left"))
    console.print(scenario.story, style="italic", markup=False)
    console.print()
    if played.story is not None:
        print_story(console, played.story)
    if played.account is not None:
        print_account_story(console, played.account)
    if played.refusal is not None:
        console.print(Text.assemble(("refused ", "red"), played.refusal))
    console.print()
    for problem in unmet(played):
        console.print(Text.assemble(("✗ ", "bold red"), str(problem)), soft_wrap=True)
    kept, total = len(played.comparisons) - len(played.failures), len(played.comparisons)
    mark = ("✗ ", "bold red") if played.failures else ("✓ ", "green")
    console.print(Text.assemble(mark, f"{kept} of {total} expectations hold"))
    console.print()


def _finding(comparison: Comparison) -> Finding:
    return Finding(comparison.path, f"expected {comparison.expected}", f"found {comparison.found}")


def _place(problem: Problem) -> dict[str, Any]:
    return {"line": problem.line, "column": problem.column, "path": problem.path}
