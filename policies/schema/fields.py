"""What every part of a policy document is made of: texts, dates, names of clauses.

Everything is frozen, and an unknown key is an error: policies are input.
"""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
)

from policies.schema.contract import OneLine, Slug

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def _written_as_date(value: Any) -> Any:
    # Left alone, Pydantic would read a number as seconds since 1970.
    if isinstance(value, date) or (isinstance(value, str) and ISO_DATE.fullmatch(value)):
        return value
    raise ValueError("is not a date; write year-month-day, for example 2026-12-24")


Date = Annotated[date, BeforeValidator(_written_as_date)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True)]
ClauseId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Audience = Slug


# The tags of alternatives appear in the location of a validation error; no key of a file can
# look like them, so `translation.py` can tell the two apart.
def _text_or_words(value: Any) -> str:
    return "<by_locale>" if isinstance(value, dict) else "<text>"


Says = Annotated[
    Annotated[dict[str, Text], Field(min_length=1), Tag("<by_locale>")]
    | Annotated[Text, Tag("<text>")],
    Discriminator(_text_or_words),
]
"""Words in the policy's own locale, or by locale; `policies.i18n.locales` reads them."""
Line = Annotated[
    Annotated[dict[str, OneLine], Field(min_length=1), Tag("<by_locale>")]
    | Annotated[OneLine, Tag("<text>")],
    Discriminator(_text_or_words),
]
"""The same of one line."""


class Part(BaseModel):
    """Any part of a policy document: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(Part):
    """Any part that makes a promise; it names the clause it follows from, and others to `see`."""

    clause: ClauseId
    see: tuple[ClauseId, ...] = ()
