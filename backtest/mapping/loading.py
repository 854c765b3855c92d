"""YAML files as mappings, or all errors in them at once, each at its place in the file."""

from collections.abc import Iterator
from pathlib import Path

from backtest.mapping.checks import errors_for_policy, mapping_errors
from backtest.mapping.document import LogMapping
from policies.documents.problems import Finding
from policies.loading.loader import checked, open_document
from policies.schema.policy import SupportPolicy


def load_mapping(path: Path | str, policy: SupportPolicy | None = None) -> LogMapping:
    """The mapping in a file, for this policy if one is given. PolicyErrors lists all problems,
    OSError if it cannot be read.
    """

    def errors(mapping: LogMapping) -> Iterator[Finding]:
        yield from mapping_errors(mapping)
        if policy is not None:
            yield from errors_for_policy(mapping, policy)

    return checked(open_document(path), LogMapping, errors)
