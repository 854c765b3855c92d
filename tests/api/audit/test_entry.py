"""docs/audit.md describes the fields that entries have, and its sample is an entry."""

import re

from api.audit.entry import AuditEntry
from api.audit.quota import IN_ALL, PER_ADDRESS
from tests.docs.pages import API, blocks, rows_of

AUDIT = API.with_name("audit.md")


def test_every_field_is_described() -> None:
    described = [
        name for row in rows_of(AUDIT, "Entries") for name in re.findall(r"`(\w+)`", row[0])
    ]
    assert described == [*AuditEntry.model_fields]


def test_the_samples_are_entries() -> None:
    samples = blocks(AUDIT, "json")
    assert len(samples) == 2
    for sample in samples:
        entry = AuditEntry.model_validate_json(sample.text)
        assert AuditEntry.model_validate_json(entry.to_line()) == entry


def test_the_limits_of_floods_are_those_of_the_code() -> None:
    text = " ".join(AUDIT.read_text(encoding="utf-8").split())
    assert f"{PER_ADDRESS} entries a minute for each address, and {IN_ALL:,} in all" in text
