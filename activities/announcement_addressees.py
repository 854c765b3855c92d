"""Addressees of an announcement, as histories name them: by account and hash, without an address.

acme           everybody whom the contract of acme names
acme/1f0c…     one of them, by a hash
acme/1f0c…+    those whose hashes come after it
"""

from typing import NamedTuple, Self

_SEPARATOR, _REST = "/", "+"


class Addressees(NamedTuple):
    """Some or all addressees of an account. Without a hash, all of them."""

    account: str
    mark: str = ""
    is_rest: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """The addressees that a text names."""
        account, _, mark = text.partition(_SEPARATOR)
        return cls(account, mark.removesuffix(_REST), mark.endswith(_REST))

    def __str__(self) -> str:
        if not self.mark:
            return self.account
        return f"{self.account}{_SEPARATOR}{self.mark}{_REST if self.is_rest else ''}"

    @property
    def is_one(self) -> bool:
        """Whether it is a single person or mailbox."""
        return bool(self.mark) and not self.is_rest

    def include(self, mark: str) -> bool:
        """Whether the addressee with this hash is one of them."""
        return mark == self.mark if self.is_one else mark > self.mark

    def one(self, mark: str) -> Self:
        """The addressee of the same account with this hash."""
        return type(self)(self.account, mark)

    def after(self, mark: str) -> Self:
        """Those of the same account whose hashes come after this one."""
        return type(self)(self.account, mark, is_rest=True)
