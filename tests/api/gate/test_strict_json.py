"""A body means the same to every parser, or it is refused."""

import codecs
import json

import pytest

from tests.api.caller import Caller, problem, request

JSON = {"content-type": "application/json"}
TEXT = json.dumps(request())


@pytest.mark.fault(63)
@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (TEXT[:-1].encode() + b', "channel": "phone"}', "the key 'channel' occurs twice"),
        (b'{"requester": {"name": "Mia", "name": "Kim"}}', "the key 'name' occurs twice"),
        (b'{"facts": [{"a": 1, "\\u0061": 2}]}', "the key 'a' occurs twice"),
        (TEXT.encode("utf-16"), "the body is not UTF-8, at byte 0"),
        (TEXT.encode("utf-16-le"), "at character"),
        (TEXT.encode("utf-32"), "the body is not UTF-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "at character 0"),
        (b'{"subject": "caf\xe9"}', "the body is not UTF-8, at byte 16"),
        (b'{"subject": NaN}', "NaN is not JSON"),
        (b'{"subject": -Infinity}', "-Infinity is not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"1" * 10_000, "too many digits"),
        (b'{"outcomes": [' + b"1," * 1_000 + b"1]}", "a list has more than 1,000 elements"),
        (b"{'subject': 1}", "at character 1"),
        (b"{} {}", "at character 3"),
        (b'{"message": "We inv', "Unterminated string starting at character 12"),
        (b'{"message": "a\nb"}', "Invalid control character at character 14"),
    ],
)
async def test_a_body_that_parsers_read_differently_is_malformed(
    service: Caller, body: bytes, detail: str
) -> None:
    response = await service.http.post("/tickets", content=body, headers=JSON)
    assert detail in problem(response, 400, "malformed-body")["detail"]


async def test_a_long_key_is_not_repeated_in_full(service: Caller) -> None:
    key = "x" * 1_000
    response = await service.http.post(
        "/tickets", content=f'{{"{key}": 1, "{key}": 2}}'.encode(), headers=JSON
    )
    assert len(problem(response, 400, "malformed-body")["detail"]) < 100


async def test_equal_keys_of_different_objects_are_not_duplicates(service: Caller) -> None:
    problem(await service.post("/tickets", a={"a": {"a": 1}}), 422, "invalid-request")
