"""Lists of requesters and services have no deadlines, breaches and ids of staff (fault 55)."""

import pytest

from tests.api.caller import Call, Caller, fields, problem
from tests.harness import HARBOUR
from tests.polling import eventually
from workflows.shared.visibility.ticket_parts import INTERNAL_FILTERS

pytestmark = pytest.mark.fault(55)


@pytest.mark.parametrize("who", ["service", "requester", "mia"])
@pytest.mark.parametrize("name", sorted(INTERNAL_FILTERS))
async def test_a_filter_about_internal_parts_is_refused(call: Call, who: str, name: str) -> None:
    value = "2031-01-01T00:00:00Z" if name.startswith("due") else "any"
    document = problem(await call(who).get("/tickets", **{name: value}), 422, "invalid-request")
    assert fields(document)[name].startswith("is a filter for agent, engineering")
    assert (await call("agent").get("/tickets", **{name: value})).status_code == 200


async def test_an_entry_has_neither_deadline_nor_assignee(call: Call, agent: Caller) -> None:
    number = await call("service").opened()
    await agent.act(number, "assign", assignee="CORP.ada")

    async def entry(caller: Caller) -> dict[str, object]:
        return await caller.find(number, open="true") or {}

    whole = await eventually(lambda: entry(agent), lambda found: "assignee" in found)
    public = await eventually(lambda: entry(call("harbour")), bool)
    assert whole["assignee"] == "CORP.ada"
    assert "next_due" in whole
    assert set(public) == {*whole} - {"assignee", "next_due"}


async def test_lists_are_in_the_order_of_opening(call: Call, service: Caller) -> None:
    """An order by deadlines would tell which tickets have one."""
    numbers = [await service.opened(priority=priority) for priority in ("low", "high", "normal")]

    async def newest() -> list[str]:
        listed = (await call("harbour").get("/tickets", limit=3, open="true")).json()
        return [ticket["number"] for ticket in listed["tickets"]]

    assert await eventually(newest, lambda found: found == numbers[::-1])


async def test_a_list_has_every_ticket_once_page_by_page(call: Call, service: Caller) -> None:
    opened = {await service.opened() for _ in range(3)}
    harbour, found, cursor = call("harbour"), list[str](), ""
    await eventually(lambda: harbour.get("/tickets", limit=3), lambda r: opened <= numbers_in(r))
    while len(found) < 200:
        more = {"cursor": cursor} if cursor else {}
        page = (await harbour.get("/tickets", limit=2, open="true", **more)).json()
        found += [ticket["number"] for ticket in page["tickets"]]
        cursor = page.get("next_cursor", "")
        if not cursor or opened <= set(found):
            break
    assert opened <= set(found)
    assert len(found) == len(set(found))


def numbers_in(response: object) -> set[str]:
    document = response.json()  # type: ignore[attr-defined]
    return {ticket["number"] for ticket in document["tickets"]}


async def test_a_cursor_of_staff_is_not_one_of_requesters(
    call: Call, agent: Caller, service: Caller
) -> None:
    for _ in range(2):
        await service.opened()

    async def cursor() -> str:
        listed = (await agent.get("/tickets", limit=1, account=HARBOUR.account)).json()
        return str(listed.get("next_cursor", ""))

    given = await eventually(cursor, bool)
    harbour = call("harbour")
    refused = await harbour.get("/tickets", limit=1, account=HARBOUR.account, cursor=given)
    document = problem(refused, 422, "invalid-request")
    assert "other filters" in fields(document)["cursor"]


async def test_an_unknown_policy_names_no_policy_of_others(call: Call) -> None:
    document = problem(await call("salt").get("/tickets", policy="nowhere"), 422, "invalid-request")
    assert "contently" in fields(document)["policy"]
    assert "prismic" not in fields(document)["policy"]
