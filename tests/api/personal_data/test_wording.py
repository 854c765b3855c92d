"""Every word of a page is there in every language."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from api.identity.caller import Scope
from api.identity.keys.api_key import KeyState
from api.identity.keys.bound_credentials import CredentialKind
from api.personal_data.document import Ends, Held, Kind, Part, Place, Why
from api.personal_data.texts.phrases import PHRASES
from api.personal_data.wording import Wording
from api.tickets.models import EventDocument
from policies.vocabulary import NoticeStatus, Role, Side
from tests.languages import is_english
from workflows.account.model.views import ClaimState, CreditState
from workflows.shared.visibility.sight import Sight
from workflows.shared.visibility.ticket_events import TICKET_EVENTS

LANGUAGES = sorted(PHRASES.tables)
FAMILIES: dict[str, Iterable[str]] = {
    "event": [t for t, sight in TICKET_EVENTS.items() if Sight.INTERNAL not in sight.conditions],
    "where": Place,
    "ends": Ends,
    "why": Why,
    "role": Role,
    "side": Side,
    "sent": NoticeStatus,
    "state": CreditState,
    "claim": ClaimState,
    "scope": Scope,
    "key": KeyState,
    "kind": [*Kind, *CredentialKind],
    "reason": Kind,
    "missing": [Part.TICKET, *(f"{part}_all" for part in Part if part is not Part.TICKET)],
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_vocabulary_has_a_text(language: str) -> None:
    names = {f"{family}_{word}" for family, words in FAMILIES.items() for word in words}
    assert names - PHRASES.tables[language].keys() == set()


def test_every_language_has_the_same_texts() -> None:
    assert len({frozenset(PHRASES.tables[language]) for language in LANGUAGES}) == 1


def test_no_french_text_is_english() -> None:
    texts = (re.sub(r"{\w+}", "", text) for text in PHRASES.tables["fr"].values())
    assert [text for text in texts if is_english(text)] == []


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "Deadline missed: first response, Wednesday 6 January 2027, 09:00 EST"),
        (
            "fr",
            "Échéance dépassée\u00a0: première réponse, mercredi 6 janvier 2027 à 9\u00a0h "
            "(heure de New York)",
        ),
    ],
)
def test_an_event_is_shown_with_its_data_in_the_words_of_the_reader(locale: str, text: str) -> None:
    event = EventDocument.model_validate(
        {
            "seq": 1,
            "type": "clock_breached",
            "at": datetime(2027, 1, 6, 14, tzinfo=UTC),
            "by": {"role": "system"},
            "data": {"clock": "first_response", "due_at": "2027-01-06T14:00:00Z"},
        }
    )
    assert Wording(locale, "America/New_York").event(event) == text


@pytest.mark.parametrize(("days", "text"), [(1, "1 day"), (30, "30 days")])
def test_the_retention_is_counted_in_days(days: int, text: str) -> None:
    held = Held(where=Place.TICKET_HISTORY, ends=Ends.RETENTION, days=days)
    assert Wording("en", "UTC").until(held) == (
        f"It will be deleted {text} after the request was closed."
    )
