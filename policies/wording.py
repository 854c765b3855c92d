"""What a requester is told when a request does not fit the policy, in the contract's language.

Where a language is missing, English is spoken; a test holds every language to the same phrases.
"""

ENGLISH = {
    "needed": "is needed; {title} has {choices}",
    "unknown": "'{value}' is unknown; {title} has {choices}",
    "fact_unknown": "is unknown; {title} has {choices}",
    "wrong_type": "{value!r} is no {type}: {ask}",
    "no_choice": "{value!r} is unknown; there is {choices}",
    "contracts_own": "is for the contract to say, not for a request",
    "channel": (
        "'{value}' is not a channel for this request; "
        "{title} takes it by {choices} (clause {clauses})"
    ),
    "none": "none",
}
FRENCH = {
    "needed": "est nécessaire\u00a0; {title} connaît {choices}",
    "unknown": "«\u00a0{value}\u00a0» est inconnu\u00a0; {title} connaît {choices}",
    "fact_unknown": "est inconnu\u00a0; {title} connaît {choices}",
    "wrong_type": "{value!r} n’est pas de type {type}\u00a0: {ask}",
    "no_choice": "{value!r} est inconnu\u00a0; il y a {choices}",
    "contracts_own": "relève du contrat, non de la demande",
    "channel": (
        "«\u00a0{value}\u00a0» n’est pas un canal pour cette demande\u00a0; "
        "{title} la reçoit par {choices} (clause {clauses})"
    ),
    "none": "aucun",
}
PHRASES = {"en": ENGLISH, "fr": FRENCH}


def phrase(locale: str, name: str, **values: object) -> str:
    """A phrase in the language of a locale, with these values in their places."""
    language = locale.replace("_", "-").partition("-")[0]
    return PHRASES.get(language, ENGLISH)[name].format(**values)
