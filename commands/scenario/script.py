"""A script: a valid scenario with its policy, contract and file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from commands.scenario.checks import inconsistencies, other_tickets_are_of_the_policy, past
from commands.scenario.scenario import Scenario
from policies.checks.all_checks import contract_errors
from policies.checks.contracts import contract_mismatches
from policies.documents.document import Document
from policies.documents.problems import Finding, PolicyErrors
from policies.loading.loader import checked, load_contract, load_policy, open_document
from policies.loading.policy_catalog import PolicyCatalog, UnknownPolicy
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.terms.overrides import effective_policy, override_errors

FILES = (".yaml", ".yml")


@dataclass(frozen=True)
class Script:
    """A valid scenario with its policy and contract."""

    document: Document
    scenario: Scenario
    policy: SupportPolicy
    contract: Contract

    @property
    def file(self) -> str:
        """The path of the scenario file."""
        return self.document.file

    @property
    def policy_file(self) -> Path | None:
        """The path of the policy, if the scenario names a file."""
        name = self.scenario.policy
        return sibling_path(self.document, name) if name.endswith(FILES) else None


def read_script(path: Path, catalog: PolicyCatalog, now: datetime) -> Script:
    """Reads a scenario file. Raises PolicyErrors with all errors, or OSError."""
    document = open_document(path)
    scenario = checked(document, Scenario, inconsistencies)
    _raise_for(document, past(scenario, now))
    policy = _policy(document, scenario, catalog)
    contract = _contract(document, scenario)
    _raise_for(document, _contract_findings(scenario, contract, policy))
    _raise_for(document, other_tickets_are_of_the_policy(scenario, policy))
    return Script(document, scenario, policy, contract)


def _policy(document: Document, scenario: Scenario, catalog: PolicyCatalog) -> SupportPolicy:
    name = scenario.policy
    try:
        if name.endswith(FILES):
            return load_policy(sibling_path(document, name))
        return catalog.in_force(name, scenario.begins[1])
    except (OSError, UnknownPolicy) as error:
        raise _reference_error(document, "policy", error) from None


def _contract(document: Document, scenario: Scenario) -> Contract:
    if isinstance(scenario.contract, Contract):
        return scenario.contract
    try:
        return load_contract(sibling_path(document, scenario.contract))
    except OSError as error:
        raise _reference_error(document, "contract", error) from None


def sibling_path(document: Document, name: str) -> Path:
    """A path in a document is relative to the document."""
    return Path(document.file).parent / name


def _contract_findings(
    scenario: Scenario, contract: Contract, policy: SupportPolicy
) -> Iterator[Finding]:
    is_inline = isinstance(scenario.contract, Contract)
    known = effective_policy(contract, policy)
    findings = [*contract_errors(contract)] if is_inline else []
    findings += contract_mismatches(contract, {policy.policy: known})
    for finding in findings or override_errors(contract, policy):
        path = ("contract", *finding.path) if is_inline else ("contract",)
        yield Finding(path, finding.wrong, finding.right, about_key=finding.about_key)


def _reference_error(document: Document, key: str, error: Exception) -> PolicyErrors:
    if isinstance(error, OSError):
        wrong, right = f"cannot read {error.filename}: {error.strerror}", ""
    else:
        wrong, _, right = str(error).partition("; ")
    return PolicyErrors([document.problem(Finding((key,), wrong, right))])


def _raise_for(document: Document, findings: Iterator[Finding]) -> None:
    problems = [document.problem(finding) for finding in findings]
    if problems:
        raise PolicyErrors(problems)
