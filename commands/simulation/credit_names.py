"""The names of credits in a scenario, which cannot know the number of its ticket."""

from typing import Any

from commands.scenario.other_tickets import OTHER_TICKET

TICKET = "ticket:"


class CreditNames:
    """Names the credits of the ticket with this number without it: `ticket:resolution:1`."""

    def __init__(self, number: str) -> None:
        self._full = f"{TICKET}{number}:"

    def shorten(self, text: str) -> str:
        """A text as the scenario would write it."""
        return text.replace(self._full, TICKET)

    def expand(self, input: dict[str, Any]) -> dict[str, Any]:
        """The input of an action, with the credits that it names as the account knows them."""
        if "credits" not in input:
            return input
        return input | {"credits": [self._expand(credit) for credit in input["credits"]]}

    def _expand(self, credit: str) -> str:
        is_own = credit.startswith(TICKET) and not credit.startswith(TICKET + OTHER_TICKET)
        return credit.replace(TICKET, self._full, 1) if is_own else credit
