"""The questions of `desk new-policy`. Each answer is tried at once, in a draft with the others."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from commands.drafting.answers import Answers, Times, slug, split
from commands.drafting.draft import draft
from policies.documents.problems import PolicyErrors
from policies.loading.loader import read_policy

Ask = Callable[[str, str], str]
"""Asks a question, and returns the answer; with the answer if nothing is entered."""
Tell = Callable[[str], None]
"""Shows a line."""
Change = Callable[[str], Answers]

REVISION = "2026-01-01"
_OPTIONAL = frozenset({"holidays", "plans", "updates", "closing"})
_NOTHING = frozenset({"none", "no", "-", "n/a"})
"""What can be entered where a support page has nothing."""
_TIMES = "(for example 1 hour, 4 business hours, 1 business day, none)"


class Interview:
    """Asks for what a support page says; a wrong answer is explained, and asked for again."""

    def __init__(self, ask: Ask, tell: Tell) -> None:
        self._ask = ask
        self._tell = tell
        self.answers = Answers()

    def run(self) -> Answers:
        """All answers."""
        self._text("company", "Name of the company")
        self.answers.lead = f"support@{slug(self.answers.company, '-')}.example"
        self._text("zone", "Time zone of the desk, by its IANA name (Europe/Lisbon)")
        self._text("hours", "Opening hours (mon-fri 09:00-18:00, sat 10:00-14:00), or 24x7")
        self._text("holidays", "Public holidays of which country or part of it (PT, GB-ENG, none)")
        self._text("plans", "Plans, the lowest first, separated by commas, or none")
        self._text("priorities", "Priorities, the most urgent first, separated by commas")
        self.answers.responses = self._times("responses", "Time to the first response")
        self.answers.resolutions = self._times("resolutions", "Time to the resolution")
        self._text("updates", "Updates on open requests every (1 business day, none)")
        self._text("closing", "How long a resolved request can be reopened (14 days, none)")
        self._text("lead", "E-mail address of whoever is told of a missed deadline")
        return self.answers

    def _text(self, name: str, question: str) -> None:
        def changed(text: str) -> Answers:
            is_nothing = name in _OPTIONAL and text.lower() in _NOTHING
            return _with(self.answers, name, "" if is_nothing else text)

        self.answers = self._asked(question, getattr(self.answers, name), changed)

    def _times(self, name: str, question: str) -> Times:
        priorities = split(self.answers.priorities)
        times: Times = {}
        for plan in self.answers.plan_names():
            plan_named = f" under {plan}" if plan else ""
            full = f"{question}{plan_named} for {', '.join(priorities)} {_TIMES}"

            def changed(text: str, plan: str = plan) -> Answers:
                row = tuple("" if each.lower() in _NOTHING else each for each in split(text))
                if len(row) != len(priorities):
                    raise ValueError(
                        f"there are {len(row)} times for {len(priorities)} priorities; "
                        "write `none` where nothing is promised"
                    )
                # The plans that were not asked for yet promise nothing meanwhile.
                rest = {slug(other): ("",) * len(row) for other in self.answers.plan_names()}
                return _with(self.answers, name, rest | times | {slug(plan): row})

            nothing = ", ".join("none" for _ in priorities)
            times[slug(plan)] = getattr(self._asked(full, nothing, changed), name)[slug(plan)]
        return times

    def _asked(self, question: str, default: str, change: Change) -> Answers:
        while True:
            try:
                answers = change(self._ask(question, default).strip())
                problems = list(_problems(answers))
            except ValueError as error:
                problems = [str(error)]
            if not problems:
                return answers
            for problem in problems:
                self._tell(problem)


def _with(answers: Answers, name: str, value: object) -> Answers:
    changes: dict[str, Any] = {name: value}
    return replace(answers, **changes)


def _problems(answers: Answers) -> Iterator[str]:
    if not answers.slug:
        yield "the name needs a letter or a digit"
        return
    tried = answers if answers.lead else replace(answers, lead="lead@support.example")
    try:
        read_policy(draft(tried, REVISION), "draft")
    except PolicyErrors as errors:
        for problem in errors.problems:
            yield f"{problem.wrong}; {problem.right}" if problem.right else problem.wrong
