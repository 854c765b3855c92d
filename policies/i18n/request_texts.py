"""What customers are told when a request does not fit the policy, in their contract's language."""

from policies.i18n.phrases import Phrases

ENGLISH = {
    "refused": "the policy does not take this request",
    "needed": "{noun} is needed; {title} has {choices}",
    "unknown": "'{value}' is not {noun} of {title}, which has {choices}",
    "fact_unknown": "'{name}' is not asked for; {title} asks for {choices}",
    "wrong_type": "{value} is not {type}; what is asked: {ask}",
    "no_choice": "'{value}' is no answer; there is {choices}; what is asked: {ask}",
    "contracts_own": "'{name}' is for the contract to say, not for a request",
    "channel": (
        "'{value}' is not a channel for this request; "
        "{title} takes it by {choices} (clause {clauses})"
    ),
    "account_unknown": "there is no account '{account}'",
    "unsettled": "the desk could not find out what it promised for this request",
    "none": "none",
    "noun.plan": "a plan",
    "noun.region": "a region",
    "noun.kind": "a kind of request",
    "noun.priority": "a priority",
    "type.bool": "true or false",
    "type.int": "a whole number",
    "type.double": "a number",
    "type.string": "a text",
    "type.date": "a date such as 2026-12-24",
}
FRENCH = {
    "refused": "la politique de support n’admet pas cette demande",
    "needed": "il faut indiquer {noun}\u00a0; {title} propose {choices}",
    "unknown": "«\u00a0{value}\u00a0» n’est pas {noun} de {title}, qui propose {choices}",
    "fact_unknown": (
        "«\u00a0{name}\u00a0» n’est pas une information demandée\u00a0; {title} demande {choices}"
    ),
    "wrong_type": "{value} n’est pas {type}\u00a0; la question posée\u00a0: {ask}",
    "no_choice": (
        "«\u00a0{value}\u00a0» n’est pas une réponse possible\u00a0; "
        "les réponses sont {choices}\u00a0; la question posée\u00a0: {ask}"
    ),
    "contracts_own": "«\u00a0{name}\u00a0» relève du contrat, et non de la demande",
    "channel": (
        "«\u00a0{value}\u00a0» n’est pas un canal ouvert à cette demande\u00a0; "
        "{title} la reçoit par {choices} (clause {clauses})"
    ),
    "account_unknown": "le compte «\u00a0{account}\u00a0» n’existe pas",
    "unsettled": "le support n’a pas pu établir ce qui vaut pour cette demande",
    "none": "aucun choix",
    "noun.plan": "une formule",
    "noun.region": "une région",
    "noun.kind": "un type de demande",
    "noun.priority": "une priorité",
    "type.bool": "true ou false",
    "type.int": "un nombre entier",
    "type.double": "un nombre",
    "type.string": "un texte",
    "type.date": "une date telle que 2026-12-24",
}
PHRASES = Phrases({"en": ENGLISH, "fr": FRENCH})


def phrase(locale: str, name: str, /, **values: object) -> str:
    """A phrase in the language of a locale, with these values in their places."""
    return PHRASES.say(locale, name, **values)
