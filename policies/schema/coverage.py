"""Coverage: which requests may come in, what is asked of them, and which are covered."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag

from policies.schema.contract import Slug
from policies.schema.fields import Audience, Part, Rule, Says, Text
from policies.vocabulary import ClosedAs, Received


class ChannelRule(Rule):
    """Which channels requests may come in by; empty conditions admit everything."""

    channels: tuple[Slug, ...] = Field(min_length=1)
    plans: tuple[Slug, ...] = ()
    kinds: tuple[Slug, ...] = ()
    priorities: tuple[Slug, ...] = ()
    regions: tuple[Slug, ...] = ()
    received: tuple[Received, ...] = ()


class RequiredFor(Part):
    """For which requests a fact is required: kinds, plans, and a condition over other facts."""

    kinds: tuple[Slug, ...] = ()
    plans: tuple[Slug, ...] = ()
    when: Text | None = None


Requirement = Annotated[
    Annotated[RequiredFor, Tag("<requests>")] | Annotated[bool, Tag("<always>")],
    Discriminator(lambda v: "<requests>" if isinstance(v, dict | RequiredFor) else "<always>"),
]


class FactRule(Part):
    """A fact that coverage conditions may name, and how to ask for it.

    Without a `required` fact there is no verdict yet; the others count once they are known. A text
    may be limited to `choices`. What the contract says of a fact is the contract's to say alone
    when it is `given_by` the contract.
    """

    type: Annotated[str, StringConstraints(pattern=r"^(bool|int|double|string|date)$")]
    ask: Says
    required: Requirement = False
    choices: dict[Slug, Says] = Field(default_factory=dict)
    given_by: Literal["request", "contract"] = "request"


def _verdict_kind(value: Any) -> str:
    return "<covered>" if value == "covered" else "<refusal>"


CoverageVerdict = Annotated[
    Annotated[Literal["covered"], Tag("<covered>")] | Annotated[ClosedAs, Tag("<refusal>")],
    Discriminator(_verdict_kind),
]


class CoverageRule(Rule):
    """A condition (CEL over declared facts) and what a ticket is when it holds.

    `kinds` and `plans` limit it to some requests. An `id` makes it a reason that can be named
    when a ticket is closed by hand; `refers_to` names who is there for the request instead.
    """

    when: Text = "true"
    verdict: CoverageVerdict
    says: Says
    id: Slug | None = None
    kinds: tuple[Slug, ...] = ()
    plans: tuple[Slug, ...] = ()
    refers_to: Audience | None = None

    @property
    def closed_as(self) -> ClosedAs | None:
        """As what a request is closed when this holds; None where it is covered."""
        return None if self.verdict == "covered" else ClosedAs(self.verdict)
