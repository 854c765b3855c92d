"""The levels of management that the rungs of a ladder raise a ticket to."""

from collections.abc import Iterator, Sequence

from policies.schema.clocks import Rung, raised_levels
from policies.terms.model.clock import RungTerms
from policies.terms.model.process import LevelTerms
from policies.terms.model.table_rows import AudiencesTable
from policies.terms.variants import Variants


def ladder_terms(
    ladder: Sequence[Rung], levels: Sequence[LevelTerms], variants: Variants
) -> Iterator[RungTerms]:
    """The terms of each rung. A level that a ticket of this plan does not have is not raised to."""
    for rung, level in zip(
        ladder, raised_levels(ladder, [level.names for level in levels]), strict=True
    ):
        raises = level is not None and level <= len(levels)
        tell, table = variants.choice(rung.tell)
        yield RungTerms(
            at=rung.at,
            tell=tell or (),
            tell_by=AudiencesTable(**table) if table else None,
            template=rung.template,
            raises_level=raises,
            level=level if raises else None,
        )
