"""The catalog returns the revision that applies to a request."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from policies.documents.problems import PolicyErrors
from policies.loading.effective_date import home_zone
from policies.loading.loader import read_policy
from policies.loading.policy_catalog import PolicyCatalog, UnknownPolicy
from tests.policies.sample_documents import POLICY, broken


def revised(on: str) -> str:
    return broken("revision: 2026-01-31", f"revision: {on}")


@pytest.fixture
def two_revisions() -> PolicyCatalog:
    return PolicyCatalog([read_policy(revised("2026-06-01")), read_policy(POLICY)])


@pytest.mark.clause("cention/changes")
@pytest.mark.parametrize(
    ("at", "revision"),
    [
        ("2026-01-31 05:00:00", date(2026, 1, 31)),
        ("2026-06-01 03:59:59", date(2026, 1, 31)),
        ("2026-06-01 04:00:00", date(2026, 6, 1)),
        ("2030-01-01 00:00:00", date(2026, 6, 1)),
    ],
)
def test_a_revision_takes_effect_at_midnight_in_the_home_zone(at: str, revision: date) -> None:
    contently = PolicyCatalog.shipped().latest("contently")
    begins = (date(2026, 6, 1), date(2026, 1, 31))
    catalog = PolicyCatalog(contently.model_copy(update={"revision": day}) for day in begins)
    received = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert catalog.in_force("contently", received).revision == revision


def test_a_policy_is_not_in_force_before_its_first_revision(two_revisions: PolicyCatalog) -> None:
    with pytest.raises(UnknownPolicy, match="takes effect on 2026-01-31 \\(UTC\\)"):
        two_revisions.in_force("acme", datetime(2026, 1, 30, 23, 59, tzinfo=UTC))


@pytest.mark.parametrize(
    ("policy", "zone"),
    [
        ("contently", "America/New_York"),
        ("cention", "Europe/Stockholm"),
        ("contentsquare", "Europe/London"),
        ("prismic", "UTC"),
        ("contensive", "UTC"),
    ],
)
def test_the_home_zone_is_stated_or_that_of_the_hours(policy: str, zone: str) -> None:
    assert str(home_zone(PolicyCatalog.shipped().latest(policy))) == zone


def test_the_revision_a_ticket_has_pinned_is_found_by_its_date(
    two_revisions: PolicyCatalog,
) -> None:
    assert two_revisions.revision("acme", date(2026, 1, 31)).revision == date(2026, 1, 31)
    with pytest.raises(UnknownPolicy, match="its revisions: 2026-01-31, 2026-06-01"):
        two_revisions.revision("acme", date(2026, 2, 1))
    assert two_revisions.latest("acme").revision == date(2026, 6, 1)
    assert [policy.revision.month for policy in two_revisions] == [1, 6]


def test_an_unknown_slug_is_an_error_that_suggests_a_similar_one() -> None:
    with pytest.raises(UnknownPolicy, match='did you mean "contently"'):
        PolicyCatalog.shipped().in_force("contentley", datetime(2026, 1, 1, tzinfo=UTC))


def test_two_files_cannot_have_the_same_revision(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(POLICY)
    (tmp_path / "b.yaml").write_text(POLICY)
    with pytest.raises(PolicyErrors) as refusal:
        PolicyCatalog.load(tmp_path)
    [problem] = refusal.value.problems
    assert (problem.file, problem.line, problem.column) == (str(tmp_path / "b.yaml"), 3, 11)
    assert problem.wrong == f'"acme" of 2026-01-31 is already in {tmp_path / "a.yaml"}'


def test_the_problems_of_all_files_are_reported_together(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(broken("title: Acme support", "title: 1"))
    (tmp_path / "b.yml").write_text("")
    (tmp_path / "c.yaml").write_text(POLICY)
    (tmp_path / "notes.txt").write_text("not a policy")
    with pytest.raises(PolicyErrors) as refusal:
        PolicyCatalog.load(tmp_path)
    assert [Path(problem.file).name for problem in refusal.value.problems] == ["a.yaml", "b.yml"]


def test_the_shipped_catalog_loads_and_its_files_are_named_for_their_policies() -> None:
    catalog = PolicyCatalog.shipped()
    assert "contently" in catalog.slugs
    assert catalog.in_force("contently", datetime(2026, 1, 1, tzinfo=UTC)).revision == date(
        2023, 2, 15
    )
