"""The pages for people show everything, and load nothing."""

import base64
import re
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.http.problem_types import PROBLEM_TYPES
from api.pages.markup import blocks, inline
from api.pages.negotiation import prefers_page
from tests.api.caller import Caller

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


class Page(HTMLParser):
    """The tags of a page, its anchors and its links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def values(self, name: str) -> set[str]:
        return {str(attributes[name]) for _, attributes in self.tags if name in attributes}


async def opened(app: FastAPI, path: str, accept: str = BROWSER) -> httpx.Response:
    return await Caller(app, None).http.get(path, headers={"Accept": accept})


@pytest.mark.parametrize("path", ["/docs", "/problems", "/problems/wrong-stage"])
async def test_a_page_has_no_scripts_and_loads_nothing(app: FastAPI, path: str) -> None:
    response = await opened(app, path)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    page = Page(response.text)
    assert {tag for tag, _ in page.tags}.isdisjoint(
        {"script", "iframe", "object", "embed", "form", "img", "base"}
    )
    assert page.values("src") == set()
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    for link in page.values("href"):
        assert link.startswith(("#", "/")) or link == "data:,"
        assert not link.startswith("//")
    assert "url(" not in response.text
    assert "@import" not in response.text


async def test_every_id_of_the_reference_is_there_once_and_has_no_space(app: FastAPI) -> None:
    page = Page((await opened(app, "/docs")).text)
    ids = [str(attributes["id"]) for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert not [id for id in ids if " " in id]
    links = {link[1:] for link in page.values("href") if link.startswith("#")}
    assert links <= set(ids)


async def test_the_content_security_policy_allows_only_the_style_of_the_page(app: FastAPI) -> None:
    response = await opened(app, "/docs")
    [style] = re.findall(r"<style>(.*?)</style>", response.text, re.DOTALL)
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert f"style-src 'sha256-{digest}';" in policy
    assert "unsafe" not in policy
    assert not any("style" in attributes for _, attributes in Page(response.text).tags)


async def test_every_operation_and_schema_is_on_the_page_with_its_example(app: FastAPI) -> None:
    text = (await opened(app, "/docs")).text
    page = Page(text)
    ids, document = page.values("id"), app.openapi()
    operations = [o for path in document["paths"].values() for o in path.values()]
    assert {operation["operationId"] for operation in operations} <= ids
    assert {f"schema-{name}" for name in document["components"]["schemas"]} <= ids
    assert text.count("<pre") == len(operations)


async def test_the_example_of_a_path_has_the_id_of_such_an_entry(app: FastAPI) -> None:
    page = (await opened(app, "/docs")).text
    for path in ("outages/outage-1/end", "enablement/session-1/cancel", "claims/claim-1/refuse"):
        assert f"$DESK/accounts/harbour-media/{path}" in page


async def test_every_link_of_the_page_leads_somewhere(app: FastAPI) -> None:
    page = Page((await opened(app, "/docs")).text)
    ids = page.values("id")
    for link in page.values("href"):
        if link.startswith("#"):
            assert link[1:] in ids
        elif link.startswith("/"):
            assert (await opened(app, link)).status_code == 200


@pytest.mark.parametrize("slug", PROBLEM_TYPES)
async def test_the_type_of_every_problem_is_a_page_in_a_browser(app: FastAPI, slug: str) -> None:
    response = await opened(app, PROBLEM_TYPES[slug].uri)
    assert response.headers["content-type"].startswith("text/html")
    assert response.headers["vary"] == "Accept"
    assert PROBLEM_TYPES[slug].title in response.text


@pytest.mark.parametrize(
    ("accept", "is_page"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("text/html;q=0.5, application/json;q=0.4", True),
        ("", False),
        ("*/*", False),
        ("application/json", False),
        ("application/json, text/html", False),
        ("text/html;q=0, */*", False),
        ("text/html;q=x, application/json", False),
    ],
)
async def test_programs_get_json_and_browsers_pages(
    app: FastAPI, accept: str, is_page: bool
) -> None:
    assert prefers_page(accept) is is_page
    response = await opened(app, "/problems/wrong-stage", accept)
    assert response.headers["content-type"].startswith("text/html") is is_page


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a `b` **c** *d*", "a <code>b</code> <strong>c</strong> <em>d</em>"),
        ("`*/*` <x> & y", "<code>*/*</code> &lt;x&gt; &amp; y"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("`<b>`", "<code>&lt;b&gt;</code>"),
    ],
)
def test_texts_become_html_that_shows_them(text: str, html: str) -> None:
    assert str(inline(text)) == html


def test_paragraphs_and_lists_are_blocks() -> None:
    found: Any = blocks("One\ntwo.\n\n1. a\n2. b")
    assert found == "<p>One two.</p>\n<ol><li>a</li><li>b</li></ol>"
