"""The table of tunables in docs/operations.md has the values of the code."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from temporalio.common import RetryPolicy

from tests.docs.pages import OPERATIONS, rows_of

ROWS = rows_of(OPERATIONS, "Tunables")
UNITS = ((86_400, "day"), (3_600, "h"), (60, "min"), (1, "s"))


def shown(value: Any) -> str:
    """A value as the table writes it."""
    match value:
        case timedelta():
            seconds = value.total_seconds()
            size, unit = next(pair for pair in UNITS if seconds % pair[0] == 0)
            number = int(seconds // size)
            return f"{number} {unit}{'s' if unit == 'day' and number > 1 else ''}"
        case RetryPolicy(maximum_interval=timedelta() as longest):
            return f"{shown(value.initial_interval)}, doubled up to {shown(longest)}"
    return f"{value:,}"


@pytest.mark.parametrize(("constant", "value"), [(row[2], row[1]) for row in ROWS])
def test_a_tunable_has_the_value_of_the_code(constant: str, value: str) -> None:
    path, _, name = constant.strip("`").partition(":")
    module = import_module(path.removesuffix(".py").replace("/", "."))
    assert value == shown(getattr(module, name))


def test_every_time_out_and_limit_of_deliveries_and_tickets_is_listed() -> None:
    listed = {row[2].strip("`") for row in ROWS}
    for module in ("workflows.shared.deliveries", "workflows.ticket.process.ticket", "worker"):
        path = f"{module.replace('.', '/')}.py"
        limits = {
            f"{path}:{name}"
            for name, value in vars(import_module(module)).items()
            if name.isupper()
            and isinstance(value, timedelta | int)
            and f"\n{name} = " in f"\n{open_text(path)}"
        }
        assert limits <= listed


def open_text(path: str) -> str:
    return (OPERATIONS.parents[1] / path).read_text(encoding="utf-8")
