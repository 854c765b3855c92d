"""The page about who sees what has the tables of the code."""

from collections.abc import Mapping

import pytest

from policies.vocabulary import ACCOUNT_EVENTS, EventType
from settings import ROOT
from tests.docs.pages import Rows, codes, rows_of
from workflows.shared.visibility.account_parts import ACCOUNT_EVENT_PARTS, ACCOUNT_PARTS
from workflows.shared.visibility.sight import Parts, Sight
from workflows.shared.visibility.ticket_events import TICKET_EVENTS
from workflows.shared.visibility.ticket_parts import ROWS, TICKET_PARTS

PAGE = ROOT / "docs" / "who-sees-what.md"
CONDITIONAL = (Sight.IF_TOLD, Sight.IF_PROMISED, Sight.IF_THEIRS)


def names(parts: Parts, sight: Sight) -> list[str]:
    return [name for name, each in parts.items() if each is sight]


def seen(parts: Parts) -> str:
    """The parts that the requester's side sees, each with its condition."""
    public = [codes(names(parts, Sight.PUBLIC))]
    given = [f"{codes(found)} {sight}" for sight in CONDITIONAL if (found := names(parts, sight))]
    return "; ".join(filter(None, [*public, *given]))


def model_rows(table: Mapping[str, Parts]) -> Rows:
    return [
        (_with_row(model), seen(parts), codes(names(parts, Sight.INTERNAL)))
        for model, parts in table.items()
    ]


def _with_row(model: str) -> str:
    field, value = ROWS.get(model, ("", None))
    shown = str(value).lower()
    return f"`{model}`" + (f" whose `{field}` is `{shown}`" if field else "")


def ticket_event_rows() -> Rows:
    rows: Rows = []
    for kind, event in TICKET_EVENTS.items():
        if kind in (*ACCOUNT_EVENTS, EventType.PRIORITY_CHANGED):
            continue
        others = [str(each) for each in event.conditions if each is not Sight.PUBLIC]
        when = (", ".join(others) or "always").replace("internal", "never")
        internal = codes(names(event.data, Sight.INTERNAL))
        rows.append((f"`{kind}`", when, seen(event.data), internal))
    return rows


def account_event_rows() -> Rows:
    return [
        (
            f"`{kind}`",
            "never" if parts is None else seen(parts),
            codes(names(parts or {}, Sight.INTERNAL)),
        )
        for kind, parts in ACCOUNT_EVENT_PARTS.items()
    ]


@pytest.mark.parametrize(
    ("heading", "rows"),
    [
        ("Fields of a ticket", model_rows(TICKET_PARTS)),
        ("Events of a ticket", ticket_event_rows()),
        ("Fields of an account", model_rows(ACCOUNT_PARTS)),
        ("Events of an account", account_event_rows()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_tables_are_those_of_the_code(heading: str, rows: Rows) -> None:
    right = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    assert rows_of(PAGE, heading) == rows, f"the rows of the table must be:\n{right}"
