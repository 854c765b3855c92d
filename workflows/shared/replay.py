"""What a workflow says to others: answers to updates, what activities are given, what the Temporal
UI shows beside a timer or an activity, and how it ended.
"""

from collections.abc import Callable
from typing import TypeVar, cast

from temporalio import workflow

Said = TypeVar("Said")


def unless_replaying(compose: Callable[[], Said]) -> Said:
    """What somebody is told now. On replay it was told long ago, Temporal has it, and what is said
    then goes nowhere: so there is nothing (docs/decisions/0019). Composing it changes nothing.
    """
    return cast("Said", None) if workflow.unsafe.is_replaying() else compose()
