"""The texts in the language of the terms.

Actions, fields and values to send back keep the names of the API in every language. Roles and
stages have names of their own.
"""

from policies.i18n.phrases import Phrases
from workflows.shared.texts.english import ENGLISH
from workflows.shared.texts.french import FRENCH, FRENCH_NAMES

PHRASES = Phrases({"en": ENGLISH, "fr": FRENCH}, {"fr": FRENCH_NAMES})
