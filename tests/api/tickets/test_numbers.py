"""A ticket number is found however it is written."""

from collections.abc import Callable

import pytest

from tests.api.caller import Caller, fields, problem

SPELLINGS: list[Callable[[str], str]] = [
    str.lower,
    str.title,
    lambda number: number.replace("-", ""),
    lambda number: number.replace("-", "", 1).lower(),
]


@pytest.mark.fault(86)
@pytest.mark.parametrize("spelled", SPELLINGS)
async def test_a_number_is_found_in_any_case_with_or_without_hyphens(
    agent: Caller, service: Caller, spelled: Callable[[str], str]
) -> None:
    number = await service.opened()
    for path in ("", "/timeline", "/revisions"):
        found = await agent.get(f"/tickets/{spelled(number)}{path}")
        assert found.json()["number"] == number
    taken = await agent.act(spelled(number), "acknowledge", key="ack-1")
    again = await agent.act(number, "acknowledge", key="ack-1")
    assert taken.json() == again.json()
    assert taken.json()["number"] == number


@pytest.mark.fault(86)
async def test_a_merge_names_its_target_in_any_spelling(agent: Caller, service: Caller) -> None:
    number, into = await service.opened(), await service.opened()
    written = into.lower().replace("-", "")
    merged = await agent.act(number, "merge", key="merge-1", into=written)
    assert merged.status_code == 200, merged.text
    shown = (await agent.get(f"/tickets/{number}")).json()
    assert shown["merged_into"] == into
    again = await agent.act(number, "merge", key="merge-1", into=into)
    assert again.status_code == 200, again.text


@pytest.mark.parametrize(
    "number", ["7k2m0qxw9ht", "7k2m--0qxw9hte", "7k2m 0qxw 9hte", "ſſſſſſſſſſſſ"]
)
async def test_other_texts_are_no_numbers(agent: Caller, service: Caller, number: str) -> None:
    problem(await agent.get(f"/tickets/{number}"), 404, "ticket-unknown")
    refused = await agent.act(await service.opened(), "merge", into=number)
    assert "into" in fields(problem(refused, 422, "invalid-request"))
