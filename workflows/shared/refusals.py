"""Refusals of actions. A refused action changes nothing.

Each class is one kind of refusal; its name is the error type of the update. The text is a phrase of
`workflows/shared/texts/`, in the language of the ticket or account.
"""

from functools import reduce

from policies.coverage.stated_facts import Objection
from policies.i18n.phrases import FALLBACK
from workflows.shared.texts.phrases import PHRASES


class Refusal(Exception):
    """An action that is not possible: the name of a phrase with its values, and `others` that add
    further reasons. `field` is the input at fault, if it is a single one. `str()` is English.
    """

    field: str | None = None

    def __init__(self, phrase: str, clause: str | None = None, /, **values: object) -> None:
        super().__init__(PHRASES.say(FALLBACK, phrase, **values))
        self.phrase = phrase
        self.clause = clause
        self.values = values
        self.others: list[Refusal] = []
        self.objections: tuple[Objection, ...] = ()
        """What is wrong with single fields of the input, in the language of the ticket."""

    def text(self, locale: str) -> str:
        """All reasons, in the language of this locale."""
        first = PHRASES.say(locale, self.phrase, **self.values)
        others = (other.text(locale) for other in self.others)
        return reduce(lambda a, b: PHRASES.say(locale, "and_also", one=a, other=b), others, first)


class WrongRole(Refusal):
    """The action is for other roles."""


class InvalidContent(Refusal):
    """The input of the action does not fit the policy."""


class IdReused(Refusal):
    """The action id belongs to a different action."""


class RecordFull(Refusal):
    """The record of the ticket or account has reached its limit."""


class InternalDefect(Refusal):
    """A defect in the code of an action. Ticket or account are as before the action."""
