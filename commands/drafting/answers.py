"""The answers from which a first policy is written."""

import re
import unicodedata
from dataclasses import dataclass, field

Times = dict[str, tuple[str, ...]]
"""For each plan the time per priority, most urgent first; an empty time promises nothing."""


@dataclass
class Answers:
    """What a support page says. The defaults are those of the questions."""

    company: str = ""
    zone: str = "UTC"
    hours: str = "mon-fri 09:00-17:00"
    holidays: str = ""
    plans: str = ""
    priorities: str = "urgent, high, normal, low"
    responses: Times = field(default_factory=dict)
    resolutions: Times = field(default_factory=dict)
    updates: str = ""
    closing: str = "14 days"
    lead: str = ""

    @property
    def slug(self) -> str:
        """The name of the policy, from the name of the company."""
        return slug(self.company)

    def plan_names(self) -> tuple[str, ...]:
        """The plans as they are written; one without a name if there are no plans."""
        return split(self.plans) or ("",)


def split(text: str) -> tuple[str, ...]:
    """The items of a list that is separated by commas."""
    return tuple(item for part in text.split(",") if (item := part.strip()))


def slug(name: str, separator: str = "_") -> str:
    """A name for keys: `Time-critical` is `time_critical`, and `Café` is `cafe`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", separator, plain).strip(separator)
