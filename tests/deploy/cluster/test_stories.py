"""The contracts of the stories in real time fit their policies."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from policies.coverage.verdict import Decision
from policies.loading.loader import load_contract
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.request import Requester, TicketFacts
from policies.terms.model.ticket_terms import Terms
from policies.terms.settlement import settle
from tests.deploy.cluster.stories import STORIES, Story, write_contracts

NOW = datetime(2027, 1, 6, 14, tzinfo=UTC)


def terms_of(story: Story, folder: Path) -> Terms:
    contract = load_contract(folder / f"{story.account}.yaml")
    policy = PolicyCatalog.shipped().in_force(contract.policy, NOW)
    requester = Requester(name="Kim", email=story.requester)
    facts = TicketFacts(requester=requester, channel=story.channel, **story.request)
    return settle(policy, contract, facts, NOW)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.policy)
def test_a_story_is_about_a_covered_request_and_its_clocks(tmp_path: Path, story: Story) -> None:
    terms = terms_of(story, write_contracts(tmp_path / "contracts"))
    assert terms.verdict.decision is Decision.COVERED
    assert {*story.clocks} <= {clock.name for clock in terms.clocks}
    assert len(terms.overrides) == len(story.overrides)


def test_every_shipped_policy_has_a_story() -> None:
    assert {story.policy for story in STORIES} == {*PolicyCatalog.shipped().slugs}
