"""What tickets and accounts tell people of their own accord, in the language of their terms: why
an action is refused, and why something became so by itself.

Actions, stages, roles and fields are called what the API calls them, in every language.
"""

from policies.i18n.phrases import Phrases

ENGLISH = {
    # of tickets and accounts
    "wrong_role": "{action} is for {may}, not for {role}",
    "wrong_role_nobody": "{action} is for nobody under this policy, and not for {role}",
    "id_reused": "the id {id} was used for another action here",
    "key_reused": "this key was used to open a different ticket",
    "defect": "{action} failed for a reason that is not yours; nothing was changed",
    "and_also": "{one}; {other}",
    # of tickets
    "wrong_stage": "{action} belongs to {stages}; ticket {number} is {stage}",
    "closed": "ticket {number} is closed",
    "closed_uncontested": (
        "ticket {number} is closed; its verdict could be overridden until {until}"
    ),
    "record_full": (
        "this ticket holds {most} bytes, as much as one can; end it and go on in a new one"
    ),
    "terms_unsettled": "the terms of this ticket have not been settled yet",
    "acknowledged": "the ticket is acknowledged already",
    "not_reviewed": (
        "a forecast rests on both priorities; record the reviews that are missing first"
    ),
    "no_level": "there is no further level to raise it to",
    "overridden": "the verdict was overridden before",
    "nothing_open": "nothing about coverage is open on this ticket",
    "refusal_stands": "the refusal stands",
    "possible_until": "this was possible until {until}",
    "no_priorities": "this policy has no priorities",
    "no_outcome": "a first response is one or more of: {choices}",
    "outcome_twice": "each outcome stands in a response once at most",
    "wrong_outcome": "this policy has these outcomes: {choices}",
    "no_question": "an information request asks at least one question",
    "question_alone": "questions need the outcome {outcome}",
    "keep_assigned": "this ticket stays assigned until it is resolved; name the next assignee",
    "undelivered": (
        "the escalation notice to {audiences} has not been delivered; "
        "say in `undelivered` why triage may end all the same"
    ),
    "no_such_review": "this policy asks for no {viewpoint} review",
    "not_your_review": "{role} gives the {viewpoint} priority",
    "wrong_priority": "priority is one of {choices}",
    "same_priority": "the ticket is {priority} already",
    "date_unexplained": (
        "a date of your own needs a reason; leave begins_by out to take the proposed one"
    ),
    "date_out_of_reach": "begins_by {day} is not a day from {first} to {last}",
    "unsettled_terms": "these terms are not settled",
    "other_terms": (
        "the ticket is under {policy} for {account} and stays so; "
        "these are terms of {other_policy} for {other_account}"
    ),
    "same_terms": "the ticket is under these terms already: {policy} of {revision}",
    "priority_gone": (
        "the ticket is {priority}, and the revision of {revision} has {choices}; "
        "reclassify it first"
    ),
    "other_policy": "{account} is under {other} now, the ticket under {policy}",
    "no_revision": "{policy} has no revision of {revision}; there is {choices}",
    "request_not_kept": "what the terms of this ticket were settled from was not kept",
    "not_resolved": "resolve the ticket before closing it as resolved",
    "not_waiting": "no_reply is for tickets that wait on the requester",
    "duplicate": "use merge to close a duplicate: it names the ticket that goes on",
    "no_clause": "{closed_as} rests on a clause; this policy has: {clauses}",
    "no_clauses": "{closed_as} rests on a clause, and this policy has none for it",
    "no_reason_of_policy": (
        "{closed_as} rests on a reason of the policy, and '{reason}' is none; "
        "it has: {choices}; or name the clause, one of: {clauses}"
    ),
    "reason_closes_as": "{reason} is a reason to close as {right}, not {closed_as}",
    "reason_of_clause": "{reason} rests on the clause {own}, not on {other}",
    "no_reason_told": "the requester is told why: give a reason",
    "no_reason": "closing as {closed_as} needs a reason",
    "merged_into_itself": "a ticket cannot be merged into itself",
    "no_ticket": "there is no ticket {number}",
    "of_another_account": "ticket {number} is of another account, {account}",
    "closed_merged": "ticket {number} is closed; it goes on in {following}",
    "called_off": "Called off by the operators of the desk.",
    # of accounts
    "other_account": "these are the terms of {account}, not of {own}",
    "no_entry": "there is no '{entry}' on this account",
    "gone": "there is no such entry on this account",
    "no_month": "no availability is measured for {month}",
    "entries_full": "this account holds {most} records of the kind {kind}, as many as it can",
    "no_availability": "{policy} promises this account no availability",
    "wrong_category": "category '{category}' is unknown; there are {choices}",
    "ends_before": "ends_at has to be after starts_at",
    "no_end": "a {category} needs ends_at; what overruns it is an outage of its own",
    "future": "only {choices} can lie in the future",
    "future_none": "nothing can lie in the future",
    "outage_ended": "{entry} has an end, or was withdrawn; correct it instead",
    "not_measured": "nothing before {since} is measured",
    "month_final": "the figures of {month} are final: its claim period ended on {until}",
    "month_final_unclaimed": "the figures of {month} are final: its 30th day has passed",
    "no_hours": "{policy} promises no hours to this account",
    "no_hours_of_plan": "{policy} promises no hours to the plan {plan}",
    "no_years": "the contract does not say when it began",
    "no_hours_left": (
        "{hours} hours are promised for the contract year from {first} to {last}: "
        "{left} left, and {wanted} asked for"
    ),
    "session_out_of_reach": "sessions can be booked from {first} to {last}, not for {day}",
    "session_cancelled": "{entry} was cancelled before",
    "session_today": "{entry} is on {day}; it could be cancelled until the day before",
    "claim_over": "the claim period of {entry} ended on {until}",
    "credit_claimed": "{entry} is claimed",
    "credit_refused": "{entry} is refused",
    "credit_empty": "{entry} was corrected: nothing is left of it",
    "claim_refused": "{entry} was refused before",
    "credit_of_ticket": "late {clock} of ticket {number}",
    "credit_of_month": "availability in {month}",
}
FRENCH = {
    "wrong_role": "{action} revient à {may}, et non à {role}",
    "wrong_role_nobody": "cette politique n’ouvre {action} à personne, et donc pas à {role}",
    "id_reused": "l’identifiant {id} a déjà servi ici pour une autre action",
    "key_reused": "cette clé a déjà servi à ouvrir une autre demande",
    "defect": "{action} a échoué sans que vous y soyez pour rien\u00a0; rien n’a été modifié",
    "and_also": "{one}\u00a0; {other}",
    "wrong_stage": (
        "{action} n’est possible qu’aux étapes {stages}\u00a0; "
        "la demande {number} est à l’étape {stage}"
    ),
    "closed": "la demande {number} est clôturée",
    "closed_uncontested": (
        "la demande {number} est clôturée\u00a0; "
        "la décision qui l’a refusée pouvait être modifiée jusqu’au {until}"
    ),
    "record_full": (
        "cette demande contient {most} octets, la limite pour une demande\u00a0; "
        "terminez-la et poursuivez dans une nouvelle"
    ),
    "terms_unsettled": "les conditions de cette demande ne sont pas encore établies",
    "acknowledged": "cette demande est déjà prise en compte",
    "not_reviewed": (
        "une prévision repose sur les deux priorités\u00a0; "
        "enregistrez d’abord les examens qui manquent"
    ),
    "no_level": "il n’y a pas de niveau supérieur auquel faire passer la demande",
    "overridden": "la décision sur la prise en charge de cette demande a déjà été modifiée",
    "nothing_open": "rien ne reste à trancher sur la prise en charge de cette demande",
    "refusal_stands": "le refus est désormais définitif",
    "possible_until": "cela était possible jusqu’au {until}",
    "no_priorities": "cette politique ne connaît pas de priorités",
    "no_outcome": ("une première réponse comporte une ou plusieurs de ces issues\u00a0: {choices}"),
    "outcome_twice": "une même issue ne figure qu’une fois dans une réponse",
    "wrong_outcome": "les issues que prévoit cette politique sont {choices}",
    "no_question": "une demande d’informations pose au moins une question",
    "question_alone": "pour poser des questions, il faut l’issue {outcome}",
    "keep_assigned": (
        "cette demande doit rester attribuée jusqu’à sa résolution\u00a0; indiquez qui la reprend"
    ),
    "undelivered": (
        "l’avis d’escalade n’a pas été remis à {audiences}\u00a0; indiquez dans `undelivered` "
        "pourquoi l’analyse peut se terminer malgré tout"
    ),
    "no_such_review": "cette politique ne prévoit pas d’examen {viewpoint}",
    "not_your_review": "le rôle {role} donne la priorité {viewpoint}",
    "wrong_priority": "priority doit être l’une de ces valeurs\u00a0: {choices}",
    "same_priority": "la demande est déjà de priorité {priority}",
    "date_unexplained": (
        "une date que vous fixez vous-même doit être motivée\u00a0; "
        "sans begins_by, la date proposée vaut"
    ),
    "date_out_of_reach": "begins_by doit se situer entre le {first} et le {last}, et non le {day}",
    "unsettled_terms": "ces conditions ne sont pas établies",
    "other_terms": (
        "la demande relève et continue de relever de {policy} pour {account}\u00a0; "
        "ces conditions sont celles de {other_policy} pour {other_account}"
    ),
    "same_terms": (
        "la demande relève déjà de ces conditions\u00a0: {policy} dans sa version du {revision}"
    ),
    "priority_gone": (
        "la demande est de priorité {priority}, et la version du {revision} ne connaît que "
        "{choices}\u00a0; changez d’abord sa priorité"
    ),
    "other_policy": "{account} relève maintenant de {other}, et la demande de {policy}",
    "no_revision": "{policy} n’a pas de version du {revision}\u00a0; il y a {choices}",
    "request_not_kept": "les données d’où viennent les conditions de cette demande manquent",
    "not_resolved": "pour clôturer la demande comme résolue, il faut d’abord la résoudre",
    "not_waiting": "no_reply ne vaut que pour les demandes qui attendent une réponse du client",
    "duplicate": (
        "pour clôturer un doublon, utilisez merge, qui indique la demande où se passe la suite"
    ),
    "no_clause": (
        "{closed_as} doit reposer sur une clause\u00a0; celles de cette politique sont {clauses}"
    ),
    "no_clauses": (
        "{closed_as} doit reposer sur une clause, et cette politique n’en a aucune pour cela"
    ),
    "no_reason_of_policy": (
        "{closed_as} doit reposer sur une raison que prévoit la politique, "
        "et «\u00a0{reason}\u00a0» n’en est pas une\u00a0; les raisons sont {choices}\u00a0; "
        "à défaut, indiquez l’une des clauses {clauses}"
    ),
    "reason_closes_as": "{reason} est une raison de clôturer comme {right}, et non {closed_as}",
    "reason_of_clause": "{reason} repose sur la clause {own}, et non sur {other}",
    "no_reason_told": "le client doit savoir pourquoi\u00a0: indiquez une raison",
    "no_reason": "pour clôturer comme {closed_as}, indiquez une raison",
    "merged_into_itself": "une demande ne peut pas être regroupée avec elle-même",
    "no_ticket": "la demande {number} n’existe pas",
    "of_another_account": "la demande {number} relève d’un autre compte, {account}",
    "closed_merged": (
        "la demande {number} est clôturée\u00a0; la suite se passe dans la demande {following}"
    ),
    "called_off": "La demande a été interrompue par les responsables du support.",
    "other_account": "ces conditions sont celles de {account}, et non de {own}",
    "no_entry": "«\u00a0{entry}\u00a0» n’existe pas sur ce compte",
    "gone": "rien de tel n’existe sur ce compte",
    "no_month": "la disponibilité n’est pas mesurée pour {month}",
    "entries_full": (
        "ce compte contient {most} enregistrements de type {kind}, la limite pour un compte"
    ),
    "no_availability": "{policy} ne promet aucune disponibilité à ce compte",
    "wrong_category": (
        "la catégorie «\u00a0{category}\u00a0» n’existe pas\u00a0; les catégories sont {choices}"
    ),
    "ends_before": "ends_at doit être postérieur à starts_at",
    "no_end": (
        "la catégorie {category} exige ends_at\u00a0; "
        "ce qui se prolonge au-delà est une interruption à part entière"
    ),
    "future": "seules les catégories suivantes peuvent se situer dans l’avenir\u00a0: {choices}",
    "future_none": "rien ne peut se situer dans l’avenir",
    "outage_ended": "{entry} a déjà une fin ou a été retirée\u00a0; corrigez-la plutôt",
    "not_measured": "rien n’est mesuré avant le {since}",
    "month_final": (
        "les chiffres pour {month} sont définitifs\u00a0: le délai de recours a pris fin le {until}"
    ),
    "month_final_unclaimed": (
        "les chiffres pour {month} sont définitifs\u00a0: le trentième jour est passé"
    ),
    "no_hours": "{policy} ne promet pas d’heures à ce compte",
    "no_hours_of_plan": "{policy} ne promet pas d’heures à la formule {plan}",
    "no_years": "le contrat n’indique pas sa date de début",
    "no_hours_left": (
        "pour l’année de contrat du {first} au {last}, les heures promises sont au nombre de "
        "{hours}\u00a0: il en reste {left}, et vous en demandez {wanted}"
    ),
    "session_out_of_reach": ("les séances se réservent du {first} au {last}, et non pour le {day}"),
    "session_cancelled": "{entry} a déjà été annulée",
    "session_today": (
        "{entry} est prévue le {day}\u00a0; l’annulation était possible jusqu’à la veille"
    ),
    "claim_over": "le délai de recours pour {entry} a pris fin le {until}",
    "credit_claimed": "{entry} fait déjà l’objet d’un recours",
    "credit_refused": "{entry} a été refusé",
    "credit_empty": "{entry} a été corrigé\u00a0: il n’en reste rien",
    "claim_refused": "{entry} a déjà été refusé",
    "credit_of_ticket": "retard sur l’engagement «\u00a0{clock}\u00a0» de la demande {number}",
    "credit_of_month": "disponibilité en {month}",
}
PHRASES = Phrases({"en": ENGLISH, "fr": FRENCH})
