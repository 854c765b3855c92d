"""The diagram of the ticket lifecycle, in Mermaid, from the action table."""

from collections.abc import Iterator
from typing import NamedTuple

from commands.reports.process_texts import AUTOMATIC, OUTCOMES, Automatic
from policies.terms.model.process import ProcessTerms
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


EVERYTHING = ProcessTerms()
"""The process with every part that a policy can declare."""


class Arrow(NamedTuple):
    """From a stage or a frame to a stage."""

    source: str
    target: str


def state_diagram(process: ProcessTerms = EVERYTHING) -> str:
    """The diagram of a process: stages, and on each arrow the actions that lead along it."""
    return "\n".join(_lines(process))


def _lines(process: ProcessTerms) -> Iterator[str]:
    arrows = _arrows(process)
    ending = arrows.pop(Arrow(ANY_OPEN, Stage.CLOSED))
    yield "flowchart TB"
    yield f"    start(( )) -->|opened| {Stage.RECEIVED}"
    yield f'    subgraph {ANY_OPEN}["any open stage; {", ".join(ending)} lead to {Stage.CLOSED}"]'
    yield f'        subgraph {RESOLVABLE}["any stage that allows {Action.RESOLVE}"]'
    stages = [stage for stage in OPEN if stage in process.stages]
    yield from (f"            {stage}({stage})" for stage in stages if _is_resolvable(stage))
    yield "        end"
    yield from (f"        {stage}({stage})" for stage in stages if not _is_resolvable(stage))
    yield "    end"
    yield f"    {Stage.CLOSED}({Stage.CLOSED})"
    for arrow, labels in arrows.items():
        line = "==>" if arrow in SHORT_PATH else "-->"
        yield f'    {arrow.source} {line}|"{", ".join(labels)}"| {arrow.target}'
    yield "    classDef frame fill:none,stroke:#888,stroke-dasharray:4"
    yield f"    class {','.join(FRAMES)} frame"


def _is_resolvable(stage: Stage) -> bool:
    return stage in FRAMES[RESOLVABLE]


def _arrows(process: ProcessTerms) -> dict[Arrow, list[str]]:
    """Every change of stage in a process, with its labels."""
    found: dict[Arrow, list[str]] = {}
    missing = set(Stage) - set(process.stages)
    for action, rule in ACTIONS.items():
        if not rule.exists(process):
            continue
        for arrow, label in _arrows_of(action, rule, automatic_in(process).get(action)):
            if not missing & {arrow.source, arrow.target} and _is_meant(action, arrow, process):
                found.setdefault(arrow, []).append(label)
    return found


def _is_meant(action: Action, arrow: Arrow, process: ProcessTerms) -> bool:
    """Triage leads back to support only where a policy has no engineering."""
    leads_back = action is Action.CONCLUDE_TRIAGE and arrow.target is Stage.IN_PROGRESS
    has_engineering = Stage.AWAITING_HANDOFF in process.stages and process is not EVERYTHING
    return not leads_back or not has_engineering


def automatic_in(process: ProcessTerms) -> dict[Action, Automatic]:
    """The actions that the workflow takes by itself in a process."""
    if process is EVERYTHING:
        return AUTOMATIC
    has = {
        Action.HAND_OVER: Stage.AWAITING_HANDOFF in process.stages and process.automatic_handoff,
        Action.CLOSE: process.closing_after is not None,
    }
    return {action: automatic for action, automatic in AUTOMATIC.items() if has[action]}


def _arrows_of(
    action: Action, rule: ActionRule, automatic: Automatic | None
) -> Iterator[tuple[Arrow, str]]:
    """The arrows of one action. Where it keeps the stage, it has none."""
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
