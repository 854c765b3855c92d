"""Complete responses to connections whose requests do not reach the app."""

from functools import lru_cache
from http import HTTPStatus

from api.http.error_handlers import RETRY_AFTER_SECONDS
from api.http.problem_types import ProblemType
from api.http.problems import Problem
from api.http.security_headers import SECURITY_HEADERS


@lru_cache(maxsize=16)
def refusal(type: ProblemType) -> bytes:
    """The bytes of a problem response, after which the connection closes."""
    # The path of the request is not known, or too long to repeat.
    response = Problem(type, type.meaning).response("/")
    headers = {**dict(response.headers), **SECURITY_HEADERS, "connection": "close"}
    if type.status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["retry-after"] = str(RETRY_AFTER_SECONDS)
    lines = [f"HTTP/1.1 {int(type.status)} {type.status.phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + bytes(response.body)
