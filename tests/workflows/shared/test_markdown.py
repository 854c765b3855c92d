"""Text of others is shown in the Temporal UI as it is."""

import re

import pytest

from tests.harness import new_york, opening
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.client.ticket_start import start_options
from workflows.shared.markdown import plain
from workflows.ticket.process import views

HOSTILE = r"[click](http://evil.example) ![p](http://evil.example/p.png) <b>x</b> \[y](z) `c` **d**"
ACTIVE = re.compile(r"(?<!\\)(?:\\\\)*[`*\[\]<>]")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("The editor (beta) stays blank: 50 % #1", "The editor (beta) stays blank: 50 % #1"),
        ("[click](http://a)", r"\[click\](http://a)"),
        (r"\[click](x)", r"\\\[click\](x)"),
        ("one\n# two\n\n| three |", "one # two | three |"),
    ],
)
def test_text_of_others_has_no_markup(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.fault(64)
def test_a_subject_is_no_link_image_or_html_in_the_details_and_in_the_summary() -> None:
    opened = opening(new_york("2027-01-06 14:00")).model_copy(update={"subject": HOSTILE})
    driver = TicketDriver(opened=opened)
    headline = views.details(driver.state).splitlines()[0]
    assert not ACTIVE.search(headline)
    assert not ACTIVE.search(start_options(opened)["static_summary"])
    assert start_options(opened)["memo"]["headline"].startswith("contently: [click]")
