"""Field types and base classes of policy documents: texts, dates, clause ids."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
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
    # Pydantic would read a number as seconds since 1970.
    if isinstance(value, date) or (isinstance(value, str) and ISO_DATE.fullmatch(value)):
        return value
    raise ValueError("is not a date; write year-month-day, for example 2026-12-24")


def _row(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


FactRow = Annotated[
    str, BeforeValidator(_row, json_schema_input_type=str | bool), StringConstraints(min_length=1)
]
FactRows = dict[Slug, Annotated[tuple[FactRow, ...], Field(min_length=1)]]
"""Facts by name, each with the choices for which a rule applies, or `true` and `false`."""
LAST_YEAR = 2199
"""The last year of the dates in a document. Calendars are examined some years past their dates."""


def within_reach(day: date) -> date:
    """The same date; ValueError if it is after LAST_YEAR."""
    if day.year > LAST_YEAR:
        raise ValueError(f"is after {LAST_YEAR}; write a date that a ticket can live to see")
    return day


Date = Annotated[date, BeforeValidator(_written_as_date), AfterValidator(within_reach)]
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^\d{2}:\d{2}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True)]
ClauseId = Slug
Audience = Slug


# Pydantic puts the tag of an alternative into the location of an error. No key of a file looks like
# a tag, so `documents/validation_errors.py` can remove it.
def _text_or_by_locale(value: Any) -> str:
    return "<by_locale>" if isinstance(value, dict) else "<text>"


Says = Annotated[
    Annotated[dict[str, Text], Field(min_length=1), Tag("<by_locale>")]
    | Annotated[Text, Tag("<text>")],
    Discriminator(_text_or_by_locale),
]
"""A text in the policy's locale, or texts by locale; `policies.i18n.locales` selects one."""
Line = Annotated[
    Annotated[dict[str, OneLine], Field(min_length=1), Tag("<by_locale>")]
    | Annotated[OneLine, Tag("<text>")],
    Discriminator(_text_or_by_locale),
]
"""The same, but a single line."""


class Part(BaseModel):
    """Any part of a policy document: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(Part):
    """A part that follows from a clause of the support page; `see` names related clauses."""

    clause: ClauseId
    see: tuple[ClauseId, ...] = ()
