"""The policies' own templates, as the processes of a deployment load them when they start."""

from pathlib import Path

from activities.rendering.own_template_errors import own_template_errors
from activities.rendering.template_uses import own_uses
from activities.templates.own_templates import OwnTemplates, PolicyTemplates, read_own_templates
from policies.documents.problems import PolicyErrors
from policies.loading.policy_catalog import PolicyCatalog


def own_templates(directory: Path, catalog: PolicyCatalog) -> OwnTemplates:
    """The own templates beside the policies of a directory; PolicyErrors lists all problems."""
    own = read_own_templates(directory, catalog.slugs)
    problems = [
        problem
        for policy, sources in own.items()
        for problem in own_template_errors(
            PolicyTemplates(sources), own_uses(catalog.revisions(policy))
        )
    ]
    if problems:
        raise PolicyErrors(problems)
    return own
