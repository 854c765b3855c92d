"""Which accounts are under a policy, as a directory over HTTP lists them: page by page.

`GET {url}?policy=cention` answers the first page, `&after=nordic` the one behind that account:

    {"policy": "cention", "after": "nordic", "accounts": ["oslo", "riga"], "more": false}

A page names the question it answers, because the signature is of the page alone. Accounts stand in
the order of their bytes, each behind the one that was asked from, so that the pages have an end.
"""

from collections.abc import AsyncIterator, Awaitable, Callable

from pydantic import BaseModel, ConfigDict, ValidationError

from activities.adapters.contract_http_signed import SignedAnswer, UntrustedAnswer
from policies.schema.contract import Slug

Ask = Callable[[dict[str, str]], Awaitable[SignedAnswer | None]]


class AccountPage(BaseModel):
    """One page; keys that a newer directory adds are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    policy: str
    after: str | None = None
    accounts: tuple[Slug, ...]
    more: bool


async def listed(policy: str, ask: Ask) -> AsyncIterator[str]:
    """Every account under a policy, in order. Raises NotBelieved, and whatever `ask` raises."""
    after: str | None = None
    while True:
        page = _page(policy, after, await ask({"policy": policy} | _behind(after)))
        for account in page.accounts:
            yield account
        if not page.more:
            return
        after = page.accounts[-1]


def _behind(after: str | None) -> dict[str, str]:
    return {} if after is None else {"after": after}


def _page(policy: str, after: str | None, answer: SignedAnswer | None) -> AccountPage:
    """The page that was asked for, or NotBelieved."""
    if answer is None:
        raise UntrustedAnswer("the directory lists no accounts: it answered 404")
    try:
        page = AccountPage.model_validate_json(answer.body, strict=True)
    except ValidationError as error:
        raise UntrustedAnswer(f"the answer is no page of accounts: {_words(error)}") from None
    if (page.policy, page.after) != (policy, after):
        raise UntrustedAnswer(f"the answer is the page of {page.policy!r} after {page.after!r}")
    known = after or ""
    for account in page.accounts:
        if account <= known:
            raise UntrustedAnswer(f"{account!r} is listed behind {known!r}, out of order")
        known = account
    if page.more and not page.accounts:
        raise UntrustedAnswer("an empty page says that there are more")
    return page


def _words(error: ValidationError) -> str:
    found = error.errors(include_input=False, include_context=False, include_url=False)
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'the whole'}: {e['msg']}" for e in found)
