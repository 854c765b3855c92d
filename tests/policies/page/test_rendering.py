"""A page is accessible, is one file that loads nothing, and says the same in HTML and Markdown."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from policies.loading.loader import read_policy
from policies.page.model import Definitions, Grid, Items, Paragraph, Text
from policies.page.rendering import page_html, page_markdown
from policies.page.sections.support_page import support_page
from tests.policies.page.sample_pages import PAGES, html_of, markdown_of, page_of
from tests.policies.sample_documents import POLICY

LARGEST = 400_000
AA = 4.5
each_page = pytest.mark.parametrize(("policy", "language"), PAGES)


class Elements(HTMLParser):
    """The elements of a page: names and attributes, and the text of headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag in names]


@each_page
def test_a_page_has_landmarks_a_language_and_headings_in_order(policy: str, language: str) -> None:
    page = Elements(html_of(policy, language))
    assert page.named("html")[0]["lang"] == language
    assert [len(page.named(tag)) for tag in ("header", "nav", "main", "footer", "h1")] == [1] * 5
    levels = [int(tag[1]) for tag, _ in page.found if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))


@each_page
def test_every_table_has_a_caption_and_headers_with_scope(policy: str, language: str) -> None:
    page = Elements(html_of(policy, language))
    assert len(page.named("caption")) == len(page.named("table"))
    assert {each["scope"] for each in page.named("th")} <= {"row", "col"}


@each_page
def test_links_lead_to_sections_and_ids_are_unique(policy: str, language: str) -> None:
    page = Elements(html_of(policy, language))
    ids = [attributes["id"] for _, attributes in page.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {each["href"] for each in page.named("a")} <= {f"#{each}" for each in ids}


@each_page
def test_a_page_is_one_small_file_that_loads_nothing(policy: str, language: str) -> None:
    html = html_of(policy, language)
    page = Elements(html)
    assert len(html.encode()) < LARGEST
    assert page.named("script", "link", "img", "iframe", "object", "form") == []
    assert [a for _, a in page.found if any(k == "src" or k.startswith("on") for k in a)] == []
    assert "url(" not in html
    assert "@import" not in html


@each_page
def test_html_and_markdown_have_the_same_texts(policy: str, language: str) -> None:
    page = page_of(policy, language)
    html = re.sub(r"<[^>]*>", "", html_of(policy, language)).replace("&#39;", "'")
    html = html.replace("&#34;", '"').replace("&amp;", "&")
    markdown = re.sub(r"\\(?=[^\w\s])", "", markdown_of(policy, language))
    texts = [
        text for section in page.sections for part in section.parts for text in of(part.blocks)
    ]
    assert [text for text in texts if text not in html] == []
    assert [text for text in texts if text not in markdown] == []


def of(blocks: tuple[object, ...]) -> list[str]:
    """The texts of blocks."""
    found: list[Text] = []
    for block in blocks:
        match block:
            case Paragraph():
                found.append(block.text)
            case Items():
                found += block.items
            case Definitions():
                found += [text for entry in block.entries for text in (entry.term, *entry.says)]
            case Grid():
                found += [cell.text for row in block.rows for cell in row.cells]
                found += [row.header for row in block.rows]
    return [text.words for text in found]


def test_texts_of_a_policy_cannot_become_markup() -> None:
    hostile = "<script>alert(1)</script> *a* [b](http://c.example) | `d`"
    policy = read_policy(POLICY)
    clauses = {
        name: clause.model_copy(update={"says": hostile}) for name, clause in policy.clauses.items()
    }
    page = support_page(
        policy.model_copy(update={"clauses": clauses, "title": hostile}), "en", 2027
    )
    assert "<script" not in page_html(page)
    markdown = page_markdown(page)
    assert "<script" not in markdown.replace("\\<", "")
    assert r"\*a\* \[b\](http://c.example) \| \`d\`" in markdown


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2)."""
    first, second = sorted((luminance(one), luminance(other)), reverse=True)
    return (first + 0.05) / (second + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ("ink", "back"),
        ("soft", "back"),
        ("link", "back"),
        ("time", "back"),
        ("on-band", "band"),
        ("soft-on-band", "band"),
    ],
)
def test_text_has_enough_contrast_in_both_schemes(ink: str, paper: str, scheme: int) -> None:
    html = html_of("cention", "en")
    colours = [dict(re.findall(r"--([\w-]+): (#\w{6})", part)) for part in html.split("@media")[:2]]
    assert contrast(colours[scheme][ink], colours[scheme][paper]) >= AA
