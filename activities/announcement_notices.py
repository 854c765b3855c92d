"""The e-mails of an announcement to the people of an account, made when they are sent.

Histories name an addressee by its account and a hash. The address comes from the contract each
time, so nobody is written to whom the contract does not name any more.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from activities.notices import Notice, TicketRef
from activities.templates.manifest import ANNOUNCED
from policies.i18n.locales import words_in
from policies.reports.announcements import Announcement, addressees, announced, changes, mark_of
from policies.schema.contract import Contract
from policies.terms.model.recipient import Recipient


class AnnouncementNotices:
    """The notices of one announcement, made `at` a time."""

    def __init__(self, announcement: Announcement, at: datetime) -> None:
        self._announcement = announcement
        self._at = at
        self._facts: dict[str, dict[str, Any]] = {}
        """By locale. Comparing two revisions takes longer than the rest."""

    def to(self, contract: Contract) -> Iterator[tuple[str, Notice]]:
        """A notice to each addressee of an account, with the hash of the addressee."""
        for recipient in addressees(contract, self._announcement.new):
            mark = mark_of(contract.account, recipient)
            yield mark, self._notice(contract, recipient, mark)

    def _notice(self, contract: Contract, recipient: Recipient, mark: str) -> Notice:
        new = self._announcement.new
        facts = self._facts_in(recipient.locale)
        title = facts["policy_title"]
        return Notice(
            # With the addressee, because each gets an e-mail of its own.
            key=f"{ANNOUNCED}/{new.policy}/{new.revision}/{contract.account}/{mark}",
            template=ANNOUNCED,
            audience="account",
            contact=recipient,
            ticket=TicketRef.to_account(contract.account, contract.name, title, new.policy),
            facts=facts,
            at=self._at,
        )

    def _facts_in(self, locale: str) -> dict[str, Any]:
        if locale not in self._facts:
            old, new = self._announcement
            clauses = {**old.clauses, **new.clauses}
            self._facts[locale] = {
                "policy_title": words_in(new.title, locale, new.locale),
                "effective_on": new.revision.isoformat(),
                "summary": announced(new, locale),
                "changes": [
                    change.model_dump(mode="json") | {"clause": clauses[change.clause].at}
                    for change in changes(old, new, locale)
                ],
            }
        return self._facts[locale]
