"""A record: one entry of a log as a reader found it, before a mapping gives it a meaning."""

from collections.abc import Mapping
from typing import NamedTuple


class Record(NamedTuple):
    """One entry of a log: the fields by name, as texts. `place` is where it is in the file: the
    line of a CSV, else the number of the entry, both from 1. `fingerprint` is the same for an entry
    that was delivered twice, and for no other of the process; None if a reader does not know it.
    """

    place: int
    fields: Mapping[str, str | None]
    fingerprint: int | None = None
