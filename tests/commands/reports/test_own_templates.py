"""`desk check` writes each e-mail of a policy's own with sample data before anybody is sent it."""

from pathlib import Path

from commands.check import examine
from tests.policies.sample_documents import POLICY, broken

LETTER = ("subject", "txt", "html")


def acme(directory: Path, text: str = POLICY) -> Path:
    file = directory / "acme.yaml"
    file.write_text(text)
    return file


def put(directory: Path, name: str, text: str) -> None:
    file = directory / "templates" / "acme" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def errors_of(file: Path) -> list[str]:
    return [str(problem) for problem in examine([file]).errors]


def test_own_templates_without_errors_are_accepted(tmp_path: Path) -> None:
    put(
        tmp_path,
        "en/escalated.txt.j2",
        "{{ message }}{% if due_at %} {{ due_at | instant }}{% endif %}",
    )
    assert errors_of(acme(tmp_path)) == []


def test_a_letter_that_cannot_be_written_without_an_optional_value_is_an_error(
    tmp_path: Path,
) -> None:
    put(tmp_path, "en/escalated.txt.j2", "{{ message }}\n{{ due_at | instant }}")
    [error] = errors_of(acme(tmp_path))
    assert 'escalated.txt.j2:2:1 "escalated" cannot be written in "en"' in error


def test_a_shared_part_is_tried_in_every_letter_that_uses_it(tmp_path: Path) -> None:
    put(tmp_path, "en/layout.txt.j2", "\n{{ message | length }}{% block body %}{% endblock %}")
    errors = errors_of(acme(tmp_path))
    assert any("layout.txt.j2:2:1" in error and '"opened"' in error for error in errors)


def test_a_template_that_takes_too_long_is_one_error_at_the_line_of_its_loop(
    tmp_path: Path,
) -> None:
    loops = "{% for a in range(999) %}{% for b in range(999) %}{% endfor %}{% endfor %}"
    put(tmp_path, "en/layout.txt.j2", f"Hello,\n{loops}{{% block body %}}{{% endblock %}}")
    [error] = errors_of(acme(tmp_path))
    assert "layout.txt.j2:2:1" in error
    assert "it takes more than 20000 steps; use fewer or shorter loops" in error
    assert "give the value" not in error


def test_a_value_that_only_another_event_has_is_an_error(tmp_path: Path) -> None:
    put(tmp_path, "en/escalated.txt.j2", "{{ closed_as }}")
    [error] = errors_of(acme(tmp_path))
    assert '"escalated" has no value "closed_as"' in error


def test_a_template_that_the_policy_names_itself_has_the_values_of_its_event(
    tmp_path: Path,
) -> None:
    text = broken("event: resolved, tell", "event: resolved, template: all_good, tell")
    for part in LETTER:
        put(tmp_path, f"en/all_good.{part}.j2", "{{ message }}{{ by }}{{ closes_at or '' }}")
    assert errors_of(acme(tmp_path, text)) == []
    put(tmp_path, "en/all_good.txt.j2", "{{ questions }}")
    [error] = errors_of(acme(tmp_path, text))
    assert '"all_good" has no value "questions"' in error


def test_a_template_that_nobody_wrote_is_an_error_where_the_policy_names_it(
    tmp_path: Path,
) -> None:
    text = broken("event: resolved, tell", "event: resolved, template: all_good, tell")
    [error] = errors_of(acme(tmp_path, text))
    assert 'notices[1].template: there is no template "all_good" in "en"' in error


def test_a_language_of_its_own_needs_every_letter_that_the_policy_sends_in_it(
    tmp_path: Path,
) -> None:
    for part in LETTER:
        put(tmp_path, f"pt/escalated.{part}.j2", "Escalado: {{ message }}")
    report = examine([acme(tmp_path)])
    assert report.errors == []
    [warning] = [str(p) for p in report.warnings if "templates" in p.file]
    assert 'in "pt" these e-mails are in English: ' in warning
    assert "resolved" in warning
    assert "escalated" not in warning
    text = POLICY.replace("locale: en", "locale: pt", 1).replace("{en:", "{pt:")
    errors = errors_of(acme(tmp_path, text))
    assert any('there is no template "resolved" in "pt"' in error for error in errors)
    assert not any('there is no template "escalated"' in error for error in errors)
