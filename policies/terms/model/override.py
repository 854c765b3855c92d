"""A value in which the contract departs from the policy."""

from pydantic import JsonValue

from policies.terms.model.pinned import Pinned


class OverrideTerms(Pinned):
    """A value of the policy that the contract replaced, and the clause it belongs to."""

    path: str
    policy: JsonValue = None
    contract: JsonValue = None
    clause: str = ""
