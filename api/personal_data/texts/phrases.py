"""The texts by language. The words of the vocabulary are those of e-mails (`words.yaml`)."""

from api.personal_data.texts.english import ENGLISH
from api.personal_data.texts.french import FRENCH
from policies.i18n.phrases import Phrases

PHRASES = Phrases({"en": ENGLISH, "fr": FRENCH})
