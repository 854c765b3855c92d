"""Whatever is refused has its words in every language: no refusal is made without a phrase.

This reads the code, as no test meets every refusal by itself.
"""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from policies.i18n.phrases import FALLBACK
from workflows.account.refusals import ACCOUNT_REFUSALS
from workflows.shared.texts import PHRASES
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
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in KINDS:
                [said, *_] = node.args
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                values = {word.arg or "**" for word in node.keywords}
                yield ast.unparse(said).strip("'"), values, where


MADE = [made for made in refusals_made() if not made[0].endswith(".otherwise")]


def test_refusals_are_found() -> None:
    assert len(MADE) > 50


@pytest.mark.parametrize(("phrase", "values", "where"), MADE)
def test_a_refusal_is_a_phrase_with_its_values(phrase: str, values: set[str], where: str) -> None:
    assert phrase in ENGLISH, where
    assert values == blanks(phrase), where


def test_a_condition_is_a_phrase_without_values() -> None:
    conditions = [TERMS_FIRST, *(c for rule in ACTIONS.values() for c in rule.conditions)]
    assert all(blanks(condition.otherwise) == set() for condition in conditions)


def test_there_is_no_phrase_that_nobody_says() -> None:
    code = "\n".join(path.read_text() for path in SOURCES if path.name != "texts.py")
    assert [phrase for phrase in ENGLISH if f'"{phrase}"' not in code] == []
