"""The HTML report: small, without scripts or requests, every link leads somewhere."""

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from backtest.log.unreadable import Reason
from backtest.mapping.loading import load_mapping
from backtest.report.page import MOST_BYTES, page_of
from backtest.report.wording import PHRASES
from backtest.results.backtest_report import Note
from backtest.results.clock_result import Why
from backtest.runs.run import Run
from backtest.runs.spooled_log import spooled
from policies.loading.policy_catalog import PolicyCatalog
from tests.backtest.made_up_logs import EXAMPLES, NOW, incidents, mapping_of, policy_of
from tests.backtest.runs.test_run import random_rows

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """The tags of a page, its ids and links; AssertionError if a tag is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(text)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def values(self, attribute: str) -> Iterator[str]:
        return (v for _, attrs in self.tags if (v := attrs.get(attribute)) is not None)


@cache
def incident_page(tickets: int = 25) -> str:
    with TemporaryDirectory() as directory:
        log = Path(directory) / "log.csv"
        log.write_text(incidents(*random_rows(tickets)))
        with spooled(log, mapping_of("servicenow"), NOW) as spool:
            run = Run(spool, policy_of("servicenow"))
            run.judge_all(1)
            return page_of(run)


@cache
def french_page() -> str:
    policy = PolicyCatalog.shipped().latest("contentsquare")
    folder = EXAMPLES / "csv"
    mapping = load_mapping(folder / "mapping.yaml", policy)
    with spooled(folder / "events.csv", mapping, datetime(2026, 6, 1, tzinfo=UTC)) as spool:
        run = Run(spool, policy)
        run.judge_all(1)
        return page_of(run)


def test_the_page_has_no_scripts_and_loads_nothing() -> None:
    page = Page(incident_page())
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "img", "iframe", "link", "object"}
    assert not [*page.values("src")]
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    assert not re.search(r"url\(|@import|https?://", incident_page())
    assert "default-src &#39;none&#39;" in incident_page()


def test_every_link_leads_to_a_place_on_the_page_and_every_place_is_one() -> None:
    page = Page(incident_page())
    ids = [*page.values("id")]
    targets = {href.removeprefix("#") for href in page.values("href")}
    assert len(ids) == len(set(ids))
    assert targets <= set(ids)
    assert {name for name in ids if re.fullmatch(r"t\d+", name)} <= targets


def test_every_chart_has_a_text_for_those_who_do_not_see_it() -> None:
    page = Page(incident_page())
    drawn = [attrs for tag, attrs in page.tags if tag == "svg" and "y" not in attrs]
    assert len(drawn) > 6
    assert all(attrs.get("aria-label") for attrs in drawn)


def test_the_worst_are_listed_each_with_steps_and_picture() -> None:
    page = incident_page()
    stories = re.findall(r'<div id="w\d+">(.*?)</div></details>', page, re.DOTALL)
    assert stories
    assert all("<svg" in story and "clock breached" in story for story in stories)


def test_a_page_of_many_tickets_stays_under_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = 75_000
    assert len(incident_page().encode()) > limit
    monkeypatch.setattr("backtest.report.page.MOST_BYTES", limit)
    incident_page.cache_clear()
    small = incident_page()
    incident_page.cache_clear()
    assert len(small.encode()) <= limit < MOST_BYTES
    Page(small)


def test_the_page_is_in_the_language_of_the_policy() -> None:
    page = french_page()
    assert '<html lang="fr">' in page
    assert "Ce que cet engagement aurait coûté sur 7 demandes passées" in page
    assert "75,0\N{NO-BREAK SPACE}%" in page
    assert "&#34;soon&#34; is not a time" in page
    Page(page)


def test_a_log_in_which_nothing_was_judged_has_a_page_too(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(incidents())
    with spooled(log, mapping_of("servicenow"), NOW) as spool:
        run = Run(spool, policy_of("servicenow"))
        run.judge_all(1)
        assert "No clock ran in this log." in page_of(run)


def test_texts_of_a_log_are_not_markup(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    rows = random_rows(12, seed=random.Random(2).randrange(9))
    log.write_text(incidents(*rows).replace("INC", "<b onload=x>"))
    with spooled(log, mapping_of("servicenow"), NOW) as spool:
        run = Run(spool, policy_of("servicenow"))
        run.judge_all(1)
        page = page_of(run)
    assert "<b onload" not in page
    assert "&lt;b onload=x&gt;" in page


def test_every_reason_note_and_rule_has_a_text() -> None:
    english = PHRASES.tables["en"]
    names = [
        *(f"reason_{reason.value}" for reason in Reason),
        *(f"note_{note.value}" for note in Note),
        *(f"why_{why.value}" for why in Why if why is not Why.DEADLINE),
    ]
    assert not [name for name in names if name not in english]


def test_every_language_has_the_same_texts_with_the_same_values() -> None:
    english, french = PHRASES.tables["en"], PHRASES.tables["fr"]
    assert english.keys() == french.keys()
    for name, text in english.items():
        assert sorted(re.findall(r"\{(\w+)\}", text)) == sorted(
            re.findall(r"\{(\w+)\}", french[name])
        )
