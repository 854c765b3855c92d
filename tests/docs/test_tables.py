"""Tables in the documents match the code."""

from pathlib import Path
from typing import Any

import pytest
from pydantic_core import PydanticUndefined

from api.http.problem_types import PROBLEM_TYPES
from api.identity.static_tokens import TOKENS_EXAMPLE
from api.listing.filters import TicketFilters
from bootstrap.exit_codes import ExitCode
from policies.vocabulary import Outcome
from settings import PREFIX, ROOT, Settings
from tests.docs.pages import API, OPERATIONS, Rows, codes, rows_of
from workflows.temporal.connection import SEARCH_ATTRIBUTES


def problem_rows() -> Rows:
    types = sorted(PROBLEM_TYPES.values(), key=lambda each: each.status)
    return [(str(int(each.status)), f"`{each.slug}`", each.meaning) for each in types]


def setting_rows() -> Rows:
    shape = f"`{TOKENS_EXAMPLE}`"  # a tag, to Markdown, without the marks
    return [
        (
            f"`{PREFIX}{name.upper()}`",
            default(field.default),
            (field.description or "").replace(TOKENS_EXAMPLE, shape),
        )
        for name, field in Settings.model_fields.items()
    ]


def default(value: Any) -> str:
    if value is None or value is PydanticUndefined:
        return ""
    is_ours = isinstance(value, Path) and value.is_relative_to(ROOT)
    return f"`{value.relative_to(ROOT) if is_ours else value}`"


@pytest.mark.parametrize(
    ("path", "heading", "rows"),
    [
        (API, "Problems", problem_rows()),
        (OPERATIONS, "Settings", setting_rows()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_tables_match_the_code(path: Path, heading: str, rows: Rows) -> None:
    right = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    assert rows_of(path, heading) == rows, f"the rows of the table must be:\n{right}"


def test_every_filter_of_lists_is_documented() -> None:
    assert [row[0].strip("`") for row in rows_of(API, "Lists")] == [*TicketFilters.model_fields]


def test_every_exit_code_is_documented() -> None:
    assert [int(row[0]) for row in rows_of(OPERATIONS, "Exit codes")] == sorted(ExitCode)


def test_every_search_attribute_is_documented_with_its_type() -> None:
    registered = [(f"`{k.name}`", k.indexed_value_type.name) for k in SEARCH_ATTRIBUTES]
    documented = [(name, kind) for name, kind, _ in rows_of(OPERATIONS, "Search attributes")]
    assert documented == [(name, kind.title().replace("_", "")) for name, kind in registered]
    assert f"| custom search attributes | {len(registered)}, see" in OPERATIONS.read_text()


def test_every_outcome_is_documented() -> None:
    assert codes([*Outcome]) in API.read_text()
