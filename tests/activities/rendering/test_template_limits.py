"""A template of a policy's own can neither hold up a worker nor fill its memory."""

from pathlib import Path

import pytest
from jinja2.exceptions import SecurityError, UndefinedError

from activities.ports import TemplateFailed
from activities.rendering.email_composer import rendered
from activities.rendering.template_limits import MOST_STEPS, TooManySteps, limited_work
from activities.rendering.template_renderer import TemplateRenderer, environment_of
from activities.templates.own_templates import PolicyTemplates, Source
from activities.templates.sample_facts import FULL_FACTS
from tests.activities.rendering.sample_notices import notice
from tests.activities.rendering.test_own_templates import put
from tests.activities.rendering.test_own_templates import written as opened

LONG = "a word\n" * 2_500
DOUBLE = "{%% set ns = namespace(t='xx') %%}{%% for a in range(60) %%}%s{%% endfor %%}"
BOTH_TWICE = (
    "{% set d = d | default(0) + 1 %}"
    "{% if d < 40 %}{% include 'more.j2' %}{% include 'more.j2' %}{% endif %}"
)
SANDBOXES = {
    part: environment_of(
        PolicyTemplates({"en": {"more.j2": Source("more.j2", BOTH_TWICE)}}), "en", part
    )
    for part in ("txt", "html")
}


def written(text: str, description: str = LONG, part: str = "txt") -> str:
    with limited_work():
        return SANDBOXES[part].from_string(text).render(description=description)


@pytest.mark.parametrize(
    "endless",
    [
        "{% for a in range(1000) %}{% for b in range(1000) %}{% endfor %}{% endfor %}",
        "{% for a in range(1000) %}{% for b in range(1000) if b is odd %}{% endfor %}{% endfor %}",
        "{% for a in range(9) recursive %}{{ loop(range(9)) if loop.depth < 60 }}{% endfor %}",
        "{% macro f(n) %}{{ f(n - 1) ~ f(n - 1) if n }}{% endmacro %}{{ f(60) }}",
        "{% include 'more.j2' %}",
        "{% for a in range(1000) %}{% set z = description[1:], 'zz' in description %}{% endfor %}",
        "{% for a in range(1000) %}{% set z = description.count('z') %}{% endfor %}",
        "{% for a in range(1000) %}{% set z = 'zz' is in description %}{% endfor %}",
        "{% for a in range(1000) %}{% set z = description | urlize %}{% endfor %}",
        "{% for a in range(1000) %}{% set z = description | wordwrap(9) %}{% endfor %}",
    ],
)
def test_work_without_end_stops_at_a_number_of_steps(endless: str) -> None:
    with pytest.raises(TooManySteps, match=f"{MOST_STEPS} steps; use fewer or shorter"):
        written(endless)


@pytest.mark.parametrize(
    "twice",
    [
        "{% set ns.t = ns.t ~ ns.t %}",
        "{% set ns.t = ns.t + ns.t %}",
        "{% set t %}{{ ns.t }}{{ ns.t }}{% endset %}{% set ns.t = t %}",
        "{% set ns.t = ns.t | list + ns.t | list %}",
        "{% set ns.t = [ns.t, ns.t] %}{{ '' if loop.index < 60 else ns.t }}",
        "{% set ns.t = {'a': ns.t, 'b': ns.t} %}{{ '' if loop.index < 60 else ns.t | string }}",
    ],
)
def test_a_value_that_doubles_in_each_round_stops_before_it_fills_the_memory(twice: str) -> None:
    with pytest.raises(TooManySteps, match=r"more than \d+ (steps|characters)"):
        written(DOUBLE % twice)


@pytest.mark.parametrize(
    "long",
    [
        "{{ 'x' | center(10 ** 9) }}",
        "{{ 'x' | center(1000000000) }}",
        "{{ 'x'.ljust(1000000000) }}",
        "{{ description | indent(100000) }}",
        "{{ '%1000000000d' | format(1) }}",
        "{{ '%*d' | format(1000000000, 1) }}",
        "{{ '{:1000000000}'.format(1) }}",
        "{{ '{:{}}'.format(1, 1000000000) }}",
        "{{ description | replace('a', description) }}",
        "{{ description.replace('a', description) }}",
        "{{ description | join(description) }}",
        "{{ range(1000) | map('string') | join(description) }}",
        "{{ lipsum(n=1000000) }}",
    ],
)
def test_a_single_call_cannot_make_a_long_text_of_a_short_one(long: str) -> None:
    with pytest.raises((SecurityError, UndefinedError)):
        written(long)


def test_loops_calls_and_joined_texts_mean_what_they_mean_in_jinja() -> None:
    text = written(
        "{% macro twice(x) %}{{ x }}{{ x }}{% endmacro %}"
        "{% for n in [[1, 2], [3]] recursive %}{{ loop.index }}/{{ loop.length }}"
        "{% if n is iterable %}({{ loop(n) }}){% endif %} {% else %}none{% endfor %}"
        "{% for n in range(4) if n is odd %}{{ n }}{{ ', ' if not loop.last }}{% endfor %};"
        "{% set t %}<{{ 1 }}>{% endset %}{{ t ~ 'b' ~ 2 }}{{ twice('&') }}{{ '%04d' | format(7) }}"
    )
    assert text == "1/2(1/2 2/2 ) 2/2(1/1 ) 1, 3;<1>b2&&0007"
    assert written("{{ 'abc'[::-1] }}{{ 'b' in 'abc' }}{{ 'd' not in ['d'] }}") == "cbaTrueFalse"


def test_joined_texts_of_a_requester_are_escaped_in_html() -> None:
    html = written("{{ '<b>' | safe ~ description }}", "<i>", "html")
    assert html == "<b>&lt;i&gt;"


def test_a_renderer_stops_a_template_that_takes_too_long(tmp_path: Path) -> None:
    put(tmp_path, "en/opened.txt.j2", "\n{% include 'more.j2' %}")
    put(tmp_path, "en/more.j2", BOTH_TWICE)
    with pytest.raises(TemplateFailed, match="en/opened failed: it takes more than"):
        opened(tmp_path)


def test_the_longest_of_our_emails_is_far_from_the_limit() -> None:
    finding = {"step": "Reproduce it", "result": LONG, "by": "Sam", "at": "2027-01-15T19:00Z"}
    facts = FULL_FACTS["handed_over"] | {"findings": [finding] * 30}
    message = rendered(notice("handed_over", "engineering", facts=facts), TemplateRenderer())
    assert len(message.html) > 800_000


@pytest.mark.parametrize("gap", ["\n\n\n\n", "\n \n\t\n\n", "\n\n{% if 0 %}x{% endif %}\n\n"])
def test_paragraphs_of_a_text_part_are_one_blank_line_apart(tmp_path: Path, gap: str) -> None:
    put(tmp_path, "en/opened.txt.j2", f"One.{gap}  Two.\nThree.\n\n\n")
    assert opened(tmp_path).text == "One.\n\n  Two.\nThree."
