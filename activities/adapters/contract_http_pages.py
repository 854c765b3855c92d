"""The accounts under a policy, as a directory over HTTP lists them: in pages of results.

`GET {url}?policy=cention` returns the first page, `&after=nordic` the page after that account:

    {"policy": "cention", "after": "nordic", "accounts": ["oslo", "riga"], "more": false}

A page repeats its query, because the signature covers only the page. Accounts are in byte order,
each after the account of the query, so that the pages end.
"""

from collections.abc import AsyncIterator, Awaitable, Callable

from pydantic import BaseModel, ConfigDict, ValidationError

from activities.adapters.contract_http_signed import SignedAnswer, UntrustedAnswer
from policies.schema.contract import Slug

Get = Callable[[dict[str, str]], Awaitable[SignedAnswer | None]]
"""Requests the page of a query."""


class ListedPage(BaseModel):
    """One page of results. Unknown keys are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    policy: str
    after: str | None = None
    accounts: tuple[Slug, ...]
    more: bool


async def accounts_under(policy: str, get: Get) -> AsyncIterator[str]:
    """Every account under a policy, in order. Raises UntrustedAnswer, and the errors of `get`."""
    after: str | None = None
    while True:
        page = await page_under(policy, after, get)
        for account in page.accounts:
            yield account
        if not page.more:
            return
        after = page.accounts[-1]


async def page_under(policy: str, after: str | None, get: Get) -> ListedPage:
    """The page after an account. Raises as `accounts_under`."""
    query = {"policy": policy} if after is None else {"policy": policy, "after": after}
    return _page(policy, after, await get(query))


def _page(policy: str, after: str | None, answer: SignedAnswer | None) -> ListedPage:
    """The page of this query. Raises UntrustedAnswer for anything else."""
    if answer is None:
        raise UntrustedAnswer("the directory lists no accounts: it answered 404")
    try:
        page = ListedPage.model_validate_json(answer.body, strict=True)
    except ValidationError as error:
        raise UntrustedAnswer(
            f"the answer is not a page of accounts: {_error_list(error)}"
        ) from None
    if (page.policy, page.after) != (policy, after):
        raise UntrustedAnswer(f"the answer is the page of {page.policy!r} after {page.after!r}")
    previous = after or ""
    for account in page.accounts:
        if account <= previous:
            raise UntrustedAnswer(f"{account!r} is listed after {previous!r}, out of order")
        previous = account
    if page.more and not page.accounts:
        raise UntrustedAnswer("the page is empty, but has more: true")
    return page


def _error_list(error: ValidationError) -> str:
    errors = error.errors(include_input=False, include_context=False, include_url=False)
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'the whole'}: {e['msg']}" for e in errors)
