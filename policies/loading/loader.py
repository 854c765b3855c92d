"""Loading: YAML files -> policies and contracts, or all that is wrong with them at once.

Reading goes in three steps: text to tree (`yaml_tree`), tree to models (`schema`, `contract`),
and what must agree between the parts (`consistency`, once the shapes hold). Each problem has the
file, line, column and path at which it can be mended.
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
    """The policy in a file; PolicyErrors with every problem, OSError when it cannot be read."""
    return policy_of(open_document(path))


def load_contract(path: Path | str) -> Contract:
    """The contract in a file; PolicyErrors with every problem, OSError when it cannot be read."""
    return contract_of(open_document(path))


def read_policy(text: str | bytes, name: str = "policy") -> SupportPolicy:
    """The policy a text holds; `name` stands for the file in problems."""
    return policy_of(Document.read(text, name))


def read_contract(text: str | bytes, name: str = "contract") -> Contract:
    """The contract a text holds; `name` stands for the file in problems."""
    return contract_of(Document.read(text, name))


def contract_from(data: object) -> Contract:
    """The contract that plain data hold, as a program gives it; ValueError with every problem."""
    try:
        contract = Contract.model_validate(data)
    except ValidationError as error:
        found = list(findings_from(error, PlainData(data), Contract))
    else:
        found = list(contract_errors(contract))
        if not found:
            return contract
    raise ValueError("; ".join(f"{dotted(f.path) or 'the whole'}: {f.wrong}" for f in found))


def open_document(path: Path | str) -> Document:
    """The document in a file. No more of the file is read than a document may have."""
    with open(path, "rb") as file:
        return Document.read(file.read(MAX_BYTES + 1), str(path))


def policy_of(document: Document) -> SupportPolicy:
    """The policy a document holds."""
    return checked(document, SupportPolicy, policy_errors)


def contract_of(document: Document) -> Contract:
    """The contract a document holds."""
    return checked(document, Contract, contract_errors)


def checked(
    document: Document, model: type[Model], check: Callable[[Model], Iterable[Finding]]
) -> Model:
    """The document as a model; PolicyErrors with all that the model or the check objects to."""
    problems = list(document.problems)
    try:
        value = model.model_validate(document.data)
    except ValidationError as error:
        problems += [document.problem(f) for f in findings_from(error, document, model)]
        raise PolicyErrors(problems) from None
    problems += [document.problem(finding) for finding in check(value)]
    if problems:
        raise PolicyErrors(problems)
    return value
