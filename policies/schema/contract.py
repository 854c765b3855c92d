"""Contracts: the agreement of one account, and its people."""

import re
from datetime import date
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
)

from policies.email_addresses import EmailAddress, comparable
from policies.schema.money import MoneyText

SLUG = r"^[a-z0-9][a-z0-9_-]{0,62}$"
Slug = Annotated[str, StringConstraints(pattern=SLUG)]

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def one_line(text: str) -> str:
    """`text` if it may stand in an e-mail header: no line breaks or control characters."""
    if _CONTROL.search(text):
        raise ValueError("is not a single line; remove line breaks and control characters")
    return text


OneLine = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(one_line)]


def _written_as_date(value: object) -> object:
    # Pydantic would read a number as seconds since 1970.
    if isinstance(value, date | str):
        return value
    raise ValueError("is not a date; write year-month-day, for example 2027-01-01")


StartDate = Annotated[
    date, BeforeValidator(_written_as_date), Field(ge=date(2000, 1, 1), lt=date(2200, 1, 1))
]


class Contact(BaseModel):
    """A person or a team that receives notices, in their own zone and locale."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: OneLine
    email: EmailAddress
    zone: str | None = None
    locale: str | None = None


class Publication(BaseModel):
    """One publication of an account. `users` are addresses, or `*@domain` for a whole domain. Its
    account manager takes the place of the account's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Slug
    active: bool = True
    users: tuple[str, ...] = ()
    account_manager: Contact | None = None

    def has_user(self, email: str) -> bool:
        """Whether this address belongs to the publication; all do if `users` is empty."""
        return _is_among(email, self.users)


def _is_among(email: str, users: tuple[str, ...]) -> bool:
    address = comparable(email)
    domain = "*@" + address.rpartition("@")[2]
    known = set(map(comparable, users))
    return not known or address in known or domain in known


class Contract(BaseModel):
    """The agreement of one account: policy, plan, region, people and overrides.

    `overrides` maps paths in the policy to the values that apply to this account instead.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    account: Slug
    name: OneLine
    policy: Slug
    plan: Slug | None = None
    region: Slug | None = None
    zone: str | None = None
    locale: str | None = None
    contacts: dict[Slug, Contact] = Field(default_factory=dict)
    publications: tuple[Publication, ...] = ()
    designated: tuple[str, ...] = ()
    facts: dict[Slug, JsonValue] = Field(default_factory=dict)
    fees: dict[Slug, MoneyText] = Field(default_factory=dict)
    starts_on: StartDate | None = None
    overrides: dict[OneLine, JsonValue] = Field(default_factory=dict)

    def publication_of(self, name: str | None, email: str) -> Publication | None:
        """The publication of a request: the named one, else the only one with this user."""
        if name is not None:
            return next((p for p in self.publications if p.name == name), None)
        own = [publication for publication in self.publications if publication.has_user(email)]
        return own[0] if len(own) == 1 else None

    def is_designated(self, email: str) -> bool:
        """Whether this address may send requests; all may if `designated` is empty."""
        return _is_among(email, self.designated)
