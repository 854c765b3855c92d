"""docs/temporal-ui.md and the file for the UI: its views are queries, and its columns exist."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from temporalio.testing import WorkflowEnvironment

from settings import ROOT
from tests.docs.pages import blocks, rows_of
from workflows.temporal.connection import SEARCH_ATTRIBUTES

PAGE = ROOT / "docs" / "temporal-ui.md"
FILE = (ROOT / "docs" / "ops" / "temporal-ui.js").read_text()
[OPEN] = re.findall(r'const open = "(.*)";', FILE)
BUILT_IN = {"Workflow ID", "Status", "Start"}


def views() -> dict[str, str]:
    """The views of the file, by name."""
    [section] = re.findall(r"const views = \{(.*?)\n  \};", FILE, re.DOTALL)
    found = re.findall(r"'([\w ]+)': (?:[\"`](.*)[\"`]|(open)),", section)
    return {name: text.replace("${open}", OPEN) or OPEN for name, text, _ in found}


@pytest.mark.parametrize(("name", "query"), views().items(), ids=views())
async def test_a_view_is_a_query_that_temporal_accepts(
    env: WorkflowEnvironment, name: str, query: str
) -> None:
    assert (await env.client.count_workflows(query)).count >= 0, name


def test_the_page_lists_the_views_of_the_file() -> None:
    listed = {name: query.strip("`") for name, query in rows_of(PAGE, "Views")}
    full = {n: q if q.startswith("WorkflowType") else f"{OPEN} AND {q}" for n, q in listed.items()}
    assert full == views()


def test_the_link_of_the_page_is_the_first_view() -> None:
    query = parse_qs(urlsplit(blocks(PAGE, "text")[0].text.strip()).query)
    [first, *_] = views().items()
    assert (query["savedQuery"], query["query"]) == ([first[0]], [first[1]])


def test_the_columns_are_attributes_of_tickets() -> None:
    [columns] = re.findall(r"const columns = \[(.*?)\];", FILE, re.DOTALL)
    names = set(re.findall(r"'([^']+)'", columns))
    assert names - BUILT_IN <= {key.name for key in SEARCH_ATTRIBUTES}
    assert "TicketNextDue" in names
