"""The policy reference is complete: it explains and shows every key that a document may have."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from policies.documents.json_schema import DocumentKind, document_schema
from tests.docs.pages import CONTRACTS, POLICIES, blocks, prose

PAGES = {DocumentKind.POLICY: POLICIES, DocumentKind.CONTRACT: CONTRACTS}


def keys_of(schema: Any) -> Iterator[str]:
    """The keys of all parts of a document."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for below in schema.values():
            yield from keys_of(below)
    elif isinstance(schema, list):
        for below in schema:
            yield from keys_of(below)


KEYS = [(kind, key) for kind in DocumentKind for key in sorted(set(keys_of(document_schema(kind))))]


@pytest.mark.parametrize(("kind", "key"), KEYS)
def test_every_key_is_explained(kind: DocumentKind, key: str) -> None:
    code = re.findall(r"`([^`\n]+)`", prose(PAGES[kind]))
    assert any(re.search(rf"\b{key}\b", text) for text in code)


@pytest.mark.parametrize(("kind", "key"), KEYS)
def test_every_key_has_an_example(kind: DocumentKind, key: str) -> None:
    examples = "\n".join(block.text for block in blocks(PAGES[kind], "yaml", ""))
    assert re.search(rf"\b{key}\s*:", examples)
