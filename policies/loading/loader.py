"""YAML files as policies and contracts, or all errors in them at once.

The steps: text to tree (`documents/yaml_tree.py`), tree to models (`schema/`), the ICS files that a
policy names (`closures_file.py`), and checks between the parts of a model (`checks/`). Each problem
has its file, line, column and path.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from policies.checks.all_checks import contract_errors, policy_errors
from policies.documents.document import MAX_BYTES, Document
from policies.documents.plain_data import PlainData
from policies.documents.problems import Finding, PolicyErrors, dotted
from policies.documents.validation_errors import findings_from
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy

Model = TypeVar("Model", bound=BaseModel)


def load_policy(path: Path | str) -> SupportPolicy:
    """The policy in a file; PolicyErrors lists all problems, OSError if it cannot be read."""
    return policy_of(open_document(path))


def load_contract(path: Path | str) -> Contract:
    """The contract in a file; PolicyErrors lists all problems, OSError if it cannot be read."""
    return contract_of(open_document(path))


def read_policy(text: str | bytes, name: str = "policy") -> SupportPolicy:
    """The policy in a text; problems give `name` as the file."""
    return policy_of(Document.read(text, name))


def read_contract(text: str | bytes, name: str = "contract") -> Contract:
    """The contract in a text; problems give `name` as the file."""
    return contract_of(Document.read(text, name))


def contract_from(data: object) -> Contract:
    """The contract in plain data from a program; ValueError lists all problems."""
    try:
        contract = Contract.model_validate(data)
    except ValidationError as error:
        findings = list(findings_from(error, PlainData(data), Contract))
    else:
        findings = list(contract_errors(contract))
        if not findings:
            return contract
    raise ValueError("; ".join(f"{dotted(f.path) or 'the contract'}: {f.wrong}" for f in findings))


def open_document(path: Path | str) -> Document:
    """The document in a file, of which no more is read than a document may have."""
    with open(path, "rb") as file:
        return Document.read(file.read(MAX_BYTES + 1), str(path), Path(path).parent)


def policy_of(document: Document) -> SupportPolicy:
    """The policy in a document; PolicyErrors lists all problems."""
    return checked(document, SupportPolicy, policy_errors, _with_closures)


def _with_closures(policy: SupportPolicy, document: Document) -> SupportPolicy:
    """The policy with its ICS files. Few have one, and importing the parser takes 70 ms."""
    if all(rule.ics is None for rule in policy.calendars.values()):
        return policy
    from policies.loading.closures_file import with_closures

    return with_closures(policy, document)


def contract_of(document: Document) -> Contract:
    """The contract in a document; PolicyErrors lists all problems."""
    return checked(document, Contract, contract_errors)


def checked(
    document: Document,
    model: type[Model],
    check: Callable[[Model], Iterable[Finding]],
    complete: Callable[[Model, Document], Model] = lambda value, _: value,
) -> Model:
    """A document as a model, completed from the files that it names; PolicyErrors lists all
    problems from reading, model, files and check.
    """
    problems = list(document.problems)
    try:
        value = model.model_validate(document.data)
    except ValidationError as error:
        problems += [document.problem(f) for f in findings_from(error, document, model)]
        raise PolicyErrors(problems) from None
    try:
        value = complete(value, document)
    except PolicyErrors as errors:
        raise PolicyErrors([*problems, *errors.problems]) from None
    problems += [document.problem(finding) for finding in check(value)]
    if problems:
        raise PolicyErrors(problems)
    return value
