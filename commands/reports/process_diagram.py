"""The diagram of the ticket lifecycle, in Mermaid, from the action table."""

from collections.abc import Iterator
from typing import NamedTuple

from commands.reports.process_texts import AUTOMATIC, OUTCOMES
from policies.vocabulary import Action, Stage
from workflows.ticket.actions.rule import OPEN, ActionRule
from workflows.ticket.actions.table import ACTIONS

ANY_OPEN, RESOLVABLE = "any_open", "resolvable"
FRAMES = {ANY_OPEN: OPEN, RESOLVABLE: ACTIONS[Action.RESOLVE].within}
"""Sets of stages that are drawn as a box. An action that all of them have is drawn once."""

SHORT_PATH = {
    (Stage.RECEIVED, Stage.IN_PROGRESS),
    (Stage.RECEIVED, Stage.RESOLVED),
    (RESOLVABLE, Stage.RESOLVED),
    (Stage.RESOLVED, Stage.CLOSED),
}
"""The arrows that most tickets take. They are drawn bold."""


class Arrow(NamedTuple):
    """From a stage or a frame to a stage."""

    source: str
    target: str


def state_diagram() -> str:
    """The diagram: stages, and on each arrow the actions that lead along it."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    arrows = _arrows()
    ending = arrows.pop(Arrow(ANY_OPEN, Stage.CLOSED))
    yield "flowchart TB"
    yield f"    start(( )) -->|opened| {Stage.RECEIVED}"
    yield f'    subgraph {ANY_OPEN}["any open stage; {", ".join(ending)} lead to {Stage.CLOSED}"]'
    yield f'        subgraph {RESOLVABLE}["any stage that allows {Action.RESOLVE}"]'
    yield from (f"            {stage}({stage})" for stage in FRAMES[RESOLVABLE])
    yield "        end"
    yield from (f"        {stage}({stage})" for stage in OPEN if stage not in FRAMES[RESOLVABLE])
    yield "    end"
    yield f"    {Stage.CLOSED}({Stage.CLOSED})"
    for arrow, labels in arrows.items():
        line = "==>" if arrow in SHORT_PATH else "-->"
        yield f'    {arrow.source} {line}|"{", ".join(labels)}"| {arrow.target}'
    yield "    classDef frame fill:none,stroke:#888,stroke-dasharray:4"
    yield f"    class {','.join(FRAMES)} frame"


def _arrows() -> dict[Arrow, list[str]]:
    """Every change of stage, with its labels."""
    found: dict[Arrow, list[str]] = {}
    for action, rule in ACTIONS.items():
        for arrow, label in _arrows_of(action, rule):
            found.setdefault(arrow, []).append(label)
    return found


def _arrows_of(action: Action, rule: ActionRule) -> Iterator[tuple[Arrow, str]]:
    """The arrows of one action. Where it keeps the stage, it has none."""
    automatic = AUTOMATIC.get(action)
    for target in rule.to:
        if automatic:
            yield Arrow(automatic.stage, target), f"{action} (automatic)"
        for source in _sources(rule.leaves or rule.within):
            if source != target and not (automatic and source == automatic.stage):
                yield Arrow(source, target), _label(action, target)


def _sources(stages: tuple[Stage, ...]) -> tuple[str, ...]:
    return next(((name,) for name, framed in FRAMES.items() if framed == stages), stages)


def _label(action: Action, target: Stage) -> str:
    outcome = OUTCOMES.get((action, target))
    return f"{action} [{outcome}]" if outcome else action
