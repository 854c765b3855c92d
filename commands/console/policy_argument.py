"""The `policy` argument of commands: a name in the catalog, or a YAML file."""

from datetime import datetime
from pathlib import Path

import typer

from bootstrap.exit_codes import ExitCode, Failure
from policies.documents.problems import PolicyErrors
from policies.loading.loader import load_policy
from policies.loading.policy_catalog import SHIPPED, PolicyCatalog, UnknownPolicy
from policies.schema.policy import SupportPolicy

FILES = (".yaml", ".yml")


def policy_named(name: str, at: datetime | None) -> SupportPolicy:
    """The policy in a file, or a revision from the catalog: in force at `at`, else the newest."""
    path = Path(name)
    if path.suffix in FILES:
        return _from_file(path)
    catalog = PolicyCatalog.shipped()
    try:
        return catalog.in_force(name, at) if at else catalog.latest(name)
    except UnknownPolicy as error:
        raise _usage(f"{error}; or give the path of a YAML file") from None


def named_or_file(name: str) -> Path:
    """The file of a policy: of the catalog by its name, else the path itself."""
    is_shipped = name in PolicyCatalog.shipped().slugs
    return SHIPPED / f"{name}.yaml" if is_shipped else Path(name)


def _from_file(path: Path) -> SupportPolicy:
    try:
        return load_policy(path)
    except OSError as error:
        raise _usage(f"cannot read {path}: {error.strerror or error}") from None
    except PolicyErrors as errors:
        raise Failure(ExitCode.FAILED, str(errors)) from None


def _usage(message: str) -> typer.BadParameter:
    return typer.BadParameter(message, param_hint="'policy'")
