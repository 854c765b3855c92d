"""Who receives notices."""

from policies.terms.model.pinned import Pinned


class Recipient(Pinned):
    """A person or team that receives notices, in this zone and locale."""

    name: str
    email: str
    zone: str = "UTC"
    locale: str = "en"

    @property
    def mailbox(self) -> str:
        """The address for comparisons: people write it in upper or lower case."""
        return self.email.casefold()
