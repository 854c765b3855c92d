"""The picture of `desk explain`: well-formed, in colours of its own, with holiday and due time."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from backtest.report.explained_strip import explained_svg
from policies.loading.policy_catalog import PolicyCatalog
from policies.reports.explain import explain


def test_the_picture_has_the_holiday_the_rungs_and_the_due_time() -> None:
    policy = PolicyCatalog.shipped().latest("contently")
    at = datetime(2026, 11, 24, 19, tzinfo=UTC)
    drawn = explained_svg(explain(policy, "first_response", at), policy)
    root = ElementTree.fromstring(drawn)
    assert root.attrib["aria-label"].endswith("Started 2026-11-24 14:00, due 2026-11-27 14:00.")
    assert "Thanksgiving Day" in drawn
    assert drawn.count("s-rung") == 4
    assert "due" in [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]


def test_a_promise_without_a_time_has_no_picture() -> None:
    policy = PolicyCatalog.shipped().latest("contently")
    at = datetime(2026, 11, 24, 19, tzinfo=UTC)
    explained = explain(policy, "first_response", at).model_copy(update={"due_at": None})
    with pytest.raises(ValueError, match="nothing to draw"):
        explained_svg(explained, policy)
