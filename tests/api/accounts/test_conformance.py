"""Every response about an account matches the OpenAPI description, whatever the request."""

from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from temporalio.testing import WorkflowEnvironment

from tests.api.accounts.test_routes import app_with, full_terms
from tests.api.caller import Caller
from tests.api.test_conformance import BOUNDED, CHECKS, sent
from tests.harness import HARBOUR


@pytest.fixture(scope="module")
def app_with_terms(desk: WorkflowEnvironment) -> FastAPI:
    return app_with(desk, full_terms)


@pytest.fixture(scope="module")
def cases(app_with_terms: FastAPI) -> st.SearchStrategy[Case[Any]]:
    """Valid and invalid requests for every operation on accounts."""
    schema = schemathesis.openapi.from_dict(app_with_terms.openapi()).include(tag="Accounts")
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) == 16
    return st.one_of(
        *(
            operation.as_strategy(generation_mode=mode)
            for operation in operations
            for mode in GenerationMode
        )
    )


def on_existing_entries(case: Case[Any], data: st.DataObject) -> Case[Any]:
    """The request about an existing account, and often about an existing entry."""
    case.path_parameters["account"] = HARBOUR.account
    if "entry" in case.path_parameters and data.draw(st.booleans()):
        noun = data.draw(st.sampled_from(["outage", "session", "claim"]))
        case.path_parameters["entry"] = f"{noun}-{data.draw(st.integers(1, 3))}"
    if isinstance(case.body, dict) and "category" in case.body and data.draw(st.booleans()):
        case.body["category"] = "service_failure"
    return case


@pytest.mark.parametrize("who", ["operator", "harbour"])
@settings(BOUNDED, max_examples=40)
@given(data=st.data())
async def test_every_response_about_an_account_matches_the_description(
    app_with_terms: FastAPI, cases: st.SearchStrategy[Case[Any]], who: str, data: st.DataObject
) -> None:
    case = data.draw(cases)
    if data.draw(st.integers(0, 3)):
        case = on_existing_entries(case, data)
    case.validate_response(await sent(Caller(app_with_terms, f"{who}-token"), case), checks=CHECKS)
