"""Whatever is refused has its words in every language: no refusal is made without a phrase.

This reads the code, as no test meets every refusal by itself.
"""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

from policies.i18n.phrases import FALLBACK
from workflows.account.refusals import ACCOUNT_REFUSALS
from workflows.shared.texts.phrases import PHRASES
from workflows.ticket.actions.rule import TERMS_FIRST
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.refusals import REFUSALS

ROOT = Path(__file__).parents[3]
PLACES = ("workflows", "api")
SOURCES = [path for place in PLACES for path in sorted((ROOT / place).rglob("*.py"))]
ENGLISH = PHRASES.tables[FALLBACK]
KINDS = REFUSALS | ACCOUNT_REFUSALS
Made = tuple[str, set[str], str]


def blanks(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(ENGLISH[phrase]) if name}


def refusals_made() -> Iterator[Made]:
    """The phrase and the values of each refusal that the code makes, and where."""
    for path in SOURCES:
        tree = ast.parse(path.read_text())
        assigned = dict(assigned_texts(tree))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in KINDS:
                said = ast.unparse(node.args[0]).strip("'")
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                values = {word.arg or "**" for word in node.keywords}
                yield from ((phrase, values, where) for phrase in assigned.get(said, [said]))


def assigned_texts(tree: ast.AST) -> Iterator[tuple[str, list[str]]]:
    """The texts that each variable may have: a phrase can be chosen before it is used."""
    texts: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            values = node.value
            branches = [values.body, values.orelse] if isinstance(values, ast.IfExp) else [values]
            for branch in branches:
                if isinstance(branch, ast.Constant) and isinstance(branch.value, str):
                    texts.setdefault(node.targets[0].id, []).append(branch.value)
    yield from texts.items()


def test_each_refusal_is_a_phrase_with_its_values() -> None:
    made = [made for made in refusals_made() if not made[0].endswith(".otherwise")]
    assert len(made) > 50
    assert [(phrase, where) for phrase, _, where in made if phrase not in ENGLISH] == []
    assert [made for made in made if not blanks(made[0]) <= made[1]] == []


def test_a_condition_is_a_phrase_without_values() -> None:
    conditions = [TERMS_FIRST, *(c for rule in ACTIONS.values() for c in rule.conditions)]
    assert all(blanks(condition.otherwise) == set() for condition in conditions)


def test_there_is_no_phrase_that_nobody_says() -> None:
    code = "\n".join(path.read_text() for path in SOURCES if path.parent.name != "texts")
    assert [phrase for phrase in ENGLISH if f'"{phrase}"' not in code] == []
