"""Zones and locales exist, and labels are for declared names."""

import pytest

from tests.policies.checks.case import Case, assert_is_reported

CASES = {
    "a contact's unknown zone": Case(
        "zone: Europe/Stockholm, locale",
        "zone: ¦CETT, locale",
        "contacts.lead.zone",
        '"CETT" is not a known time zone',
        'did you mean "CET"?',
    ),
    "a contact's unknown locale": Case(
        "locale: fr}",
        "locale: ¦xx-YY}",
        "contacts.lead.locale",
        '"xx-YY" is not a known locale',
    ),
    "a text in an unknown locale": Case(
        "says: {en: As soon as we can}",
        "says: {en: As soon as we can, ¦zz-ZZ: Xxx}",
        "clocks.first_response.within.cells.silver.normal.says.zz-ZZ",
        '"zz-ZZ" is not a known locale',
    ),
    "a refusal in an unknown locale": Case(
        "    says: Plugins are not covered.",
        "    says: {en: Plugins are not covered., ¦qq: Xxx}",
        "coverage[0].says.qq",
        '"qq" is not a known locale',
    ),
    "a label for an undeclared name": Case(
        "defaults: {kind: issue}",
        "defaults: {kind: issue}\nlabels: {priority: {¦urgnt: Very urgent}}",
        "labels.priority.urgnt",
        'the priority "urgnt" is not declared',
        'did you mean "urgent"?',
    ),
    "a label in an unknown locale": Case(
        "defaults: {kind: issue}",
        "defaults: {kind: issue}\nlabels: {channel: {email: {¦yy-YY: e-mail}}}",
        "labels.channel.email.yy-YY",
        '"yy-YY" is not a known locale',
    ),
    "an unknown locale": Case("locale: en\n", "locale: ¦qq\n", "locale", '"qq" is not a known'),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_an_error_is_reported_at_its_place_with_a_fix(case: Case) -> None:
    assert_is_reported(case)
