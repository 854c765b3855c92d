"""Templates of a policy's own replace or add to ours, for that policy only."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.ports import TemplateFailed
from activities.rendering.email_composer import rendered
from activities.rendering.own_template_errors import own_template_errors
from activities.rendering.template_renderer import (
    RenderedMessage,
    TemplateRenderer,
    environment_of,
)
from activities.templates.own_templates import (
    MAX_BYTES,
    PolicyTemplates,
    Source,
    read_own_templates,
    read_policy_templates,
)
from policies.documents.problems import PolicyErrors
from tests.activities.rendering.sample_notices import MIA, TICKET, notice

POLICY = "acme"


def put(directory: Path, name: str, text: str, policy: str = POLICY) -> Path:
    """Writes an own template such as `en/opened.txt.j2`."""
    file = directory / "templates" / policy / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def written(
    directory: Path, template: str = "opened", policy: str = POLICY, locale: str = "en"
) -> RenderedMessage:
    renderer = TemplateRenderer(own=read_own_templates(directory, [POLICY]))
    ticket = TICKET.model_copy(update={"policy": policy})
    contact = MIA.model_copy(update={"locale": locale})
    return rendered(notice(template, ticket=ticket, contact=contact), renderer)


def errors_in(directory: Path, uses: dict[str, frozenset[str]] | None = None) -> list[str]:
    templates = PolicyTemplates(read_policy_templates(directory, POLICY))
    found = [str(problem) for problem in own_template_errors(templates, uses or {})]
    return [error.removeprefix(f"{directory}/templates/{POLICY}/") for error in found]


def test_an_own_part_replaces_ours_and_the_other_parts_are_inherited(tmp_path: Path) -> None:
    put(tmp_path, "en/opened.subject.j2", "We have it: {{ ticket.subject }}")
    own, ours = written(tmp_path), written(tmp_path, policy="other")
    assert own.subject == "We have it: The export stays empty"
    assert (own.text, own.html) == (ours.text, ours.html)
    assert ours.subject.startswith("Received")


def test_an_own_template_extends_our_layouts(tmp_path: Path) -> None:
    put(
        tmp_path,
        "en/opened.txt.j2",
        '{% extends "layout.txt.j2" %}{% block body %}Ay.{% endblock %}',
    )
    assert written(tmp_path).text.startswith("Hello Mia Chen,\n\nAy.")


def test_an_own_layout_changes_every_email_of_the_policy(tmp_path: Path) -> None:
    put(tmp_path, "en/layout.txt.j2", "Ahoy!\n{% block body %}{% endblock %}\n-- \nThe watch")
    for template in ("opened", "resolved", "clock_warned"):
        text = written(tmp_path, template).text
        assert text.startswith("Ahoy!")
        assert text.endswith("The watch")


def test_values_of_the_requester_are_escaped_in_own_html(tmp_path: Path) -> None:
    put(tmp_path, "en/opened.html.j2", "{{ ticket.subject }}")
    ticket = TICKET.model_copy(update={"policy": POLICY, "subject": "<b>x</b>"})
    renderer = TemplateRenderer(own=read_own_templates(tmp_path, [POLICY]))
    assert rendered(notice("opened", ticket=ticket), renderer).html == "&lt;b&gt;x&lt;/b&gt;"


def test_a_template_that_is_added_sees_missing_facts_as_none(tmp_path: Path) -> None:
    for part in ("subject", "txt", "html"):
        put(tmp_path, f"en/welcome.{part}.j2", "Welcome{{ reason or '' }}")
    assert written(tmp_path, "welcome").text == "Welcome"


def test_a_language_that_we_do_not_ship_is_used_where_its_template_is_complete(
    tmp_path: Path,
) -> None:
    for part in ("subject", "txt", "html"):
        put(tmp_path, f"pt/opened.{part}.j2", "Recebido {{ promise | within }}")
    put(tmp_path, "pt/words.yaml", "within: {length: 'em {length}'}\n")
    put(tmp_path, "pt/resolved.txt.j2", "Resolvido")
    own = written(tmp_path, locale="pt-BR")
    assert (own.language, own.text) == ("pt", "Recebido em 2 business days")
    assert written(tmp_path, "resolved", locale="pt-BR").language == "en"


def test_our_neutral_frame_is_there_for_other_languages_and_our_english_is_not(
    tmp_path: Path,
) -> None:
    put(tmp_path, "pt/opened.html.j2", '{% extends "frame.html.j2" %}')
    put(tmp_path, "pt/opened.txt.j2", '{% extends "layout.txt.j2" %}')
    put(tmp_path, "pt/opened.subject.j2", "Recebido")
    [error] = errors_in(tmp_path)
    assert error.startswith('pt/opened.txt.j2:1:1 there is no template "layout.txt.j2" here')


@pytest.mark.parametrize(
    "bad",
    [
        "{{ 'a' * 100000000 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 10 ** 10 ** 10 }}",
        "{% for n in range(100000) %}{% endfor %}",
        "{% for n in range(1000) %}{% for m in range(1000) %}many{% endfor %}{% endfor %}",
        "{{ ticket.__class__.__mro__ }}",
        "{{ unheard_of }}",
        '{% include "../../../../secret.j2" %}',
    ],
)
def test_a_template_cannot_write_without_limit_or_reach_out(tmp_path: Path, bad: str) -> None:
    (tmp_path / "secret.j2").write_text("secret")
    put(tmp_path, "en/opened.txt.j2", bad)
    with pytest.raises(TemplateFailed):
        written(tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        ("en/opened.txt.j2", "a\n{% if %}", "opened.txt.j2:2:1 this is not a template"),
        ("en/opened.txt.j2", "a\n{{ descripton }}", 'opened.txt.j2:2:1 "opened" has no value '),
        ("en/opened.txt.j2", "{{ descripton }}", 'did you mean "description"?'),
        ("en/opened.txt.j2", "{{ ticket.numer }}", 'did you mean "number"?'),
        (
            "en/opened.txt.j2",
            "\n{{ due_at | instnt }}",
            'txt.j2:2:1 there is no filter "ins',
        ),
        ("en/opened.txt.j2", "{{ due_at is defind }}", 'there is no test "defind"'),
        ("en/opened.txt.j2", '{% include "layot.txt.j2" %}', 'did you mean "layout.txt.j2"?'),
        ("en/opened.txt.j2", "{% include ticket.subject %}", "must be written as a text"),
        ("en/opend.txt.j2", "x", 'nothing uses the template "opend"; did you mean "opened"?'),
        ("pt/opened.txt.j2", "x", "add opened.subject.j2, opened.html.j2"),
        ("pt/opened.txt.j2", "{{ promise | within }}", '"pt" has no words of the kind "within"'),
        (
            "en/words.yaml",
            "\nclok: {triage: t}",
            'yaml:2:1 there are no words of the kind "c',
        ),
        ("en/words.yaml", "a: [", "words.yaml:1"),
    ],
)
def test_an_error_has_its_file_its_line_and_what_is_right(
    tmp_path: Path, name: str, text: str, error: str
) -> None:
    put(tmp_path, name, text)
    assert any(error in found for found in errors_in(tmp_path))


def test_all_errors_of_a_file_are_reported_at_once(tmp_path: Path) -> None:
    put(tmp_path, "en/opened.txt.j2", "{{ a }}\n{{ b | c }}\n{{ ticket.d }}")
    found = errors_in(tmp_path)
    assert [error.split(":")[1] for error in found] == ["1", "2", "2", "3"]


def test_what_a_file_declares_itself_is_no_unknown_value(tmp_path: Path) -> None:
    text = (
        '{% extends "layout.txt.j2" %}{% from "words.j2" import has as holds %}'
        "{% set mine = 1 %}{% macro say(x) %}{{ x }}{% endmacro %}"
        "{% block body %}{{ holds('Sam', yours) }}{{ mine }}{{ say(2) }}{{ super() }}"
        "{% for n in range(2) %}{{ loop.index }}{{ n }}{% endfor %}{% endblock %}"
    )
    put(tmp_path, "en/opened.txt.j2", text)
    assert errors_in(tmp_path) == []


FRAGMENTS = (
    "{{ description }}", "{{ x", "}}", "{% if yours %}", "{% endif %}", "{% block body %}",
    "{% endblock %}", '{% extends "layout.txt.j2" %}', "{{ due_at | instant }}", "{{ 1 | b }}",
    "{% for n in range(2) %}", "{% endfor %}", "{# a", "#}", "{% set a = 1 %}", "{{ super() }}",
    "{% raw %}", "{{ ticket.number }}", "\n", "text", "{% include 1 %}", "{% import a as b %}",
)  # fmt: skip


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=8).map("".join))
def test_every_text_either_has_errors_or_can_be_compiled(text: str) -> None:
    own = {"en": {"opened.txt.j2": Source("opened.txt.j2", text)}}
    templates = PolicyTemplates(own)
    if not [*own_template_errors(templates, {})]:
        environment_of(templates, "en", "txt").get_template("opened.txt.j2")


def test_shared_parts_of_its_own_are_found_by_the_templates_that_use_them(tmp_path: Path) -> None:
    put(tmp_path, "en/opened.txt.j2", '{% include "help.j2" %}')
    put(tmp_path, "en/help.j2", "Call us.")
    assert errors_in(tmp_path) == []
    assert written(tmp_path).text == "Call us."


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("en/opened.txt.j2", b"x" * (MAX_BYTES + 1), "larger than 64 KiB"),
        ("en/opened.txt.j2", b"\xff", "not UTF-8"),
        ("en/opened.txt", b"x", "not a template"),
        ("english/opened.txt.j2", b"x", "not a folder of a language"),
    ],
)
def test_a_file_that_is_not_a_template_is_refused(
    tmp_path: Path, name: str, content: bytes, error: str
) -> None:
    put(tmp_path, name, "").write_bytes(content)
    with pytest.raises(PolicyErrors, match=error):
        read_own_templates(tmp_path, [POLICY])


def test_a_link_to_a_file_outside_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.j2"
    secret.write_text("secret")
    policies = tmp_path / "policies"
    put(policies, "en/opened.txt.j2", "").unlink()
    (policies / "templates" / POLICY / "en" / "opened.txt.j2").symlink_to(secret)
    with pytest.raises(PolicyErrors, match="outside the directory"):
        read_own_templates(policies, [POLICY])


def test_a_folder_for_an_unknown_policy_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "en/opened.txt.j2", "x", policy="acmee")
    with pytest.raises(PolicyErrors, match='no policy "acmee"; did you mean "acme"'):
        read_own_templates(tmp_path, [POLICY])


def test_a_directory_without_templates_has_none(tmp_path: Path) -> None:
    assert read_own_templates(tmp_path, [POLICY]) == {}
