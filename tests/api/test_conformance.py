"""Whatever is sent, the answer is one that the description knows, in the shape it has there."""

from urllib.parse import urlencode

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS

from tests.api.caller import Caller

BOUNDED = settings(
    max_examples=150,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKED = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)


async def sent(caller: Caller, case: Case) -> httpx.Response:
    """The answer to a generated request, sent by somebody the desk knows."""
    kept = {n: v for n, v in (case.headers or {}).items() if n.lower() != "authorization"}
    headers = [(name.encode(), value.encode("utf-8")) for name, value in kept.items()]
    target = case.formatted_path + (f"?{urlencode(case.query, doseq=True)}" if case.query else "")
    if case.media_type is None:
        return await caller.http.request(case.method, target, headers=headers)
    if isinstance(case.body, bytes):
        headers.append((b"content-type", case.media_type.encode()))
        return await caller.http.request(case.method, target, headers=headers, content=case.body)
    return await caller.http.request(case.method, target, headers=headers, json=case.body)


@pytest.mark.parametrize("who", ["agent", "harbour"])
async def test_every_answer_is_as_described(app: FastAPI, who: str) -> None:
    schema = schemathesis.openapi.from_dict(app.openapi())
    operations = [result.ok() for result in schema.get_all_operations()]
    cases = st.one_of(
        *(
            operation.as_strategy(generation_mode=mode)
            for operation in operations
            for mode in GenerationMode
        )
    )
    caller = Caller(app, f"{who}-token")

    @BOUNDED
    @given(case=cases)
    async def check(case: Case) -> None:
        case.validate_response(await sent(caller, case), checks=CHECKED)

    await check()
