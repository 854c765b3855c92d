import gzip
import zipfile
from pathlib import Path

import pytest

from backtest.log.record import Record
from backtest.log.unreadable import Reason, Unreadable
from backtest.mapping.document import CsvRule, LogFormat, LogMapping
from backtest.readers.all_readers import read_log
from backtest.readers.csv_reader import LONGEST_LINE
from backtest.readers.log_file import LogError

MAPPING = LogMapping(
    mapping="small", format=LogFormat.CSV, ticket="id", at="at", state=("state",), states={}
)
LOG = "at,more,id,state\n2016-01-01T00:00Z,x,T1,New\n2016-01-02T00:00Z,y,T1,Done\n"


def read(path: Path, mapping: LogMapping = MAPPING) -> list[Record | Unreadable]:
    return [*read_log(path, mapping)]


def written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "log.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows(path: Path, mapping: LogMapping = MAPPING) -> list[tuple[str | None, ...]]:
    return [tuple(r.fields.values()) for r in read(path, mapping) if isinstance(r, Record)]


def test_a_row_has_the_columns_of_the_mapping_and_its_line(tmp_path: Path) -> None:
    first, second = read(written(tmp_path, LOG))
    assert isinstance(first, Record)
    assert first._replace(fingerprint=None) == Record(
        2, {"id": "T1", "at": "2016-01-01T00:00Z", "state": "New"}
    )
    assert isinstance(second, Record)
    assert second.place == 3


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("\ufeff" + LOG, id="a byte order mark"),
        pytest.param(LOG.replace("\n", "\r\n"), id="lines of Windows"),
        pytest.param(LOG + "\n\n", id="empty lines"),
        pytest.param(LOG.replace(",x,", ',"a, b\nand c",'), id="a line break in quotes"),
    ],
)
def test_how_a_csv_is_written_does_not_matter(tmp_path: Path, content: str) -> None:
    expected = [("T1", "2016-01-01T00:00Z", "New"), ("T1", "2016-01-02T00:00Z", "Done")]
    assert rows(written(tmp_path, content)) == expected


def test_a_gzip_and_a_zip_are_read_as_they_are(tmp_path: Path) -> None:
    plain = read(written(tmp_path, LOG))
    packed = tmp_path / "log.csv.gz"
    packed.write_bytes(gzip.compress(LOG.encode()))
    archive = tmp_path / "log.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("incidents.csv", LOG)
    assert read(packed) == read(archive) == plain


def test_a_zip_with_several_files_needs_the_name_of_one(tmp_path: Path) -> None:
    archive = tmp_path / "log.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("readme.txt", "...")
        file.writestr("log.csv", LOG)
    with pytest.raises(LogError, match=r"has 2 files: readme.txt, log.csv; name one as `csv"):
        read(archive)
    named = MAPPING.model_copy(update={"csv": CsvRule(member="log.csv")})
    assert len(read(archive, named)) == 2
    with pytest.raises(LogError, match='has no file "other'):
        read(archive, MAPPING.model_copy(update={"csv": CsvRule(member="other.csv")}))


def test_another_delimiter_and_encoding(tmp_path: Path) -> None:
    content = LOG.replace(",", ";").replace("New", "Créé").encode("latin-1")
    dialect = CsvRule(delimiter=";", encoding="latin-1")
    mapping = MAPPING.model_copy(update={"csv": dialect})
    assert rows(written(tmp_path, content), mapping)[0][2] == "Créé"


def test_bytes_of_another_encoding_stay_visible(tmp_path: Path) -> None:
    content = LOG.replace("New", "Créé").encode("latin-1")
    assert rows(written(tmp_path, content))[0][2] == r"Cr\xe9\xe9"


def test_a_row_with_other_columns_is_reported_with_its_line(tmp_path: Path) -> None:
    content = LOG + "2016-01-03T00:00Z,T1\n2016-01-04T00:00Z,z,T2,New\n"
    *_, broken, last = read(written(tmp_path, content))
    assert broken == Unreadable(Reason.BROKEN, 4, "2 columns in place of 4", is_certain=False)
    assert isinstance(last, Record)


def test_a_line_that_is_too_long_is_skipped(tmp_path: Path) -> None:
    content = LOG + "x" * (2 * LONGEST_LINE + 10) + "\n2016-01-04T00:00Z,z,T2,New\n"
    found = read(written(tmp_path, content))
    assert [r.fields["id"] for r in found if isinstance(r, Record)] == ["T1", "T1", "T2"]
    [broken] = [each for each in found if isinstance(each, Unreadable)]
    assert (broken.reason, broken.place) == (Reason.BROKEN, 4)


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ("", "the log is empty"),
        ("at,number,state\n", 'the log has no column "id"; it has at, number, state'),
        ("at,ID,state\n", 'the log has no column "id"; is it "ID"?'),
        (
            "at;id;state\n",
            'the log has no column "id", "at", "state"; if its columns are separated by ";", add '
            '`csv: {delimiter: ";"}`',
        ),
        ("at,id,id,state\n", 'the log has the column "id" twice'),
    ],
)
def test_a_log_without_its_columns_is_refused(tmp_path: Path, content: str, wrong: str) -> None:
    with pytest.raises(LogError) as caught:
        read(written(tmp_path, content))
    assert str(caught.value) == wrong


def test_a_file_that_breaks_off_keeps_what_was_read(tmp_path: Path) -> None:
    lines = "".join(f"2016-01-01T00:00Z,x{n * n},T{n},New\n" for n in range(20_000))
    packed = tmp_path / "log.csv.gz"
    packed.write_bytes(gzip.compress(LOG.encode() + lines.encode())[:-2_000])
    found = read(packed)
    assert isinstance(found[-1], Unreadable)
    assert found[-1].text.startswith("the file breaks off")
    assert len(found) > 1_000


def test_a_quote_that_is_not_closed_damages_its_own_line_only(tmp_path: Path) -> None:
    content = LOG + '2016-01-03T00:00Z,"x,T2,New\n' + "2016-01-04T00:00Z,y,T3,New\n" * 2
    *_, broken, first, second = read(written(tmp_path, content))
    assert isinstance(broken, Unreadable)
    assert (broken.place, broken.text) == (4, "a quote that is not closed")
    assert [each.fields["id"] for each in (first, second) if isinstance(each, Record)] == ["T3"] * 2
    assert [first.place, second.place] == [5, 6]


def test_empty_lines_before_the_header_do_not_matter(tmp_path: Path) -> None:
    assert len(rows(written(tmp_path, "\n\n" + LOG))) == 2
