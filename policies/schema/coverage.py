"""Coverage: the channels for requests, the facts about them, and which requests are covered."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag

from policies.schema.contract import Slug
from policies.schema.fields import Audience, FactRows, Part, Rule, Says
from policies.vocabulary import ClosedAs, Received

Condition = Annotated[str, StringConstraints(min_length=1, max_length=1_000, strip_whitespace=True)]
"""A condition over facts in CEL."""


class ChannelRule(Rule):
    """The channels for some requests; an empty condition applies to all."""

    channels: tuple[Slug, ...] = Field(min_length=1)
    plans: tuple[Slug, ...] = ()
    kinds: tuple[Slug, ...] = ()
    priorities: tuple[Slug, ...] = ()
    regions: tuple[Slug, ...] = ()
    received: tuple[Received, ...] = ()
    facts: FactRows = Field(default_factory=dict)


class RequiredFor(Part):
    """The requests for which a fact is required: kinds, plans, and a condition on other facts."""

    kinds: tuple[Slug, ...] = ()
    plans: tuple[Slug, ...] = ()
    when: Condition | None = None


Requirement = Annotated[
    Annotated[RequiredFor, Tag("<requests>")] | Annotated[bool, Tag("<always>")],
    Discriminator(lambda v: "<requests>" if isinstance(v, dict | RequiredFor) else "<always>"),
]


class FactRule(Part):
    """A fact for coverage conditions, and the question that asks for it.

    Without a `required` fact there is no verdict; other facts count once they are known. `choices`
    are the only values of a text, unless `allow_other` is true. With `given_by: contract`, only the
    contract may state the fact.
    """

    type: Annotated[str, StringConstraints(pattern=r"^(bool|int|double|string|date)$")]
    ask: Says
    required: Requirement = False
    choices: dict[Slug, Says] = Field(default_factory=dict)
    allow_other: bool = False
    given_by: Literal["request", "contract"] = "request"


class CoverageRule(Rule):
    """A condition (CEL over declared facts), and the verdict if it is true.

    `kinds` and `plans` limit the rule to some requests. With an `id`, an agent can give it as the
    reason when closing a ticket. `refers_to` names who handles such requests instead.
    """

    when: Condition = "true"
    verdict: Literal["covered", "not_covered", "not_eligible"]
    says: Says
    id: Slug | None = None
    kinds: tuple[Slug, ...] = ()
    plans: tuple[Slug, ...] = ()
    refers_to: Audience | None = None

    @property
    def closed_as(self) -> ClosedAs | None:
        """How a request under this rule is closed; None if the rule covers it."""
        return None if self.verdict == "covered" else ClosedAs(self.verdict)
