"""What a document refers to is there."""

import re
from pathlib import Path

import pytest

from settings import ROOT
from tests.docs.pages import CONTRIBUTING, DOCUMENTS, prose


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(path)):
        if not target.startswith(("http:", "https:")):
            name, _, anchor = target.partition("#")
            file = (path.parent / name).resolve() if name else path
            assert file.exists(), target
            assert not anchor or anchor in anchors(file), target


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_files_that_are_named_exist(path: Path) -> None:
    folders = "|".join(sorted(p.name for p in ROOT.iterdir() if p.is_dir() and p.name[0] != "."))
    for name in re.findall(rf"`((?:{folders})/[\w./-]*)`", prose(path)):
        assert (ROOT / name).exists(), name


def make_targets() -> set[str]:
    return set(re.findall(r"^(\w+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_make_targets_that_are_named_exist(path: Path) -> None:
    assert set(re.findall(r"(?:`|\$ )make (\w+)", path.read_text())) <= make_targets()


def test_every_make_target_is_documented() -> None:
    named = set(re.findall(r"`make (\w+)", CONTRIBUTING.read_text()))
    assert named >= make_targets() - {"help"}


def test_make_bench_runs_every_benchmark() -> None:
    lines = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    [run] = re.findall(r"^BENCHMARKS := (.+)$", lines, re.MULTILINE)
    programs = [*ROOT.glob("benchmarks/*.py"), *ROOT.glob("tests/chaos/run_*.py")]
    started = [p for p in programs if 'if __name__ == "__main__":' in p.read_text()]
    assert sorted(run.split()) == sorted(str(path.relative_to(ROOT)) for path in started)
