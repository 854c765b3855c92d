"""Why an action is refused. A refused action changes nothing.

Each class is one kind of refusal; its name travels as the error type of the update. Its text is
a phrase of `workflows/shared/texts.py`, put into words where it leaves the workflow.
"""

from functools import reduce

from policies.i18n.phrases import FALLBACK
from workflows.shared.texts import PHRASES


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


class InvalidContent(Refusal):
    """What the action says does not fit the ticket's policy."""


class IdReused(Refusal):
    """The action id was used before, for something else."""


class RecordFull(Refusal):
    """The ticket has grown as large as it may."""


class InternalDefect(Refusal):
    """The desk failed, not the caller; the ticket is as it was before."""
