"""The action table, compared with that of the reference model, which was written from the docs."""

import pytest

from policies.vocabulary import Action, Role, Stage
from tests.chaos.model.process import TRANSITIONS
from workflows.ticket.actions.table import ACTIONS

NOT_IN_THE_MODEL = {
    "add_note": (("agent", "engineering", "product"), TRANSITIONS["assign"][1]),
    "agree_due_time": (("agent",), TRANSITIONS["reclassify"][1]),
    "change_revision": (("operator",), TRANSITIONS["reclassify"][1]),
    "give_estimate": (("agent", "engineering"), TRANSITIONS["reclassify"][1]),
    "provide_workaround": (("agent", "engineering"), TRANSITIONS["post_update"][1]),
    "withdraw_workaround": (("agent", "engineering"), TRANSITIONS["post_update"][1]),
    "record_milestone": (set(Role) - {Role.SYSTEM}, set(Stage)),
}
LEADS_TO = {
    Action.RESPOND: {Stage.IN_PROGRESS, Stage.TRIAGE, Stage.RESOLVED},
    Action.ESCALATE: {Stage.TRIAGE},
    Action.CONCLUDE_TRIAGE: {Stage.IN_PROGRESS, Stage.AWAITING_HANDOFF, Stage.RESOLVED},
    Action.HAND_OVER: {Stage.ENGINEERING_REVIEW},
    Action.SHARE_FORECAST: {Stage.FORECAST_SHARED},
    Action.START_ENGINEERING: {Stage.ENGINEERING_WORK},
    Action.SCHEDULE_RELEASE: {Stage.SCHEDULED_RELEASE},
    Action.OVERRIDE_VERDICT: {Stage.RECEIVED},
    Action.RESOLVE: {Stage.RESOLVED},
    Action.REOPEN: {Stage.IN_PROGRESS},
    Action.CLOSE: {Stage.CLOSED},
    Action.WITHDRAW: {Stage.CLOSED},
    Action.MERGE: {Stage.CLOSED},
}

CONDITIONS = {
    Action.ACKNOWLEDGE: ["acknowledged"],
    Action.AGREE_DUE_TIME: ["nothing_agreeable"],
    Action.CHANGE_REVISION: ["being_merged"],
    Action.CLOSE: ["being_merged"],
    Action.CONCLUDE_TRIAGE: ["not_assigned"],
    Action.MERGE: ["being_merged"],
    Action.OVERRIDE_VERDICT: ["overridden", "nothing_open", "refusal_stands"],
    Action.RAISE_LEVEL: ["no_level"],
    Action.RECLASSIFY: ["no_priorities"],
    Action.RESOLVE: ["not_assigned"],
    Action.RESPOND: ["not_assigned"],
    Action.SETTLE_TERMS: ["nothing_to_settle"],
    Action.SHARE_FORECAST: ["not_reviewed"],
    Action.WITHDRAW: ["being_merged"],
    Action.WITHDRAW_WORKAROUND: ["no_workaround"],
}
"""The phrase of each condition; a refusal names the first that is not met."""


@pytest.mark.parametrize("action", Action)
def test_an_action_is_for_the_roles_and_stages_of_the_reference_model(action: Action) -> None:
    roles, stages = (TRANSITIONS | NOT_IN_THE_MODEL)[action]
    rule = ACTIONS[action]
    assert set(rule.by) - {Role.SYSTEM} == set(roles)
    assert set(rule.within) == set(stages)


@pytest.mark.parametrize("action", Action)
def test_an_action_leads_to_its_stages(action: Action) -> None:
    assert set(ACTIONS[action].to) == LEADS_TO.get(action, set())


def test_duties_close_and_hand_over_and_an_override_revives_closed_tickets_only() -> None:
    automatic = {action for action, rule in ACTIONS.items() if Role.SYSTEM in rule.by}
    assert automatic == {Action.CLOSE, Action.HAND_OVER}
    leaves = {action: rule.leaves for action, rule in ACTIONS.items() if rule.leaves}
    assert leaves == {Action.OVERRIDE_VERDICT: (Stage.CLOSED,)}


@pytest.mark.parametrize("action", Action)
def test_an_action_has_its_conditions_in_the_order_in_which_they_are_told(action: Action) -> None:
    stated = [condition.otherwise for condition in ACTIONS[action].conditions]
    assert stated == CONDITIONS.get(action, [])


def test_every_condition_states_what_is_missing() -> None:
    conditions = [condition for rule in ACTIONS.values() for condition in rule.conditions]
    assert all(" " in condition.says for condition in conditions)
