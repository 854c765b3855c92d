"""Stories of all five policies in real time on a running cluster, with deadlines of a minute.

The contracts are those of examples/contracts with a minute in place of some promises of hours and
days. Everything passes through the proxy, the APIs and the workers of the cluster, as callers do.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import yaml

from settings import ROOT

EXAMPLES = ROOT / "examples" / "contracts"
POLL_SECONDS = 0.5
WITHIN = 300.0
"""Seconds for one wait. A machine may be busy."""
MINUTE = "1 minutes"


@dataclass(frozen=True)
class Step:
    """An action of an agent once the ticket has an event of this type, or a breached clock."""

    after: str
    action: str
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Story:
    """A ticket from its opening to its end, and what it comes to."""

    policy: str
    account: str
    requester: str
    channel: str
    request: Mapping[str, Any]
    overrides: Mapping[str, str]
    steps: tuple[Step, ...]
    clocks: Mapping[str, str] = field(default_factory=dict)
    """The states of clocks at the end, of those that must exist."""


RESOLVED = {"message": "Solved.", "outcomes": ["resolution"]}
CLOSED = {"reason": "Solved."}
STORIES = (
    # Answered late. Then it closes by itself.
    Story(
        "contently",
        "harbour-media",
        "kim@harbour-media.example",
        "widget",
        {"priority": "high"},
        {"clocks.first_response.within": MINUTE, "process.closing.after": MINUTE},
        (Step("breach", "respond", RESOLVED),),
        {"first_response": "breached"},
    ),
    # Answered in time, resolved late.
    Story(
        "contentsquare",
        "maison-lumiere",
        "elise@maison-lumiere.example",
        "email",
        {"priority": "p1", "facts": {"browser": "chrome", "browser_up_to_date": True}},
        {"clocks.resolution.within.cells.p1": MINUTE},
        (
            Step("opened", "respond", {"message": "Vu.", "outcomes": ["work_started"]}),
            Step("breach", "resolve", {"resolution": "Corrigé."}),
            Step("resolved", "close", CLOSED),
        ),
        {"first_response": "met", "resolution": "breached"},
    ),
    # Nobody acknowledges it, so that the on-call team is told.
    Story(
        "prismic",
        "alder-forge",
        "nils@alder-forge.example",
        "portal",
        {"kind": "issue_report", "priority": "category_1"},
        {"clocks.acknowledgement.within.cells.enterprise_premium/issue_report/category_1": MINUTE},
        (
            Step("breach", "assign", {"assignee": "me"}),
            Step("assigned", "acknowledge", {}),
            Step("acknowledged", "respond", RESOLVED),
            Step("resolved", "close", CLOSED),
        ),
        {"acknowledgement": "breached"},
    ),
    # A question to the requester, which stays without an answer for its reminder.
    Story(
        "cention",
        "fjordline-energy",
        "erik.holm@fjordline.example",
        "email",
        {"priority": "serious"},
        {"clocks.information_reminder.within": MINUTE},
        (
            Step(
                "opened",
                "respond",
                {
                    "message": "Which channel?",
                    "outcomes": ["information_request"],
                    "questions": ["Which channel?"],
                },
            ),
            Step("breach", "resolve", {"resolution": "It was a setting of the channel."}),
            Step("resolved", "close", CLOSED),
        ),
        {"first_response": "met"},
    ),
    # No clock at all.
    Story(
        "contensive",
        "millbrook-township",
        "ellen@millbrook.example",
        "email",
        {"kind": "how_to"},
        {},
        (Step("opened", "respond", RESOLVED), Step("resolved", "close", CLOSED)),
    ),
)


def write_contracts(folder: Path) -> Path:
    """The example contracts with the promises of the stories, for DESK_CONTRACTS."""
    folder.mkdir(exist_ok=True)
    overrides = {story.account: dict(story.overrides) for story in STORIES}
    for file in EXAMPLES.glob("*.yaml"):
        contract = yaml.safe_load(file.read_text(encoding="utf-8"))
        if of_story := overrides.get(contract["account"]):
            contract["overrides"] = of_story
        (folder / file.name).write_text(yaml.safe_dump(contract), encoding="utf-8")
    return folder


class Stories:
    """Lives all stories at once, through an API."""

    def __init__(
        self, http: httpx.AsyncClient, tokens: Mapping[str, str], say: Callable[[str], None]
    ) -> None:
        """`tokens` are those of a service and of an agent, by role."""
        self._http = http
        self._tokens = tokens
        self._say = say

    async def open(self) -> dict[str, Story]:
        """Opens a ticket for each; returns the stories by ticket number."""
        return {await self._open(story): story for story in STORIES}

    async def live(self, stories: Mapping[str, Story]) -> None:
        """Takes the steps of all; an AssertionError in the group says what came out otherwise."""
        async with asyncio.TaskGroup() as group:
            for number, story in stories.items():
                group.create_task(self._live(number, story))

    async def _open(self, story: Story) -> str:
        body = {
            "account": story.account,
            "requester": {"name": "Kim", "email": story.requester},
            "channel": story.channel,
            "subject": f"A story of {story.policy}",
            "description": "It does not work.",
            **story.request,
        }
        opened = await self._call("service", "POST", "/tickets", body)
        number: str = opened["number"]
        return number

    async def _live(self, number: str, story: Story) -> None:
        for step in story.steps:
            await self._until(number, story, step.after)
            await self._call("agent", "POST", f"/tickets/{number}/{step.action}", dict(step.body))
        await self._until(number, story, "closed")
        ticket = await self._until_delivered(number)
        states = {clock["name"]: clock["state"] for clock in ticket["clocks"]}
        came_out = {name: states.get(name) for name in story.clocks}
        assert came_out == story.clocks, f"{story.policy}: {states}"
        self._say(f"{story.policy}: {number} {ticket['stage']}, {states or 'no clocks'}")

    async def _until_delivered(self, number: str) -> Any:
        """The ticket, once all its notices are sent."""
        async with asyncio.timeout(WITHIN):
            while True:
                ticket = await self._call("agent", "GET", f"/tickets/{number}")
                if {notice["status"] for notice in ticket["notices"]} == {"sent"}:
                    return ticket
                await asyncio.sleep(POLL_SECONDS)

    async def _until(self, number: str, story: Story, what: str) -> None:
        """Returns once the timeline has an event of this type, or the rung `breach` of a clock."""
        async with asyncio.timeout(WITHIN):
            while True:
                page = await self._call("agent", "GET", f"/tickets/{number}/timeline")
                for event in page["events"]:
                    if what in (event["type"], event.get("data", {}).get("rung")):
                        late = datetime.now(UTC) - datetime.fromisoformat(event["at"])
                        if what == "breach":
                            seconds = late.total_seconds()
                            self._say(f"{story.policy}: breach seen {seconds:.1f} s after it")
                        return
                await asyncio.sleep(POLL_SECONDS)

    async def _call(
        self, role: str, method: str, path: str, body: dict[str, Any] | None = None
    ) -> Any:
        headers = {"Authorization": f"Bearer {self._tokens[role]}"}
        answer = await self._http.request(method, path, json=body, headers=headers)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        return answer.json()
