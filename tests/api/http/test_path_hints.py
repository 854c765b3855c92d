"""A path that does not exist is answered with the one that was probably meant."""

import pytest

from api.http.path_hints import likely_path
from tests.api.caller import Caller, problem

NUMBER = "7K2M-0QXW-9HTE"


@pytest.mark.fault(87)
@pytest.mark.parametrize(
    ("path", "likely"),
    [
        (f"/tickets/{NUMBER}/post_update", f"/tickets/{NUMBER}/post-update"),
        (f"/tickets/{NUMBER}/Post-Update", f"/tickets/{NUMBER}/post-update"),
        (f"/tickets/{NUMBER}/respnod", f"/tickets/{NUMBER}/respond"),
        (f"/ticket/{NUMBER}", f"/tickets/{NUMBER}"),
        ("/tickets/", "/tickets"),
        ("/accounts/harbour/service_levels", "/accounts/harbour/service-levels"),
        ("/policy/contently", "/policies/contently"),
        ("/problem/wrong-stage", "/problems/wrong-stage"),
    ],
)
async def test_a_path_that_was_probably_meant_is_named(
    agent: Caller, path: str, likely: str
) -> None:
    for method in ("GET", "POST"):
        response = await agent.http.request(method, path)
        assert problem(response, 404, "not-found")["detail"].endswith(f"did you mean {likely}?")


def test_a_long_path_is_not_compared() -> None:
    assert likely_path("/ticket" + "s" * 100_000, ["/tickets"]) is None


@pytest.mark.parametrize("path", ["/nothing", "/", "", "/tickets", "/a/b/c", "//", "/%00/x"])
def test_a_path_like_no_other_gets_no_hint(path: str) -> None:
    assert likely_path(path, ["/tickets", "/tickets/{number}", "/me"]) is None
