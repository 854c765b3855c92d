"""Why an action is refused. A refused action changes nothing.

Each class is one kind of refusal; its name travels as the error type of the update, and the
details beside it say which stage the ticket is in and what is allowed there. What it says is
a phrase of `workflows/wording.py`, put into words where it leaves the workflow.
"""

from functools import reduce

from policies.phrases import FALLBACK
from policies.vocabulary import Action, Stage
from workflows.ticket.payload import Payload
from workflows.wording import PHRASES


class RefusalDetails(Payload):
    """What a refused caller needs to do better, and the language they are told it in."""

    stage: Stage
    allowed_actions: tuple[Action, ...] = ()
    clause: str | None = None
    language: str = FALLBACK


class Refusal(Exception):
    """An action that is not possible now, for a reason that is worth reading: a phrase by name
    with its values, and what `others` say as well. As text it is in English.
    """

    def __init__(self, phrase: str, clause: str | None = None, /, **values: object) -> None:
        super().__init__(PHRASES.say(FALLBACK, phrase, **values))
        self.phrase = phrase
        self.clause = clause
        self.values = values
        self.others: list[Refusal] = []

    def said(self, locale: str) -> str:
        """The reason in words for somebody with this locale."""
        one = PHRASES.say(locale, self.phrase, **self.values)
        others = (other.said(locale) for other in self.others)
        return reduce(lambda a, b: PHRASES.say(locale, "and_also", one=a, other=b), others, one)


class WrongRole(Refusal):
    """This is not for people in that role."""


class WrongStage(Refusal):
    """The ticket is in a stage that has no such action."""


class ConditionUnmet(Refusal):
    """The stage has the action, but something it needs is not there yet."""


class InvalidContent(Refusal):
    """What the action says does not fit the ticket's policy."""


class IdReused(Refusal):
    """The action id was used before, for something else."""


class RecordFull(Refusal):
    """The ticket has grown as large as it may."""


class InternalDefect(Refusal):
    """The desk failed, not the caller; the ticket is as it was before."""


REFUSALS: dict[str, type[Refusal]] = {
    kind.__name__: kind
    for kind in (
        WrongRole,
        WrongStage,
        ConditionUnmet,
        InvalidContent,
        IdReused,
        RecordFull,
        InternalDefect,
    )
}
