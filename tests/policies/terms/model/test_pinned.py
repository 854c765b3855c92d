"""Values that are as usual are not recorded, so what is usual never changes (decision 0016)."""

from typing import Any

import pytest
from pydantic import Field

from policies.terms.model.pinned import Sparse
from policies.terms.model.ticket_terms import Terms
from tests.policies.recorded_models import changeable, set_by_default
from tests.policies.requests import terms

MODELS = sorted(Sparse.__subclasses__(), key=lambda model: model.__name__)
"""Those that `Terms` are made of: its module imports them all."""
USUAL: dict[str, dict[str, Any]] = {
    "ClockTerms": {
        "by": ("priority",),
        "reopening": "none",
        "on_change": "recount",
        "lateness": "elapsed",
        "promised": True,
    },
    "PinnedCalendar": {"half_day_until": "13:00"},
    "ProcessTerms": {
        "outcomes": ("resolution", "information_request", "escalation", "work_started"),
        "escalate_by": ("agent",),
        "automatic_handoff": True,
        "idle_tell": ("assignee",),
        "level_order": "ladder",
        "no_reply_by": ("agent",),
    },
    "ReasonTerms": {"closed_as": "not_covered"},
    "Terms": {"is_settled": True},
}
"""What is neither empty nor false; stages and process apart."""


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_what_is_usual_stays_so(model: type[Sparse]) -> None:
    usual = {
        name: field.get_default(call_default_factory=True)
        for name, field in model.model_fields.items()
        if not field.is_required() and name not in ("stages", "process")
    }
    assert {name: value for name, value in usual.items() if value} == USUAL.get(model.__name__, {})
    assert all(value in (None, False, "", (), {}) for value in usual.values() if not value)


def test_all_that_tickets_of_one_plan_have_in_common_is_shared() -> None:
    written = terms("fjordline-energy").model_dump_json()
    first, second = (Terms.model_validate_json(written) for _ in range(2))
    own = {"verdict", "contacts", "overrides"}
    large = [
        name
        for name in Terms.model_fields
        if len(repr(getattr(first, name))) > 100 and name not in own
    ]
    assert {"process", "clocks", "calendars", "headings"} <= set(large)
    assert [name for name in large if getattr(first, name) is not getattr(second, name)] == []


def test_what_is_required_is_recorded_and_what_is_usual_is_not() -> None:
    class Small(Sparse):
        name: str
        count: int = 1
        labels: dict[str, str] = Field(default_factory=dict)

    assert Small(name="", count=1).model_dump() == {"name": ""}
    assert Small(name="", count=2).model_dump() == {"name": "", "count": 2}
    assert Small(name="", labels={"a": "b"}).model_dump() == {"name": "", "labels": {"a": "b"}}


def test_terms_cannot_be_changed() -> None:
    assert changeable("policies.terms") == set()


def test_a_rule_of_terms_is_off_unless_it_is_usual() -> None:
    assert set_by_default("policies.terms") == {
        "ClockTerms.promised": True,
        "ProcessTerms.automatic_handoff": True,
        "Terms.is_settled": True,
    }
