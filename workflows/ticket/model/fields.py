"""Field types that the inputs of actions and the state of a ticket share."""

import re
from hashlib import sha256
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from policies.email_addresses import EmailAddress, comparable
from policies.schema.contract import OneLine
from policies.schema.request import Facts
from workflows.shared.action_request import LONGEST_TEXT
from workflows.shared.payload import Payload

NOBODY, ME = "nobody", "me"
"""Ids with a meaning of their own in filters of lists."""
_NUMBER = re.compile(r"([0-9A-Za-z]{4})-?([0-9A-Za-z]{4})-?([0-9A-Za-z]{4})")


def canonical_number(value: object) -> object:
    """A ticket number in three groups of four, however it was written; anything else as it is."""
    found = _NUMBER.fullmatch(value) if isinstance(value, str) else None
    return "-".join(found.groups()).upper() if found else value


def is_findable(id: str) -> bool:
    """Whether tickets can be found by this id: Temporal cannot query every text. On PostgreSQL it
    takes a question mark for a parameter.
    """
    if id in (NOBODY, ME) or id.startswith("'") or id.endswith("'"):
        return False
    return not any(character in id for character in '\\"?')


def requester_id(account: str, email: str) -> str:
    """The search attribute that finds the tickets of a requester. It is a hash, because the
    visibility store keeps search attributes in clear text. It hides the address from a reader of
    the store, but not from a test of likely addresses.
    """
    return sha256(f"{account}\0{comparable(email)}".encode()).hexdigest()[:32]


Note = Annotated[str, StringConstraints(max_length=LONGEST_TEXT, strip_whitespace=True)]
Question = Annotated[str, StringConstraints(min_length=1, max_length=1_000, strip_whitespace=True)]
Questions = Annotated[tuple[Question, ...], Field(max_length=20)]
StatedFacts = Annotated[Facts, Field(max_length=50)]
"""Facts that an action states. An action with such a field has it checked against the policy."""
TICKET_NUMBER = re.compile(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}")
TicketNumber = Annotated[
    str,
    BeforeValidator(canonical_number),
    StringConstraints(pattern=f"^{TICKET_NUMBER.pattern}$"),
]


class Assignee(Payload):
    """The person a ticket is assigned to."""

    id: OneLine
    name: OneLine
    email: EmailAddress
