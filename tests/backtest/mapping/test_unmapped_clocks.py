"""A clock that a mapping never starts or completes is named."""

import pytest

from backtest.mapping.unmapped_clocks import unmapped_clocks
from tests.backtest.made_up_logs import mapping_of, policy_of


@pytest.mark.parametrize("example", ["servicenow", "helpdesk", "volvo", "jira", "zendesk"])
def test_the_examples_map_every_clock(example: str) -> None:
    assert not [*unmapped_clocks(mapping_of(example), policy_of(example))]


def test_a_mapping_for_another_policy_leaves_its_milestones_out() -> None:
    assert [*unmapped_clocks(mapping_of("servicenow"), policy_of("helpdesk"))] == [
        'nothing in the mapping completes the clock "first_response": no state or event is '
        "milestone.taken_in_charge",
        'nothing in the mapping completes the clock "resolution": no state or event is '
        "milestone.solved",
    ]
