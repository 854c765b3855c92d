"""The state diagram of the process, in Mermaid, from the transition table."""

from collections.abc import Iterator

from commands.reports.process_texts import BY_ITSELF
from policies.vocabulary import Action, Role, Stage
from workflows.ticket.actions.lifecycle import OPEN, TRANSITIONS, Transition

FRAME = "open_ticket"
"""What is possible in every open stage is drawn once, from a frame around them all."""

Arrow = tuple[str, str]


def state_diagram() -> str:
    """The diagram: stages, and on each arrow the actions that lead along it."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    inside, outside = _arrows()
    yield "stateDiagram-v2"
    yield "    direction TB"
    yield f"    [*] --> {Stage.RECEIVED} : opened"
    yield f'    state "any open stage" as {FRAME} {{'
    for (source, target), actions in inside.items():
        yield f"        {source} --> {target} : {_label(actions)}"
    yield "    }"
    for (source, target), actions in outside.items():
        yield f"    {source} --> {target} : {_label(actions)}"
    yield f"    {Stage.CLOSED} --> [*]"


def _arrows() -> tuple[dict[Arrow, list[Action]], dict[Arrow, list[Action]]]:
    """Arrows between open stages, and arrows from the frame around them or back into it."""
    inside: dict[Arrow, list[Action]] = {}
    outside: dict[Arrow, list[Action]] = {}
    for action, transition in TRANSITIONS.items():
        for arrow in _arrows_of(transition):
            arrows = outside if arrow[0] in (FRAME, Stage.CLOSED) else inside
            arrows.setdefault(arrow, []).append(action)
    return inside, outside


def _arrows_of(transition: Transition) -> Iterator[Arrow]:
    leaves = transition.leaves or transition.within
    sources = [FRAME] if leaves == OPEN else list(leaves)
    for source in sources:
        for target in transition.to:
            yield str(source), str(target)


def _label(actions: list[Action]) -> str:
    return ", ".join(map(_words, actions))


def _words(action: Action) -> str:
    if Role.SYSTEM not in TRANSITIONS[action].by:
        return action
    return f"{action} (or by itself {BY_ITSELF[action]})"
