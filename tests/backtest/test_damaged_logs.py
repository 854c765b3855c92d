"""Damaged logs: a clear report, no traceback, and nothing counted twice."""

import gzip
import json
import resource
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from backtest.log.record import Record
from backtest.log.unreadable import Unreadable
from backtest.readers.all_readers import read_log
from backtest.readers.json_objects import LONGEST
from backtest.readers.log_file import LogError
from tests.backtest.damaged_logs import FORMATS, check
from tests.backtest.made_up_logs import EXAMPLES, mapping_of

MOST_MEMORY = 64 * 1024
"""KB by which a process may grow while it reads a log of any size."""
LOGS = {
    "servicenow": "incidents.csv",
    "volvo": "incidents.xes",
    "jira": "issues.json",
    "zendesk": "audits.json",
}
MIB = 1 << 20


@pytest.mark.parametrize("kind", FORMATS)
def test_damage_is_reported_once_and_leaves_the_other_tickets_alone(
    kind: str, tmp_path: Path
) -> None:
    outcome = check(kind, 150, 3, tmp_path)
    assert outcome.damages.total() > 10
    assert not outcome.wrong


def read(example: str, path: Path) -> Iterator[Record | Unreadable]:
    return read_log(path, mapping_of(example))


@pytest.mark.parametrize("example", LOGS)
@pytest.mark.parametrize("suffix", ["gz", "zip"])
def test_a_packed_log_that_is_cut_off_says_so(example: str, suffix: str, tmp_path: Path) -> None:
    content = (EXAMPLES / example / LOGS[example]).read_bytes()
    path = tmp_path / f"log.{suffix}"
    if suffix == "gz":
        path.write_bytes(gzip.compress(content)[:-40])
        *_, last = read(example, path)
        assert isinstance(last, Unreadable)
        assert last.text.startswith("the file breaks off")
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("log", content)
        path.write_bytes(path.read_bytes()[:-40])
        with pytest.raises(LogError, match=r"is not a sound \.zip"):
            [*read(example, path)]


@pytest.mark.parametrize("example", LOGS)
@pytest.mark.parametrize(
    "filling",
    [
        pytest.param(b"\0", id="zeros"),
        pytest.param(b"[", id="brackets"),
        pytest.param(b'{"a":', id="objects"),
        pytest.param(b"<a>", id="tags"),
        pytest.param(b'"', id="quotes"),
    ],
)
def test_a_file_without_an_end_is_read_in_flat_memory(
    example: str, filling: bytes, tmp_path: Path
) -> None:
    """As a bomb would be: little on disk, a lot in it."""
    path = tmp_path / "log.gz"
    content = (EXAMPLES / example / LOGS[example]).read_bytes()
    path.write_bytes(gzip.compress(content + filling * (2 * MIB // len(filling)), 1))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = [*read(example, path)]
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < MOST_MEMORY
    assert sum(isinstance(each, Unreadable) for each in found) in {1, 2}
    assert any(isinstance(each, Record) for each in found)


def test_a_text_that_is_too_long_takes_out_its_object_alone(tmp_path: Path) -> None:
    """Also where all objects are in one line."""

    def issue(number: int, summary: str) -> str:
        text = (EXAMPLES / "jira" / LOGS["jira"]).read_text().splitlines()[1].removesuffix(",")
        named = {**json.loads(text), "key": f"BIG-{number}"}
        named["fields"] = {**named["fields"], "summary": summary}
        return json.dumps(named)

    long = 'say \\ and \\" {[' * (LONGEST // 8)
    path = tmp_path / "issues.json"
    path.write_text(
        "[" + ", ".join([issue(1, ""), issue(2, long), issue(3, ""), issue(4, "")]) + "]"
    )
    found = [*read("jira", path)]
    [broken] = [each for each in found if isinstance(each, Unreadable)]
    assert broken.text == f"line 1: a text in it has more than {LONGEST:,} characters"
    keys = {each.fields["key"] for each in found if isinstance(each, Record)}
    assert keys == {"BIG-1", "BIG-3", "BIG-4"}
