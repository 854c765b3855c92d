"""docs/backtest.md describes every key of a mapping, and its samples are right."""

import re

from backtest.mapping.document import LogMapping, MappingPart
from policies.documents.document import Document
from tests.backtest.made_up_logs import EXAMPLES
from tests.docs.pages import BACKTEST, blocks


def test_every_key_of_a_mapping_is_described() -> None:
    words = set(re.findall(r"\w+", BACKTEST.read_text()))
    keys = {name for model in MappingPart.__subclasses__() for name in model.model_fields}
    assert keys - words == set()
    assert LogMapping in MappingPart.__subclasses__()


def test_the_mapping_that_is_shown_is_a_part_of_the_example() -> None:
    [shown] = blocks(BACKTEST, "yaml")
    example = EXAMPLES / "servicenow" / "mapping.yaml"
    whole = Document.read(example.read_text(), example.name).data
    for key, value in Document.read(shown.text, BACKTEST.name).data.items():
        parts = value if isinstance(value, dict) else {}
        assert value == ({name: whole[key][name] for name in parts} if parts else whole[key])
