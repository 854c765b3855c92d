"""Every response matches the OpenAPI description, whatever the request.

`tests/api/fuzzing/run_fuzzing.py` sends thousands of requests, in every phase of Schemathesis.
"""

from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core import NotSet
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.caller import Caller
from tests.harness import HARBOUR

BOUNDED = settings(
    max_examples=50,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="session")
def cases(app: FastAPI) -> st.SearchStrategy[Case[Any]]:
    """Valid and invalid requests for every operation."""
    schema = schemathesis.openapi.from_dict(app.openapi())
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    return st.one_of(
        *(
            operation.as_strategy(generation_mode=mode)
            for operation in operations
            for mode in GenerationMode
        )
    )


async def on_a_real_ticket(service: Caller, case: Case[Any]) -> Case[Any]:
    """The request about an existing ticket, or for an account with a contract."""
    if "number" in case.path_parameters:
        case.path_parameters["number"] = await service.opened()
    if isinstance(case.body, dict) and "account" in case.body:
        case.body |= {"account": HARBOUR.account, "channel": "email"}
    return case


async def sent(caller: Caller, case: Case[Any]) -> httpx.Response:
    """Sends a generated request with a valid token."""
    values = {n: v for n, v in (case.headers or {}).items() if n.lower() != "authorization"}
    headers = [(name.encode(), str(value).encode()) for name, value in values.items()]
    target = case.formatted_path + (f"?{urlencode(case.query, doseq=True)}" if case.query else "")
    if case.media_type is None or isinstance(case.body, NotSet):
        return await caller.http.request(case.method, target, headers=headers)
    if isinstance(case.body, bytes):
        headers.append((b"content-type", case.media_type.encode()))
        return await caller.http.request(case.method, target, headers=headers, content=case.body)
    return await caller.http.request(case.method, target, headers=headers, json=case.body)


@pytest.mark.parametrize("who", ["agent", "service", "harbour"])
@BOUNDED
@given(data=st.data())
async def test_every_response_matches_the_description(
    app: FastAPI,
    service: Caller,
    cases: st.SearchStrategy[Case[Any]],
    who: str,
    data: st.DataObject,
) -> None:
    case = data.draw(cases)
    if data.draw(st.booleans()):
        case = await on_a_real_ticket(service, case)
    case.validate_response(await sent(Caller(app, f"{who}-token"), case), checks=CHECKS)
