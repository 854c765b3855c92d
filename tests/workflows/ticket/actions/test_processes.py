"""The process of a ticket is that of its policy: rule of change P2."""

from typing import Any

import pytest

from policies.documents.document import Document
from policies.loading.loader import policy_of
from policies.terms.model.ticket_terms import Terms
from policies.terms.process_terms import process_terms
from policies.vocabulary import Action, Role, Stage
from tests.harness import opening
from tests.policies.requests import CATALOG, MIDDAY, contract
from tests.policies.sample_documents import POLICY
from tests.workflows.ticket.test_other_policies import of_account
from tests.workflows.ticket.ticket_driver import TicketDriver, escalated
from workflows.shared.refusals import InvalidContent
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.refusals import ConditionUnmet

OF_TRIAGE = {Action.ESCALATE, Action.RECORD_FINDING, Action.CONCLUDE_TRIAGE}
OF_PROGRESS = {
    *(Action.PROVIDE_WORKAROUND, Action.WITHDRAW_WORKAROUND),
    *(Action.GIVE_ESTIMATE, Action.RECORD_MILESTONE),
}
OF_ENGINEERING = {
    *(Action.HAND_OVER, Action.RECORD_REVIEW, Action.SHARE_FORECAST, Action.START_ENGINEERING),
}


def terms_of(account: str) -> Terms:
    return opening(MIDDAY, contract=contract(account), **REQUESTS.get(account, {})).terms


REQUESTS: dict[str, dict[str, Any]] = {
    "maison-lumiere": {"priority": "p1", "facts": {"browser": "chrome"}},
    "fjordline-energy": {"priority": "serious"},
}


@pytest.mark.fault(16)
@pytest.mark.parametrize("account", ["maison-lumiere", "fjordline-energy", "alder-forge"])
def test_a_policy_without_triage_and_engineering_has_neither_their_actions_nor_stages(
    account: str,
) -> None:
    process = terms_of(account).process
    existing = {action for action, rule in ACTIONS.items() if rule.exists(process)}
    assert not existing & (OF_TRIAGE | OF_ENGINEERING)
    assert Stage.TRIAGE not in process.stages
    assert not {Stage.ENGINEERING_REVIEW, Stage.ENGINEERING_WORK} & set(process.stages)


def test_a_policy_with_every_part_has_every_action_and_stage() -> None:
    process = process_terms(policy_of(Document.read(POLICY, "")), "gold")
    assert process.stages == tuple(Stage)
    assert all(rule.exists(process) for rule in ACTIONS.values())


def test_a_policy_without_workarounds_estimates_and_milestones_has_none_of_their_actions() -> None:
    process = TicketDriver().state.terms.process
    missing = {action for action, rule in ACTIONS.items() if not rule.exists(process)}
    assert missing == OF_PROGRESS


@pytest.mark.fault(16)
def test_a_first_response_can_state_that_work_has_started() -> None:
    anomaly = of_account("maison-lumiere", **REQUESTS["maison-lumiere"])
    anomaly.act(Action.RESPOND, message="We look into it.", outcomes=["work_started"])
    assert anomaly.state.stage is Stage.IN_PROGRESS
    assert anomaly.clock("first_response").completed_at == anomaly.now


def test_an_outcome_that_leads_to_a_missing_stage_is_refused_with_the_others() -> None:
    anomaly = of_account("maison-lumiere", **REQUESTS["maison-lumiere"])
    with pytest.raises(InvalidContent, match="resolution, information_request, work_started"):
        anomaly.act(Action.RESPOND, message="We look into it.", outcomes=["escalation"])


def test_a_policy_that_names_its_outcomes_has_no_others() -> None:
    with pytest.raises(InvalidContent, match="resolution, information_request, escalation"):
        TicketDriver().act(Action.RESPOND, message="Hello.", outcomes=["work_started"])


def test_escalate_is_refused_with_the_action_that_escalates_there() -> None:
    anomaly = of_account("maison-lumiere", **REQUESTS["maison-lumiere"])
    anomaly.act(Action.RESPOND, message="We look into it.", outcomes=["work_started"])
    with pytest.raises(ConditionUnmet) as refused:
        anomaly.act(Action.ESCALATE, reason="Nothing yet.")
    assert "no action escalate" in refused.value.text("en")
    assert "to escalate, use raise_level" in refused.value.text("en")
    with pytest.raises(ConditionUnmet) as refused:
        anomaly.act(Action.HAND_OVER)
    assert "no action hand_over" in refused.value.text("en")
    assert "raise_level" not in refused.value.text("en")
    agent = allowed_actions(anomaly.state, Role.AGENT)
    assert Action.RAISE_LEVEL in agent
    assert not set(agent) & (OF_TRIAGE | OF_ENGINEERING)


def test_escalate_has_no_substitute_where_there_are_no_levels() -> None:
    feature = of_account("millbrook-township", kind="how_to")
    with pytest.raises(ConditionUnmet) as refused:
        feature.act(Action.ESCALATE, reason="Nothing yet.")
    assert "raise_level" not in refused.value.text("en")


def test_releases_exist_where_the_next_release_is_guaranteed() -> None:
    assert Stage.SCHEDULED_RELEASE in terms_of("alder-forge").process.stages
    assert Stage.SCHEDULED_RELEASE not in terms_of("maison-lumiere").process.stages


def test_without_engineering_an_unresolved_triage_goes_back_to_support() -> None:
    driver = escalated()
    stages = (Stage.RECEIVED, Stage.IN_PROGRESS, Stage.TRIAGE, Stage.RESOLVED, Stage.CLOSED)
    terms = driver.state.terms
    process = terms.process.model_copy(update={"stages": stages})
    driver.state.opening = driver.state.opening.model_copy(
        update={"terms": terms.model_copy(update={"process": process})}
    )
    driver.act(Action.CONCLUDE_TRIAGE, resolved=False, conclusion="Further.", not_run="No.")
    assert driver.state.stage is Stage.IN_PROGRESS


@pytest.mark.parametrize("policy", list(CATALOG), ids=lambda policy: policy.policy)
def test_no_shipped_policy_offers_what_it_does_not_declare(policy: Any) -> None:
    declares_triage = bool(policy.process.escalation or policy.process.triage)
    declares_engineering = bool(policy.process.handoff or policy.process.forecast)
    assert (declares_triage, declares_engineering) == (
        (policy.policy == "contently"),
        (policy.policy == "contently"),
    )
