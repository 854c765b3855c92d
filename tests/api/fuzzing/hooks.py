"""Hooks of Schemathesis: half of the requests are about tickets and accounts that exist."""

import os
from itertools import count, cycle
from typing import Any

import schemathesis
from schemathesis import Case

_tickets = cycle(os.environ["FUZZED_TICKETS"].split())
_account = os.environ["FUZZED_ACCOUNT"]
_turns = count()


@schemathesis.hook
def before_call(context: Any, case: Case[Any], kwargs: Any) -> None:
    """Puts an existing ticket or account into every second request."""
    del context, kwargs
    if next(_turns) % 2:
        return
    if "number" in case.path_parameters:
        case.path_parameters["number"] = next(_tickets)
    if "account" in case.path_parameters:
        case.path_parameters["account"] = _account
    if isinstance(case.body, dict) and "account" in case.body:
        case.body |= {"account": _account, "channel": "email"}
