"""Refusals of a request that does not fit the policy, in the language of its contract."""

from policies.i18n.phrases import Phrases

ENGLISH = {
    "refused": "this request does not fit the support policy",
    "needed": "{noun} is required; {nouns} of {title}: {choices}",
    "unknown": "'{value}' is not {noun} of {title}; its {nouns}: {choices}",
    "fact_unknown": "'{name}' is not a fact of {title}; its facts: {choices}",
    "wrong_type": "{value} is not {type}",
    "no_choice": "'{value}' is not one of {choices}",
    "with_question": "{wrong}; the question is: {ask}",
    "contracts_own": "'{name}' is set by the contract and cannot be given in a request",
    "channel": (
        "'{value}' is not a channel for this request; {title} accepts it by {choices} ({headings})"
    ),
    "account_unknown": "there is no account '{account}'",
    "unsettled": "we could not determine the support terms for this request",
    "none": "none",
    "noun.plan": "a plan",
    "noun.region": "a region",
    "noun.kind": "a kind of request",
    "noun.priority": "a priority",
    "nouns.plan": "plans",
    "nouns.region": "regions",
    "nouns.kind": "kinds of request",
    "nouns.priority": "priorities",
    "type.bool": "true or false",
    "type.int": "a whole number",
    "type.double": "a number",
    "type.string": "a text of at most {longest} characters",
    "type.choice": "a text (one of {choices})",
    "type.date": "a date such as 2026-12-24",
}
FRENCH = {
    "refused": "cette demande n’entre pas dans le cadre de la politique de support",
    "needed": "il faut indiquer {noun}\u00a0; {nouns} de {title} sont\u00a0: {choices}",
    "unknown": (
        "«\u00a0{value}\u00a0» n’est pas {noun} de {title}, dont {nouns} sont\u00a0: {choices}"
    ),
    "fact_unknown": (
        "«\u00a0{name}\u00a0» n’est pas une information que demande {title}\u00a0; "
        "les informations demandées sont\u00a0: {choices}"
    ),
    "wrong_type": "{value} n’est pas {type}",
    "no_choice": (
        "«\u00a0{value}\u00a0» n’est pas une réponse possible\u00a0; "
        "les réponses possibles sont\u00a0: {choices}"
    ),
    "with_question": "{wrong}\u00a0; la question est\u00a0: {ask}",
    "contracts_own": (
        "«\u00a0{name}\u00a0» est fixé par le contrat et ne peut pas être indiqué dans une demande"
    ),
    "channel": (
        "«\u00a0{value}\u00a0» n’est pas un canal ouvert à cette demande\u00a0; "
        "{title} la reçoit par {choices} ({headings})"
    ),
    "account_unknown": "le compte «\u00a0{account}\u00a0» n’existe pas",
    "unsettled": "nous n’avons pas pu établir les conditions de support de cette demande",
    "none": "aucun choix",
    "noun.plan": "une formule",
    "noun.region": "une région",
    "noun.kind": "un type de demande",
    "noun.priority": "une priorité",
    "nouns.plan": "les formules",
    "nouns.region": "les régions",
    "nouns.kind": "les types de demande",
    "nouns.priority": "les priorités",
    "type.bool": "true ou false",
    "type.int": "un nombre entier",
    "type.double": "un nombre",
    "type.string": "un texte d’au plus {longest} caractères",
    "type.choice": "un texte (parmi {choices})",
    "type.date": "une date telle que 2026-12-24",
}
PHRASES = Phrases({"en": ENGLISH, "fr": FRENCH})


def phrase(locale: str, name: str, /, **values: object) -> str:
    """The phrase `name` in the language of a locale."""
    return PHRASES.say(locale, name, **values)
