"""Reduces a view, or the author of an event, to the parts that a reader sees."""

from collections.abc import Container, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from policies.vocabulary import Role
from workflows.shared.action_request import Actor
from workflows.shared.visibility.sight import Parts, Sight, sees_internal

Part = TypeVar("Part", bound=BaseModel)


class Redaction:
    """Applies the table of some models. `rows` names a field of a model and its public value: of
    these models, only entries with it are public.
    """

    def __init__(
        self, models: Mapping[str, Parts], rows: Mapping[str, tuple[str, object]] | None = None
    ) -> None:
        self._models = models
        self._rows = rows or {}

    def shown(self, part: Part, role: Role, promised: Container[str] = ()) -> Part:
        """The part as readers of this role see it. `promised` has the names of promised clocks."""
        return part if sees_internal(role) else self._public(part, promised)

    def _public(self, part: Part, promised: Container[str]) -> Part:
        sights = self._models.get(type(part).__name__, {})
        holding = {Sight.PUBLIC}
        if _is_theirs(part):
            holding.add(Sight.IF_THEIRS)
        if getattr(part, "clock", None) in promised:
            holding.add(Sight.IF_PROMISED)
        return part.model_copy(
            update={
                name: self._value(getattr(part, name), promised)
                if sights.get(name, Sight.INTERNAL) in holding
                else blank(field)
                for name, field in type(part).model_fields.items()
            }
        )

    def _value(self, value: Any, promised: Container[str]) -> Any:
        if isinstance(value, BaseModel):
            return self._public(value, promised)
        if isinstance(value, tuple):
            return tuple(self._value(each, promised) for each in value if self._is_shown(each))
        if isinstance(value, dict):
            return {name: self._value(each, promised) for name, each in value.items()}
        return value

    def _is_shown(self, entry: Any) -> bool:
        row = self._rows.get(type(entry).__name__)
        return row is None or getattr(entry, row[0]) == row[1]


def public_name(author: Actor, team: str) -> str:
    """The name of an author for requesters, who get no id of staff: then it is that of the team."""
    return author.name or team if sees_internal(author.role) else author.display_name


def blank(field: FieldInfo) -> Any:
    """The value of a field that a reader does not see: its default, or an empty text."""
    if field.is_required():
        return "" if field.annotation is str else None
    default = field.get_default(call_default_factory=True)
    return None if default is PydanticUndefined else default


def _is_theirs(part: BaseModel) -> bool:
    """Whether the requester's side acted. It did not in a part without an actor."""
    actor = getattr(part, "by", part)
    role = getattr(actor, "role", None)
    return isinstance(role, Role) and not sees_internal(role)
