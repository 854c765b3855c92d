"""The levels of management that the rungs of a ladder raise a ticket to."""

from collections.abc import Iterator, Sequence

from policies.schema.clocks import Rung, raised_levels
from policies.terms.model.clock import RungTerms
from policies.terms.model.process import LevelTerms


def ladder_terms(ladder: Sequence[Rung], levels: Sequence[LevelTerms]) -> Iterator[RungTerms]:
    """The terms of each rung. A level that a ticket of this plan does not have is not raised to."""
    for rung, level in zip(
        ladder, raised_levels(ladder, [level.names for level in levels]), strict=True
    ):
        raises = level is not None and level <= len(levels)
        yield RungTerms(
            at=rung.at,
            tell=rung.tell,
            template=rung.template,
            raises_level=raises,
            level=level if raises else None,
        )
