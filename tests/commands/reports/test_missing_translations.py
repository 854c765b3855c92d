"""`desk check` reports each missing translation at its place."""

from pathlib import Path

import pytest

from activities.templates.manifest import known_templates
from commands.check import Report, examine
from commands.reports.missing_translations import missing_in_policy, missing_under_contract
from policies.loading.loader import read_contract, read_policy
from tests.policies.sample_documents import CONTRACT, POLICY, broken

LABELS = """\
labels:
  plan: {silver: Argent, gold: Or}
  region: {north: Le Nord}
  kind: {issue: une anomalie}
  priority: {urgent: urgente, normal: normale}
  channel: {email: e-mail, phone: téléphone}
  review: {high: haute, low: basse}
"""
FRENCH = (
    POLICY.replace("locale: en\n", "locale: fr-FR\n")
    .replace("{en: As soon as we can}", "{fr: Dès que possible}")
    .replace("locale: fr}", "locale: en}")
    .replace("\nchannels:\n", f"\n{LABELS}\nchannels:\n")
)


OTHERS = {
    locale: broken("locale: en\ncontacts", f"locale: {locale}\ncontacts", CONTRACT)
    for locale in ("en", "fr", "sv")
}


def checked(tmp_path: Path, text: str, contract: str = "") -> Report:
    policy, account = tmp_path / "acme.yaml", tmp_path / "harbour.yaml"
    policy.write_text(text)
    if contract:
        account.write_text(contract)
    return examine([policy, account] if contract else [policy])


def found(tmp_path: Path, text: str, contract: str = "") -> list[str]:
    return [str(e).replace(f"{tmp_path}/", "") for e in checked(tmp_path, text, contract).errors]


def test_a_policy_whose_language_has_everything_passes(tmp_path: Path) -> None:
    assert found(tmp_path, FRENCH) == []
    assert found(tmp_path, POLICY) == []


def test_a_language_without_templates_is_reported_where_the_policy_names_it(tmp_path: Path) -> None:
    text = broken("locale: en\n", "locale: sv\n").replace("says: {en:", "says: {sv:")
    [error] = found(tmp_path, text)
    assert error == ('acme.yaml:5:9 locale: there are no templates in "sv"; available: en, fr')


def test_an_unknown_template_is_an_error_in_any_language(tmp_path: Path) -> None:
    notice = "event: resolved, tell: [requester], template: resolvd, clause"
    [error] = found(tmp_path, broken("event: resolved, tell: [requester], clause", notice))
    assert 'notices[1].template: there is no template "resolvd" in "en"; did you' in error
    assert 'mean "resolved"?' in error


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("escalated", ("notices", 0, "event")),
        ("clock_warned", ("clocks", "first_response", "ladder", 0, "at")),
        ("clock_breached", ("clocks", "first_response", "ladder", 1, "at")),
        ("clock_overdue", ("clocks", "first_response", "ladder", 2, "at")),
    ],
)
def test_a_template_missing_in_one_language_is_reported_where_it_is_used(
    template: str, path: tuple[str | int, ...]
) -> None:
    def templates(locale: str) -> set[str]:
        return known_templates("fr") - {template}

    findings = list(missing_in_policy(read_policy(FRENCH), templates))
    assert path in [finding.path for finding in findings]
    assert {f.wrong for f in findings} == {f'there is no template "{template}" in "fr-FR"'}


def test_a_text_missing_in_the_locale_of_the_policy_is_reported_at_its_place(
    tmp_path: Path,
) -> None:
    [error] = found(tmp_path, FRENCH.replace(", says: {fr: Dès que possible}", ""))
    assert "clocks.first_response.within.cells.silver.normal: there is no text" in error
    assert 'in "fr-FR"; add "fr-FR: ..."' in error


def test_a_refusal_in_some_locales_only_is_an_error(tmp_path: Path) -> None:
    text = broken("says: Plugins are not covered.", "says: {fr: Non couvert.}")
    errors = found(tmp_path, text)
    assert any("coverage[0].says: there is no text in " in e for e in errors)


def test_a_locale_of_one_text_is_required_of_all_texts(tmp_path: Path) -> None:
    text = broken("{en: As soon as we can}", "{en: As soon as we can, fr: Dès que possible}")
    errors = found(tmp_path, text)
    assert [error.partition(": ")[0].split(" ")[1] for error in errors] == [
        "plans.silver",
        "plans.gold",
        "regions.north",
        "kinds.issue",
        "priorities.urgent",
        "priorities.normal",
        "channels[0].channels[0]",
        "channels[1].channels[0]",
        "process.forecast.priorities[0]",
        "process.forecast.priorities[1]",
        "facts.cause.ask",
        "facts.beta.ask",
        "facts.users.ask",
        "facts.load.ask",
        "facts.signed_off.ask",
        "coverage[0].says",
        "coverage[1].says",
        "milestones.proposed.says",
        "milestones.refused.says",
        "process.triage.checklist[0].does",
        "process.triage.checklist[1].does",
        "clauses.scope.says",
    ]
    [error] = found(tmp_path, text.replace(", fr: Dès", ", sv: Dès"))
    assert 'normal.says.sv: there are no templates in "sv"' in error


@pytest.mark.parametrize(
    ("old", "new", "path", "line"),
    [
        (
            "ask: What caused it?, allow_other: true}",
            "ask: What caused it?, choices: {plugin: {en: A plugin}}}",
            "facts.cause.choices.plugin",
            "cause:",
        ),
        ("ask: Is it a beta?", "ask: {en: Is it a beta?}", "facts.beta.ask", "beta:"),
        ("does: Look at it", "does: {en: Look at it}", "process.triage.checklist[0].does", "Look"),
        ("says: Our own product only.", "says: {en: Ours.}", "clauses.scope.says", "scope: {says"),
        ("gold: Or}", "gold: {en: Gold}}", "labels.plan.gold", "plan: {silver"),
    ],
)
def test_a_text_in_another_language_only_is_reported_at_its_place(
    tmp_path: Path, old: str, new: str, path: str, line: str
) -> None:
    """Questions, answers, steps, clauses and labels: with file, line and path."""
    text = broken(old, new, FRENCH)
    row = next(i for i, words in enumerate(text.split("\n"), 1) if line in words)
    errors = found(tmp_path, text)
    wrong = f'{path}: there is no text in "fr-FR"; add "fr-FR: ..."'
    assert any(e.startswith(f"acme.yaml:{row}:") and wrong in e for e in errors), errors


def test_a_level_without_a_text_is_reported_at_its_place(tmp_path: Path) -> None:
    levels = "  levels:\n    ladder:\n      - {audience: lead, says: {en: Lead}, clause: scope}\n"
    text = broken("process:\n", f"process:\n{levels}", FRENCH)
    assert any("process.levels.ladder[0].says: there is" in e for e in found(tmp_path, text))


@pytest.mark.parametrize(
    ("label", "noun", "path"),
    [
        ("silver: Argent, ", "plan", "plans.silver"),
        ("north: Le Nord", "region", "regions.north"),
        ("issue: une anomalie", "kind", "kinds.issue"),
        (", normal: normale", "priority", "priorities.normal"),
        ("email: e-mail, ", "channel", "channels[0].channels[0]"),
        (", low: basse", "review", "process.forecast.priorities[1]"),
    ],
)
def test_a_name_without_a_label_is_reported_where_it_is_declared(
    tmp_path: Path, label: str, noun: str, path: str
) -> None:
    [error] = found(tmp_path, broken(label, "", FRENCH))
    assert f" {path}: the {noun} " in error
    assert 'has no label in "fr-FR"; add "' in error


def test_english_needs_no_labels(tmp_path: Path) -> None:
    assert found(tmp_path, POLICY, OTHERS["en"]) == []


def test_an_internal_target_needs_no_text(tmp_path: Path) -> None:
    wordless = FRENCH.replace(", says: {fr: Dès que possible}", "")
    calendar = "    calendar:\n      by: [plan]"
    assert len(found(tmp_path, wordless)) == 1
    assert found(tmp_path, wordless.replace(calendar, f"    promised: false\n{calendar}")) == []


def test_a_clock_in_emails_needs_a_name_in_every_language(tmp_path: Path) -> None:
    old, new = "  triage:\n    starts:", "  legal_check:\n    starts:"
    [error] = found(tmp_path, FRENCH.replace(old, new))
    assert 'clocks.legal_check: the clock "legal_check" has no name in "fr-FR"; add it' in error
    assert found(tmp_path, POLICY.replace(old, new)) == []


def test_the_locale_of_a_contract_must_be_one_of_its_policy(tmp_path: Path) -> None:
    assert found(tmp_path, FRENCH, OTHERS["fr"]) == []
    errors = found(tmp_path, POLICY, OTHERS["fr"])
    assert 'acme has no label for the priority "urgent" in "fr"; add it there' in errors[4]
    for error in errors:
        assert error.startswith("harbour.yaml:7:9 locale: acme ")
    assert len([e for e in errors if "acme has no text in" in e]) == 13
    [error] = found(tmp_path, POLICY, OTHERS["sv"])
    assert 'harbour.yaml:7:9 locale: there are no templates in "sv"' in error


def test_a_template_missing_for_a_contract_is_reported_once() -> None:
    contract = read_contract(OTHERS["fr"])

    def templates(locale: str) -> set[str]:
        return known_templates("fr") - {"clock_breached"}

    [finding] = missing_under_contract(contract, read_policy(FRENCH), templates)
    assert finding.wrong == 'there is no template "clock_breached" in "fr"'


def test_a_contract_without_a_locale_has_that_of_its_policy(tmp_path: Path) -> None:
    contract = broken("locale: en\ncontacts", "contacts", CONTRACT)
    assert found(tmp_path, FRENCH, contract) == []


def test_a_contact_whose_language_has_no_templates_is_a_warning(tmp_path: Path) -> None:
    contract = broken(
        "zone: America/Chicago, locale: en", "zone: America/Chicago, locale: da", CONTRACT
    )
    report = checked(tmp_path, broken("locale: fr}", "locale: sv}"), contract)
    assert report.errors == []
    assert [warning.path for warning in report.warnings] == [
        "contacts.lead.locale",
        "contacts.account_manager.locale",
    ]
    assert (
        'there are no templates in "sv", so "lead" gets e-mails in "en"' in report.warnings[0].wrong
    )


ANNOUNCING = broken("locale: en\n", "locale: en\nannouncement: Answers come sooner.\n")


def test_an_announcement_of_one_language_is_a_plain_text(tmp_path: Path) -> None:
    assert found(tmp_path, ANNOUNCING) == []


def test_an_announcement_must_have_the_languages_of_other_texts(tmp_path: Path) -> None:
    text = ANNOUNCING.replace("{en: As soon as we can}", "{en: Soon, fr: Dès que possible}")
    place, line = "acme.yaml:6:15 announcement: ", text.splitlines()[5]
    assert line.startswith("announcement: ")
    [error] = [e for e in found(tmp_path, text) if e.startswith(place)]
    assert 'there is no text in "fr"; add "fr: ..."' in error
    both = text.replace("Answers come sooner.", "{en: Sooner., fr: Plus vite.}")
    assert [e for e in found(tmp_path, both) if "announcement" in e] == []


def test_a_language_of_the_announcement_only_is_one_of_the_policy(tmp_path: Path) -> None:
    text = ANNOUNCING.replace("Answers come sooner.", "{en: Sooner., sv: Fortare.}")
    [error] = found(tmp_path, text)
    assert 'announcement.sv: there are no templates in "sv"' in error
    [error] = found(tmp_path, ANNOUNCING.replace("Answers come sooner.", "{en: Sooner., zz: Xx.}"))
    assert 'announcement.zz: "zz" is not a known locale' in error


def test_an_announcement_must_have_the_language_of_the_policy(tmp_path: Path) -> None:
    text = ANNOUNCING.replace("Answers come sooner.", "{fr: Plus vite.}")
    errors = [e for e in found(tmp_path, text) if " announcement: " in e]
    assert len(errors) == 1
    assert 'there is no text in "en"' in errors[0]


def test_an_announcement_must_have_the_language_of_a_contract(tmp_path: Path) -> None:
    errors = found(tmp_path, ANNOUNCING, OTHERS["fr"])
    assert any('has no text in "fr" at announcement; add it' in e for e in errors)


def test_an_announcement_needs_a_template() -> None:
    def templates(locale: str) -> set[str]:
        return known_templates(locale) - {"policy_announced"}

    [finding] = missing_in_policy(read_policy(ANNOUNCING), templates)
    assert finding.path == ("announcement",)
    assert 'there is no template "policy_announced" in "en"' in finding.wrong
