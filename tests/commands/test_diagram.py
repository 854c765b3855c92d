"""docs/lifecycle.md is what the tables say, and says something about everything in them."""

import re

import pytest

from commands.diagram import PAGE
from commands.reports.process_diagram import state_diagram
from commands.reports.process_page import process_page, table
from commands.reports.process_texts import BY_ITSELF, EVENTS, STAGES
from policies.vocabulary import Action, EventType, Role, Stage
from tests.commands.desk_process import run_desk
from workflows.ticket.actions.guards import CONDITIONS
from workflows.ticket.actions.lifecycle import TRANSITIONS
from workflows.ticket.process.duties import RULES


def test_the_page_is_not_stale() -> None:
    assert PAGE.read_text(encoding="utf-8") == process_page(), "run `desk diagram --write`"


def test_the_command_prints_the_page() -> None:
    done = run_desk("diagram")
    assert (done.returncode, done.stdout) == (0, process_page())


def test_every_stage_and_event_is_explained() -> None:
    assert STAGES.keys() == set(Stage)
    assert EVENTS.keys() == set(EventType)


def test_what_the_workflow_does_by_itself_is_said_and_nothing_else() -> None:
    automatic = {a for a, transition in TRANSITIONS.items() if Role.SYSTEM in transition.by}
    assert BY_ITSELF.keys() == automatic


@pytest.mark.parametrize("action", Action)
def test_every_action_has_a_row_with_its_conditions(action: Action) -> None:
    [row] = re.findall(rf"^\| `{action}` \|.*$", process_page(), re.MULTILINE)
    for condition in CONDITIONS.get(action, ()):
        assert condition.says in row


def test_every_duty_has_a_row_with_its_explanation() -> None:
    page = process_page()
    for rule in RULES:
        assert rule.__doc__
        assert f"| {rule.__name__.replace('_', ' ')} |" in page


def test_every_way_through_the_process_is_an_arrow() -> None:
    drawn = re.findall(r"^ +(\w+) --> (\w+) : .*$", state_diagram(), re.MULTILINE)
    for transition in TRANSITIONS.values():
        for target in transition.to:
            for source in transition.leaves or transition.within:
                assert (source, target) in drawn or ("open_ticket", target) in drawn


def test_no_label_ends_early() -> None:
    """In a diagram of Mermaid a label ends at a colon or a semicolon."""
    for line in state_diagram().splitlines():
        assert not re.search("[:;]", line.partition(" : ")[2])


def test_cells_cannot_break_a_table() -> None:
    assert table(("a",), [("x | y\nz",)]).splitlines()[-1] == "| x \\| y z |"
