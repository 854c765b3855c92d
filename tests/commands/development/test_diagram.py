"""docs/lifecycle.md matches the tables it is made from, and explains everything in them."""

import re

import pytest

from commands.development.diagram import PAGE
from commands.processes.tokens import ACTORS
from commands.reports.process_diagram import ANY_OPEN, FRAMES, SHORT_PATH, state_diagram
from commands.reports.process_page import process_page, table
from commands.reports.process_texts import AUTOMATIC, EVENTS, OUTCOMES, ROLES, STAGES
from policies.vocabulary import Action, EventType, Role, Stage
from tests.commands.processes.desk_process import run_desk
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.process.duties import RULES


def test_the_page_is_not_stale() -> None:
    assert PAGE.read_text(encoding="utf-8") == process_page(), "run `desk diagram --write`"


def test_the_command_prints_the_page() -> None:
    done = run_desk("diagram")
    assert (done.returncode, done.stdout) == (0, process_page())


def test_every_stage_role_and_event_is_explained() -> None:
    assert STAGES.keys() == set(Stage)
    assert ROLES.keys() == set(Role)
    assert EVENTS.keys() == set(EventType)


def test_desk_up_creates_the_tokens_that_the_page_names() -> None:
    given = {actor["role"] for actor in ACTORS}
    assert given == {*Role} - {Role.SYSTEM}
    assert "one token for each role." in process_page()


def test_every_automatic_action_has_its_time() -> None:
    automatic = {a for a, transition in ACTIONS.items() if Role.SYSTEM in transition.by}
    assert AUTOMATIC.keys() == automatic
    for action, (stage, _) in AUTOMATIC.items():
        assert stage in ACTIONS[action].within


def test_every_target_of_an_action_with_several_has_its_outcome() -> None:
    several = {a: t.to for a, t in ACTIONS.items() if len(t.to) > 1}
    assert OUTCOMES.keys() == {(action, stage) for action, to in several.items() for stage in to}


@pytest.mark.parametrize("action", Action)
def test_every_action_has_a_row_with_its_conditions(action: Action) -> None:
    [row] = re.findall(rf"^\| `{action}` \|.*$", process_page(), re.MULTILINE)
    for condition in ACTIONS[action].conditions:
        assert condition.says in row


def test_every_duty_has_a_row_with_its_explanation() -> None:
    page = process_page()
    for rule in RULES:
        assert rule.__doc__
        assert f"| {rule.__name__.replace('_', ' ')} |" in page


def drawn() -> set[tuple[str, str]]:
    return set(re.findall(r'^ +(\w+) [-=]+>\|".*"\| (\w+)$', state_diagram(), re.MULTILINE))


def test_every_change_of_stage_is_an_arrow_or_in_the_title_of_the_box() -> None:
    [title] = re.findall(rf'{ANY_OPEN}\["(.*)"\]', state_diagram())
    for action, transition in ACTIONS.items():
        for target in transition.to:
            for source in transition.leaves or transition.within:
                boxes = [(box, target) for box, stages in FRAMES.items() if source in stages]
                is_drawn = not drawn().isdisjoint([(source, target), *boxes])
                assert source == target or is_drawn or action in title


def test_the_short_path_is_drawn() -> None:
    assert drawn() >= SHORT_PATH


def test_cells_cannot_break_a_table() -> None:
    assert table(("a",), [("x | y\nz",)]).splitlines()[-1] == "| x \\| y z |"
