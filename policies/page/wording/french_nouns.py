"""Les noms d’une page de support en français : délais, canaux, événements, périodes, unités."""

ROLES = {"engineering": "l’équipe Ingénierie", "product": "l’équipe Produit"}
EACH = {
    "month": "mois",
    "quarter": "trimestre",
    "calendar_year": "année civile",
    "contract_year": "année de contrat",
}
OF_EACH = {
    "month": "chaque mois",
    "quarter": "chaque trimestre",
    "calendar_year": "chaque année civile",
    "contract_year": "chaque année de contrat",
}
UNITS = {
    "minute": ("minute", "minutes"),
    "hour": ("heure", "heures"),
    "day": ("jour", "jours"),
    "week": ("semaine", "semaines"),
    "business minute": ("minute ouvrée", "minutes ouvrées"),
    "business hour": ("heure ouvrée", "heures ouvrées"),
    "business day": ("jour ouvré", "jours ouvrés"),
}
LATE = {
    "started": "chaque {unit} de retard entamé{e}",
    "whole": "chaque {unit} de retard révolu{e}",
    "started_several": "chaque période de {period} de retard entamée",
    "whole_several": "chaque période entière de {period} de retard",
}
DOWN = {
    "started": "chaque {unit} d’indisponibilité entamé{e}",
    "whole": "chaque {unit} d’indisponibilité révolu{e}",
    "started_several": "chaque période de {period} d’indisponibilité entamée",
    "whole_several": "chaque période entière de {period} d’indisponibilité",
}
FOLLOWING_WEEK = "la semaine suivante"
END_OF_DAY = "{length}, jusqu’à la fermeture"
SAME_DAY = "le jour ouvré même, jusqu’à la fermeture"
SAME_TIME = "{length}, à la même heure"
TIMES = ("séance", "séances")
CLOCKS = {
    "acknowledgement": "accusé de réception",
    "first_response": "première réponse",
    "assignment": "attribution",
    "triage": "analyse",
    "engineering_handoff": "transmission aux équipes techniques",
    "review": "examen",
    "forecast": "prévision",
    "next_update": "prochain point d’avancement",
    "resolution": "résolution",
    "workaround": "solution de contournement",
}
CHANNELS = {
    "email": "e-mail",
    "phone": "téléphone",
    "portal": "portail",
    "forum": "forum",
    "chat": "messagerie instantanée",
    "widget": "module intégré à la plateforme",
    "call": "visioconférence",
    "web": "formulaire en ligne",
}
EVENTS = {
    "opened": "la réception de votre demande",
    "acknowledged": "notre accusé de réception",
    "assigned": "son attribution à une personne",
    "unassigned": "la fin d’une attribution",
    "responded": "notre première réponse",
    "information_requested": "la question que nous vous posons",
    "information_provided": "votre réponse",
    "update_posted": "notre point d’avancement",
    "workaround_provided": "une solution de contournement",
    "workaround_withdrawn": "le retrait d’une solution de contournement",
    "estimate_given": "notre estimation",
    "escalated": "l’escalade",
    "triage_concluded": "la fin de l’analyse",
    "engineering_needed": "la décision de saisir nos équipes techniques",
    "handed_over": "la transmission à nos équipes techniques",
    "reviewed": "un examen",
    "review_completed": "la fin de l’examen",
    "forecast_shared": "notre prévision",
    "forecast_lapsed": "la fin d’une prévision qui n’a pas été tenue",
    "engineering_started": "le début des travaux de nos équipes techniques",
    "release_scheduled": "le choix d’une version",
    "reclassified": "une modification de la priorité ou des informations",
    "priority_changed": "une modification de la priorité",
    "due_time_agreed": "un accord sur une autre échéance",
    "level_raised": "le passage à un niveau de direction",
    "resolved": "la résolution",
    "reopened": "une réouverture",
    "closed": "la clôture de la demande",
}
