"""The documents of accounts as a caller sees them (`workflows/shared/visibility`)."""

from typing import Annotated, TypeAlias, TypeVar

from fastapi import Depends
from pydantic import BaseModel

from api.accounts.models import AccountDocument, AccountEventDocument
from api.http.auth import AuthenticCaller
from policies.vocabulary import Role
from workflows.account.model.views import AccountView
from workflows.shared.visibility.account_parts import ACCOUNT_EVENT_PARTS, ACCOUNT_PARTS
from workflows.shared.visibility.redaction import Redaction
from workflows.shared.visibility.sight import Sight, sees_internal

Document = TypeVar("Document", bound=BaseModel)
_REDACTION = Redaction(ACCOUNT_PARTS)


class AccountReader:
    """Reads accounts for one role."""

    def __init__(self, role: Role) -> None:
        self._role = role

    def sees(self, document: Document) -> Document:
        """The document without what the role does not see."""
        return _REDACTION.shown(document, self._role)

    def account(self, view: AccountView) -> AccountDocument:
        """The account, with its events as the role sees them."""
        whole = AccountDocument.from_view(view)
        if not sees_internal(self._role):
            events = (
                _public(event) for event in whole.events if ACCOUNT_EVENT_PARTS.get(event.type)
            )
            whole = whole.model_copy(update={"events": tuple(events)})
        return self.sees(whole)


def _public(event: AccountEventDocument) -> AccountEventDocument:
    sights = ACCOUNT_EVENT_PARTS.get(event.type) or {}
    data = {name: v for name, v in event.data.items() if sights.get(name) is Sight.PUBLIC}
    return event.model_copy(update={"data": data})


async def _reader(caller: AuthenticCaller) -> AccountReader:
    return AccountReader(caller.actor.role)


Reader: TypeAlias = Annotated[AccountReader, Depends(_reader)]
