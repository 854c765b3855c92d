"""Every e-mail of every shipped policy: in both languages, and without ids that mean nothing."""

import re
from pathlib import Path

import pytest

from activities.rendering.email_composer import rendered
from activities.rendering.template_renderer import TemplateRenderer
from activities.templates.manifest import known_templates, languages
from policies.loading.loader import load_policy
from policies.schema.policy import SupportPolicy
from policies.vocabulary import ACCOUNT_EVENTS, EventType
from tests.harness import CATALOG
from tests.workflows.ticket.notices.every_letter import announceable, ids_of, letters

ROOT = Path(__file__).parents[4]
POLICIES = [
    *(CATALOG.latest(slug) for slug in CATALOG.slugs),
    load_policy(ROOT / "examples" / "policies" / "nightjar.yaml"),
]
RENDERER = TemplateRenderer()
every_policy = pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.policy)
every_language = pytest.mark.parametrize("language", sorted(languages()))


@pytest.mark.fault(33)
@every_language
@pytest.mark.parametrize("event", announceable())
def test_every_event_that_anybody_can_be_told_of_has_an_email_in_each_language(
    event: EventType, language: str
) -> None:
    assert event in known_templates(language)


@pytest.mark.fault(44)
@every_policy
@every_language
def test_no_email_shows_an_id_of_the_policy(policy: SupportPolicy, language: str) -> None:
    hidden = ids_of(policy)
    shown = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, sorted(hidden)))})(?![\w-])")
    for notice in letters(policy, language):
        # The support team has to enter the names of facts into the contract.
        ids = hidden - set(policy.facts) if notice.template == "contract_incomplete" else hidden
        message = rendered(notice, RENDERER)
        assert message.language == language
        for text in (
            message.subject,
            message.text,
            re.sub(r"(?s)<style>.*?</style>|<[^>]*>", " ", message.html),
        ):
            assert not ids.intersection(shown.findall(text)), (notice.template, text)


@every_policy
def test_the_letters_looked_at_are_those_of_every_rule_and_rung(policy: SupportPolicy) -> None:
    sent = list(letters(policy, "en"))
    templates = {notice.template for notice in sent}
    for rule in policy.notices:
        if rule.event not in ACCOUNT_EVENTS:
            assert (rule.template or rule.event) in templates
    told = {
        audience
        for clock in policy.clocks.values()
        for rung in clock.ladder
        for audience in rung.tell
    }
    assert told <= {notice.audience for notice in sent}
