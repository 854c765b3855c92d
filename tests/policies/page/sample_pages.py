"""The pages of the policies that ship, of the examples, and of the policy that uses the whole
format, in each of their languages.
"""

from functools import cache
from pathlib import Path

from policies.loading.loader import load_policy
from policies.loading.policy_catalog import PolicyCatalog
from policies.page.model import Page
from policies.page.rendering import page_html, page_markdown
from policies.page.sections.support_page import page_languages, support_page
from policies.schema.policy import SupportPolicy
from tests.docs.reference_policy import reference_policy

YEAR = 2027
EXAMPLES = Path(__file__).parents[3] / "examples" / "policies"


@cache
def policies() -> dict[str, SupportPolicy]:
    catalog = PolicyCatalog.shipped()
    loaded = [catalog.latest(slug) for slug in catalog.slugs]
    loaded += [load_policy(path) for path in sorted(EXAMPLES.glob("*.yaml"))]
    loaded.append(reference_policy())
    return {policy.policy: policy for policy in loaded}


@cache
def page_of(policy: str, language: str) -> Page:
    return support_page(policies()[policy], language, YEAR)


@cache
def html_of(policy: str, language: str) -> str:
    return page_html(page_of(policy, language))


@cache
def markdown_of(policy: str, language: str) -> str:
    return page_markdown(page_of(policy, language))


PAGES = [(name, language) for name, p in policies().items() for language in page_languages(p)]
