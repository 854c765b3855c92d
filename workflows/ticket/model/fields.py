"""Field types that the inputs of actions and the state of a ticket share."""

import re
from typing import Annotated

from pydantic import Field, StringConstraints

from policies.email_addresses import EmailAddress
from policies.schema.contract import OneLine
from policies.schema.request import Facts
from workflows.shared.action_request import LONGEST_TEXT
from workflows.shared.payload import Payload

Note = Annotated[str, StringConstraints(max_length=LONGEST_TEXT, strip_whitespace=True)]
Question = Annotated[str, StringConstraints(min_length=1, max_length=1_000, strip_whitespace=True)]
Questions = Annotated[tuple[Question, ...], Field(max_length=20)]
StatedFacts = Annotated[Facts, Field(max_length=50)]
"""Facts that an action states. An action with such a field has it checked against the policy."""
TICKET_NUMBER = re.compile(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}")
TicketNumber = Annotated[str, StringConstraints(pattern=f"^{TICKET_NUMBER.pattern}$")]


class Assignee(Payload):
    """The person a ticket is assigned to."""

    id: OneLine
    name: OneLine
    email: EmailAddress
