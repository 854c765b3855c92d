"""Whom a notice of an event is for."""

import pytest

from policies.terms.model.notice import NoticeTerms
from policies.vocabulary import EventType


@pytest.mark.parametrize(
    ("priority", "facts", "concerned"),
    [
        ("high", {"place": "london", "tier": "a"}, True),
        ("low", {"place": "london", "tier": "a"}, False),
        (None, {"place": "london", "tier": "a"}, False),
        ("high", {"place": "paris", "tier": "a"}, False),
        ("high", {"place": "london"}, False),
    ],
)
def test_a_notice_is_for_tickets_of_its_priorities_with_all_its_facts(
    priority: str | None, facts: dict[str, str], *, concerned: bool
) -> None:
    rows = {"place": ("london", "leeds"), "tier": ("a",)}
    notice = NoticeTerms(
        event=EventType.OPENED, tell=("lead",), priorities=("high", "urgent"), facts=rows
    )
    assert notice.concerns(priority, facts) is concerned


def test_a_notice_without_priorities_and_facts_is_for_every_ticket() -> None:
    notice = NoticeTerms(event=EventType.OPENED, tell=("lead",))
    assert notice.concerns("low")
    assert notice.concerns(None, {"place": "london"})
