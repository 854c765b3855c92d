"""Pages are read line by line, and a hostile one gets a clear answer in little time."""

import time

import pytest

from policies.loading.policy_catalog import PolicyCatalog
from policies.page.comparison.comparison import compare
from policies.page.comparison.page_text import MAX_BYTES, NotText, page_sentences

HTML = b"""<!doctype html>
<html><head><title>4 hours</title><style>p { margin: 4 hours }</style></head>
<body><script>5 hours</script>
<h2>Response times</h2>
<table>
<tr><th>Priority<th>Gold
<tr><td>Urgent</td><td>1&nbsp;hour<br>or less</td></tr>
</table>
<p>We answer
within <b>2</b> days. Or later.
"""
MARKDOWN = """# Support

## Response times

| Priority | Gold |
| --- | --- |
| **Urgent** | 1 hour |

We answer within `2` days.
"""


def test_html_is_read_with_lines_headings_and_columns() -> None:
    found = page_sentences(HTML)
    assert [(each.line, each.text) for each in found] == [
        (4, "Response times"),
        (6, "Priority | Gold"),
        (7, "Urgent | 1 hour or less"),
        (9, "We answer within 2 days."),
        (9, "Or later."),
    ]
    assert {each.heading for each in found} == {"Response times"}
    assert found[2].columns == ("Priority", "Gold")


def test_markdown_is_read_with_lines_headings_and_columns() -> None:
    found = page_sentences(MARKDOWN.encode())
    assert [(each.line, each.text) for each in found] == [
        (1, "Support"),
        (3, "Response times"),
        (5, "Priority | Gold"),
        (7, "Urgent | 1 hour"),
        (9, "We answer within 2 days."),
    ]
    assert found[3].columns == ("Priority", "Gold")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"%PDF-1.7 ...", "is a PDF"),
        (b"PK\x03\x04...", "is a ZIP archive or an office document"),
        (b"support\0hours", "zero bytes"),
        (b"a" * (MAX_BYTES + 1), "longer than"),
        (b"4 hours\n" * 100_000, "characters of text"),
    ],
)
def test_what_is_not_a_page_is_named(content: bytes, problem: str) -> None:
    with pytest.raises(NotText, match=problem):
        page_sentences(content)


def test_other_encodings_are_read() -> None:
    assert page_sentences("4 heures ouvrées".encode("utf-16"))[0].text == "4 heures ouvrées"
    assert page_sentences("4 heures ouvrées".encode("cp1252"))[0].text == "4 heures ouvrées"


@pytest.mark.parametrize(
    "unit",
    [
        "<!--",
        "<![CDATA[",
        "<",
        "<p a=",
        "<div>",
        "<td>4 hours",
        "&amp;",
        "twenty-",
        "de 8 h à ",
        "1,1",
    ],
)
def test_a_hostile_page_takes_less_than_a_second(unit: str) -> None:
    content = ("<html>" + unit * (50_000 // len(unit))).encode()
    policy = PolicyCatalog.shipped().latest("contentsquare")
    begun = time.process_time()
    compare(policy, page_sentences(content), 2026)
    assert time.process_time() - begun < 1
