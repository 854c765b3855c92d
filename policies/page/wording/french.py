"""Les mots d'une page de support en français. Les espaces devant les signes doubles et entre un
nombre et son unité sont insécables.
"""

_S = "\u00a0"

PHRASES = {
    "in_force": "En vigueur à compter du {day}.",
    "made_for": "Les jours fériés indiqués sont ceux de {year}.",
    "contents": "Sur cette page",
    "skip": "Aller au contenu",
    "end": "{title}, en vigueur à compter du {day}.",
    "contact": "Comment nous joindre",
    "hours": "Horaires du support",
    "priorities": "Priorités",
    "kinds": "Types de demandes",
    "targets": "Délais de réponse et de résolution",
    "pauses": "Suspension des délais",
    "handling": "Traitement d’une demande",
    "escalation": "Procédure d’escalade",
    "coverage": "Périmètre du support",
    "included": "Prestations incluses",
    "availability": "Disponibilité",
    "credits": "Crédits de service",
    "service_levels": "Niveaux de service",
    "notice": "Évolutions et préavis",
    "agreement": "L’accord en bref",
    "any_channel": "Vous pouvez nous adresser une demande par tous nos canaux.",
    "reach": f"Adressez-nous votre demande par l’un de ces canaux{_S}: {{channels}}.",
    "reach_one": "Adressez-nous votre demande par {channels}.",
    "reach_table": "Canaux selon la demande",
    "channels": "Canaux",
    "inside": "pendant les heures ouvrées",
    "outside": "en dehors des heures ouvrées",
    "with_condition": "{name} ({condition})",
    "fact_is": "{ask} {choices}",
    "no_channel": "aucun",
    "hours_table": "Horaires du support",
    "hours_column": "Horaires",
    "zone_column": "Fuseau horaire",
    "zone": "heure {city}",
    "around_the_clock": f"24{_S}heures sur{_S}24, 7{_S}jours sur{_S}7",
    "hours_for": f"Pour «{_S}{{clocks}}{_S}», les horaires suivants s’appliquent{_S}:",
    "all_requests": "Toutes les demandes",
    "closed": "fermé",
    "from_to": "du {first} au {last}",
    "on_days": "{days}, {windows}",
    "holidays": "Jours de fermeture en {year}",
    "holidays_for": f"Jours de fermeture en {{year}}{_S}: {{who}}",
    "half_days": "Fermetures anticipées en {year}",
    "open_days": "Jours à horaires particuliers en {year}",
    "date_column": "Date",
    "name_column": "Jour",
    "no_holidays": "Ces horaires s’appliquent aussi les jours fériés.",
    "no_holidays_for": f"{{who}}{_S}: ces horaires s’appliquent aussi les jours fériés.",
    "idle": "{name} (week-end)",
    "zone_of_all": f"Fuseau horaire{_S}: {{zone}}.",
    "closes_early": "Fermeture à {time}",
    "closes_at": f"{{name}}{_S}: fermeture à {{time}}",
    "worked": "ouvert, aux horaires du {weekday}",
    "no_hours": "Aucun horaire de support n’est publié.",
    "target": "Délai",
    "target_table": "Délais",
    "targets_of": f"Délais{_S}: {{who}}",
    "promise": "Notre engagement",
    "counted_from": "Le délai court à partir de {starts}, jusqu’à {stops}.",
    "counted_once": "Le délai court à partir de {starts}.",
    "repeats": "Il recommence jusqu’à la résolution de la demande.",
    "cut_off": (
        "Ce qui nous parvient après {time}, ou un jour sans support, compte à partir de "
        "l’ouverture du jour ouvré suivant."
    ),
    "agreed": "Nous pouvons convenir d’un autre délai avec vous.",
    "same_cycle": "Si la demande est rouverte, le délai reprend avec le temps qui restait.",
    "new_cycle": "Si la demande est rouverte, le délai repart de zéro.",
    "recount": (
        "Si la priorité change, le nouveau délai est compté à partir du même point de départ."
    ),
    "restart": "Si la priorité change, le nouveau délai court en entier à partir du changement.",
    "keep": "Un changement de priorité ne modifie pas un délai qui court déjà.",
    "continue": "Si la priorité change, le temps déjà écoulé est déduit du nouveau délai.",
    "unit_business_hours": (
        "Les heures ouvrées et les minutes ouvrées sont celles des horaires du support."
    ),
    "unit_business_days": (
        "Un jour ouvré est un jour où le support est ouvert. Compté à partir d’une heure ouvrée, "
        "le délai s’achève à la même heure de la journée. Dans les autres cas, il comprend des "
        "jours entiers à partir de la prochaine ouverture."
    ),
    "unit_end_of_day": (
        "Un délai «\u00a0jusqu’à la fermeture\u00a0» s’achève à la fermeture du support."
    ),
    "unit_following_week": (
        "«\u00a0La semaine suivante\u00a0» s’achève à la dernière fermeture du support de cette "
        "semaine."
    ),
    "unit_elapsed": (
        "Les heures et les jours qui ne sont pas dits ouvrés se comptent sans interruption, nuits, "
        "week-ends et jours fériés compris."
    ),
    "no_targets": "Aucun délai de réponse ou de résolution n’est garanti.",
    "pause_information": "Tant que nous attendons votre réponse à une question.",
    "pause_engineering": "Tant que votre demande est entre les mains de nos équipes techniques.",
    "pause_own": "À partir de {starts}, jusqu’à {stops}.",
    "pause_of": (
        f"{{clocks}}{_S}: le délai est suspendu dans les cas suivants, puis reprend avec le temps "
        f"qui restait."
    ),
    "no_pauses": (
        "Aucun délai n’est suspendu\u00a0: ils courent aussi lorsque nous attendons une réponse de "
        "votre part."
    ),
    "guarantee_none": "Aucun délai n’est garanti.",
    "guarantee_priority_flag": "Demande signalée comme prioritaire, sans délai garanti.",
    "guarantee_best_effort": "Nous faisons notre possible, sans délai garanti.",
    "guarantee_reasonable_time": "Dans un délai raisonnable.",
    "guarantee_next_release": "Dans une version planifiée.",
    "number": (
        "Chaque demande porte un numéro. Merci de le rappeler dans tous vos échanges avec nous."
    ),
    "classification_requester": (
        "La priorité d’une demande peut être modifiée par vous ou par nous."
    ),
    "classification": (
        "La priorité que vous indiquez est votre appréciation de la demande. Nous fixons celle qui "
        "s’applique."
    ),
    "outcomes": f"Notre première réponse comporte un ou plusieurs de ces éléments{_S}:",
    "outcome_resolution": "une résolution",
    "outcome_information_request": "une demande d’informations",
    "outcome_escalation": "une escalade",
    "outcome_work_started": "la confirmation que notre diagnostic a commencé",
    "keep_assigned": (
        f"Aux priorités suivantes, une personne reste chargée de la demande jusqu’à sa résolution"
        f"{_S}: {{names}}."
    ),
    "triage": "Analyse",
    "triage_by_agent": (
        "Une demande qui exige un examen plus approfondi fait l’objet d’une analyse."
    ),
    "triage_by_both": (
        "Une demande qui exige un examen plus approfondi fait l’objet d’une analyse. Vous pouvez "
        "aussi la demander."
    ),
    "triage_told": "Au début de l’escalade, nous informons {audiences}.",
    "triage_steps": f"Cette analyse comprend les étapes suivantes{_S}:",
    "engineering": "Équipes techniques",
    "handoff": (
        "Si l’analyse n’aboutit pas, votre demande est transmise à nos équipes techniques avec "
        "toutes les informations recueillies."
    ),
    "handoff_automatic": (
        "La transmission a lieu au plus tard à l’ouverture de la semaine suivante."
    ),
    "forecast": (
        "Une fois l’examen terminé, nous vous indiquons quand les travaux devraient commencer. "
        "Cette prévision repose sur la priorité du point de vue de {viewpoints}."
    ),
    "forecast_again": (
        "Si cette date passe sans que les travaux commencent, vous recevez une nouvelle prévision."
    ),
    "releases": (
        "Une correction peut faire partie d’une version planifiée. Nous vous indiquons alors "
        "laquelle."
    ),
    "workaround": (
        "Dans la mesure du possible, nous proposons une solution de contournement en attendant la "
        "résolution."
    ),
    "estimate": "Nous pouvons vous indiquer quand la demande devrait être résolue.",
    "after": "Résolution et clôture",
    "closing": (
        "Après la résolution, vous pouvez rouvrir la demande pendant {duration}. Elle est ensuite "
        "clôturée."
    ),
    "reopen_by": "Une demande résolue faute de réponse se rouvre par {channels}.",
    "reminders": (
        "Si vous ne répondez pas à l’une de nos questions, nous vous relançons après {durations}."
    ),
    "reminders_of": (
        "Si vous ne répondez pas à l’une de nos questions ({who}), nous vous relançons après "
        "{durations}."
    ),
    "expires_close": "Sans réponse de votre part, la demande est clôturée après {duration}.",
    "expires_resolve": (
        "Sans réponse de votre part, la demande est considérée comme résolue après {duration}."
    ),
    "levels_you": (
        f"Si le traitement d’une demande ne vous satisfait pas, vous pouvez la faire remonter{_S}:"
    ),
    "levels_us": f"Une demande qui exige l’attention de la direction est transmise{_S}:",
    "levels_after_resolution": "Une escalade reste possible après la résolution.",
    "levels_after_refusal": "Une escalade reste possible après un refus.",
    "levels_after_both": "Une escalade reste possible après la résolution ou après un refus.",
    "level": f"Niveau{_S}{{number}}{_S}: {{name}}",
    "levels_ladder": "Les niveaux se suivent dans cet ordre.",
    "levels_any": "Vous choisissez librement parmi ces interlocuteurs.",
    "for_who": "{name} ({who})",
    "covered": "Pris en charge",
    "not_covered": "Non pris en charge",
    "not_eligible": "Qui peut nous adresser une demande",
    "covered_lead": f"Le support intervient dans les cas suivants{_S}:",
    "not_covered_lead": f"Le support n’intervient pas dans les cas suivants{_S}:",
    "covered_else": "Toutes les autres demandes sont prises en charge.",
    "all_covered": "Toutes les demandes sont prises en charge.",
    "questions": f"Pour en décider, nous avons besoin de savoir{_S}:",
    "of_contract": f"Ces réponses figurent dans votre contrat{_S}:",
    "allowance_table": "Prestations incluses selon la formule",
    "allowance": "{amount} par {each}",
    "allowance_hours": "jusqu’à {hours} par {each}",
    "allowance_times": "jusqu’à {times} par {each}",
    "rollover_all": "le solde peut être utilisé à la période suivante",
    "rollover": "du solde, {amount} au plus peuvent être utilisées à la période suivante",
    "available": "Nous garantissons un taux de disponibilité de {percent}, {of_each}.",
    "availability_table": f"Disponibilité garantie, par période{_S}: {{each}}",
    "share_column": "Disponibilité",
    "measured": (
        "Ce taux se mesure par {each}, {zone}, sans tenir compte des périodes exclues ci-dessous."
    ),
    "measured_whole": "Ce taux se mesure sur la totalité de la période ({each}), {zone}.",
    "maintenance": (
        "La maintenance hebdomadaire a lieu {hours} ({offset}). Elle n’est pas comptée comme "
        "indisponibilité."
    ),
    "uncounted": f"Ces causes d’indisponibilité ne sont pas comptées{_S}:",
    "announced": "{says} (annoncée à l’avance)",
    "announced_before": "{says} (annoncée au moins {duration} à l’avance)",
    "service_level": (
        f"{{percent}} des cas respectent «{_S}{{clock}}{_S}» dans chaque période ({{each}})."
    ),
    "service_level_of": (
        f"{{percent}} des cas ({{who}}) respectent «{_S}{{clock}}{_S}» dans chaque période "
        f"({{each}})."
    ),
    "credit_late": f"{{clock}}{_S}: {{worth}} pour {{period}}.",
    "credit_breach": f"{{clock}}{_S}: {{worth}} par échéance manquée.",
    "credit_point_started": (
        f"Disponibilité inférieure à {{percent}}{_S}: {{worth}} par point entamé."
    ),
    "credit_point_whole": (
        f"Disponibilité inférieure à {{percent}}{_S}: {{worth}} par point entier."
    ),
    "credit_downtime": f"Disponibilité inférieure à {{percent}}{_S}: {{worth}} pour {{period}}.",
    "credit_availability": f"Disponibilité ({{each}}){_S}:",
    "credit_level": f"{{level}}, en cas de manquement{_S}: {{worth}}.",
    "credit_level_bands": f"{{level}}, en cas de manquement{_S}:",
    "credit_breaches": f"{{clock}}, selon le nombre d’échéances manquées par {{each}}{_S}:",
    "band_below": f"en dessous de {{percent}}{_S}: {{worth}}",
    "band_breaches": f"à partir de {{number}}{_S}: {{worth}}",
    "credit_who": "({who})",
    "capped": "{text} Le total est limité à {cap} par {each}.",
    "worth_time": "{duration} de contrat en plus",
    "worth_percent": "{percent} de ce montant{_}: {fee}".replace("{_}", _S),
    "late": f"Si nous manquons à un engagement, vous bénéficiez des crédits suivants{_S}:",
    "claim": "Merci de demander un crédit dans un délai de {duration} après le manquement.",
    "claim_review": "Nous statuons sur une demande dans un délai de {duration}.",
    "claim_reviewed": "Chaque demande de crédit est examinée.",
    "promises": "Notre engagement",
    "keeps_terms": (
        "Une demande conserve les conditions sous lesquelles elle a été ouverte, sauf accord "
        "contraire."
    ),
    "in_advance": f"Nous annonçons à l’avance les interruptions suivantes{_S}:",
    "in_advance_by": "{says}, au moins {duration} avant",
    "claim_notice": (
        f"Demande de crédits de service{_S}: dans un délai de {{duration}} après le manquement."
    ),
    "closing_notice": "Une demande résolue peut être rouverte pendant {duration}.",
    "agreement_lead": "Les engagements ci-dessus découlent de ces articles.",
    "you": "vous",
    "your_account_manager": "votre responsable de compte",
    "your_customer": "la personne responsable de votre contrat",
    "someone": "la personne chargée du dossier",
    "all": "toutes",
}
