"""The rules of the process of a policy, as a ticket pins them."""

from typing import Any

import pytest

from policies.schema.policy import SupportPolicy
from policies.terms.process_terms import process_terms
from policies.vocabulary import Action, Outcome
from tests.policies.requests import CATALOG

CONTENTLY = CATALOG.latest("contently")


def with_part(name: str, **rule: Any) -> SupportPolicy:
    """Contently's policy with another part of the process, under the clause `limitation`."""
    written = CONTENTLY.model_dump(mode="json", exclude_defaults=True)
    written["process"] |= {name: rule | {"clause": "limitation"}}
    return SupportPolicy.model_validate(written)


def test_an_action_cites_the_clause_of_the_part_of_the_process_that_it_belongs_to() -> None:
    assert process_terms(CONTENTLY, None).clauses == {
        Action.RESPOND: "first-response-content",
        Action.ESCALATE: "escalation-update",
        Action.CONCLUDE_TRIAGE: "escalation-update",
        Action.RECORD_FINDING: "triage",
        Action.HAND_OVER: "engineering",
        Action.SHARE_FORECAST: "forecast-basis",
        Action.RECORD_REVIEW: "forecast-basis",
        Action.CLOSE: "progress",
    }


@pytest.mark.parametrize(
    ("part", "rule", "action"),
    [
        ("releases", {}, Action.SCHEDULE_RELEASE),
        ("contest", {"within": "2 days"}, Action.OVERRIDE_VERDICT),
        ("assignment", {"keep_assigned": ["high"]}, Action.ASSIGN),
        ("classification", {"by": ["agent"]}, Action.RECLASSIFY),
    ],
)
def test_an_action_cites_the_clause_of_a_part_that_not_every_policy_has(
    part: str, rule: dict[str, Any], action: Action
) -> None:
    assert process_terms(with_part(part, **rule), None).clauses[action] == "limitation"


def test_a_policy_that_names_no_outcomes_has_those_of_its_stages() -> None:
    written = CONTENTLY.model_dump(mode="json", exclude_defaults=True)
    del written["process"]["first_response"]
    assert Outcome.ESCALATION in process_terms(SupportPolicy.model_validate(written), None).outcomes
    for part in ("escalation", "triage"):
        del written["process"][part]
    outcomes = process_terms(SupportPolicy.model_validate(written), None).outcomes
    assert outcomes == (Outcome.RESOLUTION, Outcome.INFORMATION_REQUEST, Outcome.WORK_STARTED)
