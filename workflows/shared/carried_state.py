"""The base of the state that continue-as-new carries from run to run."""

from typing import Self

from pydantic import BaseModel, ConfigDict


class CarriedState(BaseModel):
    """The state of a ticket or an account.

    Unknown fields are ignored and new fields have defaults, so that a deploy or a roll-back can
    read the state of every open workflow.
    """

    model_config = ConfigDict(extra="ignore")

    def draft(self) -> Self:
        """A copy on which to try a change. The items of its lists are immutable and shared."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        copies = {n: v.copy() for n, v in fields.items() if isinstance(v, list | dict)}
        return self.model_copy(update=copies)
