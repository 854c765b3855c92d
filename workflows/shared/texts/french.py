"""The texts in French, and the names of roles, stages and viewpoints."""

from policies.i18n.phrases import Names
from policies.vocabulary import Role, Stage, Viewpoint

FRENCH = {
    "wrong_role": (
        "l’action {action} est réservée aux rôles suivants\u00a0: {may}\u00a0; "
        "le vôtre est\u00a0: {role}"
    ),
    "wrong_role_nobody": (
        "cette politique de support n’ouvre l’action {action} à aucun rôle, {role} compris"
    ),
    "id_reused": "l’identifiant {id} a déjà servi ici pour une autre action",
    "key_reused": "cette clé a déjà servi à ouvrir une autre demande",
    "defect": "l’action {action} a échoué à cause d’une erreur interne\u00a0; rien n’a été modifié",
    "and_also": "{one}\u00a0; {other}",
    "no_such_action": (
        "cette politique de support ne prévoit pas l’action {action}\u00a0; ses étapes sont\u00a0: "
        "{stages}"
    ),
    "escalates_to_levels": "pour une escalade, utilisez {action}",
    "wrong_stage": (
        "l’action {action} est possible aux étapes suivantes\u00a0: {stages}\u00a0; "
        "l’étape actuelle de la demande {number} est\u00a0: {stage}"
    ),
    "closed": "la demande {number} est clôturée",
    "closed_uncontested": (
        "la demande {number} est clôturée\u00a0; "
        "la décision de refus pouvait être modifiée jusqu’au {until}"
    ),
    "record_full": (
        "cette demande a atteint sa limite de {most} octets\u00a0; "
        "clôturez-la et poursuivez dans une nouvelle demande"
    ),
    "record_full_for_requesters": (
        "il n’y a plus de place pour ce texte\u00a0: les demandeurs disposent de {most} octets par "
        "demande\u00a0; mettez les contenus longs derrière un lien, ou ouvrez une nouvelle demande "
        "qui renvoie à celle-ci"
    ),
    "survivor_full": (
        "la demande {number} a atteint sa limite de {most} octets\u00a0; "
        "aucune autre demande ne peut y être regroupée"
    ),
    "changed": (
        "la demande a changé depuis sa lecture\u00a0; elle en est maintenant à la version {version}"
    ),
    "no_version": (
        "If-Match n’indique aucune version d’une demande\u00a0; celle-ci en est maintenant à la "
        'version {version}, qui s’écrit "{version}", entre guillemets droits'
    ),
    "terms_unsettled": "les conditions de cette demande ne sont pas encore établies",
    "acknowledged": "cette demande est déjà prise en compte",
    "not_reviewed": (
        "une prévision repose sur les deux priorités\u00a0; "
        "enregistrez d’abord les examens qui manquent"
    ),
    "no_level": "il n’existe pas d’autre niveau pour cette demande",
    "wrong_level": "cette demande peut passer aux niveaux suivants\u00a0: {choices}",
    "overridden": "la décision sur la prise en charge de cette demande a déjà été modifiée",
    "nothing_open": "cette demande n’a pas de décision de prise en charge à modifier",
    "nothing_to_settle": (
        "les conditions et la décision de prise en charge de cette demande ne sont pas à établir"
    ),
    "facts_refused": (
        "ces informations ne conviennent pas à la politique de support\u00a0: {reasons}"
    ),
    "refusal_stands": "le refus est désormais définitif",
    "possible_until": "il pouvait être modifié jusqu’au {until}",
    "no_priorities": (
        "cette politique de support ne prévoit pas de priorités, "
        "et ses engagements ne dépendent d’aucune information"
    ),
    "no_outcome": "une première réponse doit comporter au moins une de ces issues\u00a0: {choices}",
    "outcome_twice": "une même issue ne peut figurer qu’une fois dans une réponse",
    "wrong_outcome": "les issues prévues par cette politique de support sont\u00a0: {choices}",
    "no_question": "une demande d’informations doit poser au moins une question",
    "question_alone": "pour poser des questions, ajoutez l’issue {outcome}",
    "keep_assigned": (
        "cette demande doit rester attribuée jusqu’à sa résolution\u00a0; indiquez qui la reprend"
    ),
    "unfindable": (
        '«\u00a0{id}\u00a0» ne peut pas être recherché\u00a0; donnez un identifiant sans \\, " '
        "ni point d’interrogation, sans apostrophe au début ni à la fin, autre que "
        "«\u00a0nobody\u00a0» et «\u00a0me\u00a0»"
    ),
    "not_assigned": (
        "à ce niveau de priorité, une personne doit être chargée de la demande\u00a0; "
        "attribuez-la d’abord"
    ),
    "no_reply_for_nobody": (
        "selon cette politique de support, l’absence de réponse n’est pas un motif de clôture"
    ),
    "undelivered": (
        "l’avis d’escalade n’a pas été remis à {audiences}\u00a0; pour terminer l’analyse malgré "
        "tout, indiquez une raison dans `undelivered`"
    ),
    "not_run": (
        "ces étapes de l’analyse n’ont pas de résultat\u00a0: {steps}\u00a0; pour terminer "
        "l’analyse sans elles, indiquez une raison dans `not_run`"
    ),
    "no_such_review": (
        "cette politique de support ne prévoit pas d’examen par l’équipe {viewpoint}"
    ),
    "not_your_review": "avec le rôle {role}, vous donnez la priorité de l’équipe {viewpoint}",
    "wrong_priority": "priority doit être l’une de ces valeurs\u00a0: {choices}",
    "no_workaround": "aucune solution de contournement n’est en vigueur pour cette demande",
    "estimate_in_the_past": "resolved_by doit être dans le futur",
    "wrong_milestone": "vous pouvez enregistrer ces étapes\u00a0: {choices}",
    "not_your_milestone": (
        "l’étape {milestone} est réservée aux rôles suivants\u00a0: {may}\u00a0; "
        "le vôtre est\u00a0: {role}"
    ),
    "same_priority": "la demande est déjà de priorité {priority}",
    "nothing_agreeable": "cette politique de support ne permet de convenir d’aucune échéance",
    "not_agreeable": "une échéance ne peut être convenue que pour\u00a0: {choices}",
    "agree_one": "indiquez soit `due_at`, soit `every`",
    "no_interval": "`every` ne vaut que pour les échéances répétées\u00a0; indiquez `due_at`",
    "no_open_time": (
        "aucune heure ouvrée n’est prévue pour cette échéance\u00a0; "
        "indiquez `every` en heures ou en jours"
    ),
    "agreed_in_the_past": "une échéance convenue doit être à venir",
    "clock_not_running": "ce délai ne court pas, il n’y a donc pas d’échéance à convenir",
    "consent_to_come": "la date de l’accord ne peut pas être à venir",
    "consent_needed": (
        "cette échéance est plus tardive que la précédente\u00a0; l’accord du demandeur est "
        "nécessaire\u00a0: indiquez dans `consent` qui l’a donné, quand et comment"
    ),
    "nothing_to_reclassify": "indiquez la nouvelle priorité ou les informations à corriger",
    "date_unexplained": (
        "si vous fixez vous-même begins_by, indiquez une raison\u00a0; "
        "sans begins_by, la date proposée est retenue"
    ),
    "date_out_of_reach": "begins_by doit se situer entre le {first} et le {last}, et non le {day}",
    "unsettled_terms": "ces conditions ne sont pas établies",
    "other_terms": (
        "la demande relève de {policy} pour {account}, et cela ne peut pas changer\u00a0; "
        "ces conditions sont celles de {other_policy} pour {other_account}"
    ),
    "same_terms": "la demande relève déjà de ces conditions\u00a0: {policy}, version du {revision}",
    "priority_gone": (
        "la demande est de priorité {priority}, et la version du {revision} ne prévoit que "
        "{choices}\u00a0; changez d’abord la priorité de la demande"
    ),
    "other_policy": "{account} relève maintenant de {other}, et la demande de {policy}",
    "no_revision": (
        "{policy} n’a pas de version du {revision}\u00a0; ses versions sont\u00a0: {choices}"
    ),
    "request_not_kept": (
        "les données qui ont servi à établir les conditions de cette demande manquent"
    ),
    "not_resolved": "pour clôturer la demande comme résolue, il faut d’abord la résoudre",
    "not_waiting": "no_reply ne vaut que pour les demandes qui attendent une réponse du demandeur",
    "duplicate": (
        "pour clôturer un doublon, utilisez merge, qui indique la demande où le suivi se poursuit"
    ),
    "no_clause": (
        "{closed_as} doit reposer sur l’une de ces clauses de la politique de support\u00a0: "
        "{clauses}"
    ),
    "no_clauses": (
        "{closed_as} doit reposer sur une clause, "
        "et cette politique de support n’en a aucune pour cela"
    ),
    "no_reason_of_policy": (
        "{closed_as} exige une raison prévue par cette politique de support, "
        "et «\u00a0{reason}\u00a0» n’en est pas une\u00a0; "
        "indiquez l’une de ces raisons\u00a0: {choices}, ou l’une de ces clauses\u00a0: {clauses}"
    ),
    "reason_closes_as": (
        "la raison {reason} permet de clôturer une demande comme {right}, et non comme {closed_as}"
    ),
    "reason_of_clause": "la raison {reason} repose sur la clause {own}, et non sur {other}",
    "no_reason_told": "indiquez une raison\u00a0; elle est communiquée au demandeur",
    "no_reason": "pour clôturer comme {closed_as}, indiquez une raison",
    "merged_into_itself": "une demande ne peut pas être regroupée avec elle-même",
    "merged_into_duplicate": "la demande {number} a été regroupée avec celle-ci",
    "merging": "le regroupement de la demande {number} avec la demande {into} est en cours",
    "being_merged": (
        "le regroupement de cette demande avec une autre est en cours, "
        "et celle-ci n’a pas encore répondu\u00a0; réessayez"
    ),
    "no_ticket": "la demande {number} n’existe pas",
    "of_another_account": "la demande {number} relève d’un autre compte, {account}",
    "closed_merged": (
        "la demande {number} est clôturée\u00a0; le suivi se poursuit dans la demande {following}"
    ),
    "unanswered": "Nous n’avons pas reçu de réponse.",
    "reopened_otherwise": (
        "cette demande a été résolue faute de réponse\u00a0; jusqu’au {until}, elle peut être "
        "rouverte par\u00a0: {channels}"
    ),
    "called_off": "Notre équipe de support a annulé cette demande.",
    "other_account": "ces conditions sont celles de {account}, et non de {own}",
    "no_entry": "«\u00a0{entry}\u00a0» n’existe pas sur ce compte",
    "gone": "cette entrée n’existe pas sur ce compte",
    "no_month": "il n’y a pas de chiffre de disponibilité pour {month}",
    "entries_full": "ce compte a atteint sa limite de {most} entrées de type {kind}",
    "no_availability": "{policy} ne prévoit pas d’objectif de disponibilité pour ce compte",
    "wrong_category": (
        "«\u00a0{category}\u00a0» n’est pas une catégorie\u00a0; "
        "indiquez l’une de ces catégories\u00a0: {choices}"
    ),
    "ends_before": "ends_at doit être postérieur à starts_at",
    "no_end": (
        "la catégorie {category} exige ends_at\u00a0; "
        "enregistrez tout dépassement comme une interruption distincte"
    ),
    "future": "seules ces catégories peuvent se situer dans l’avenir\u00a0: {choices}",
    "future_none": "une interruption ne peut pas se situer dans l’avenir",
    "outage_ended": "{entry} a déjà une fin ou a été retirée\u00a0; corrigez-la plutôt",
    "not_measured": "la disponibilité est mesurée à partir du {since}",
    "month_final": (
        "les chiffres pour {month} sont définitifs\u00a0; le délai de recours a pris fin le {until}"
    ),
    "month_final_unclaimed": "les chiffres pour {month} sont définitifs\u00a0; 30 jours ont passé",
    "no_hours": "{policy} ne prévoit pas d’heures pour ce compte",
    "no_hours_of_plan": "{policy} ne prévoit pas d’heures pour la formule {plan}",
    "no_years": "le contrat n’indique pas sa date de début",
    "no_hours_left": (
        "l’année de contrat du {first} au {last} comprend {hours} heures\u00a0: "
        "il en reste {left}, et vous en demandez {wanted}"
    ),
    "no_hours_left_in_period": (
        "{hours} heures sont comprises du {first} au {last}\u00a0: "
        "il en reste {left}, et vous en demandez {wanted}"
    ),
    "no_times_left": (
        "{hours} séances sont comprises du {first} au {last}\u00a0: il en reste {left}"
    ),
    "session_out_of_reach": "les séances se réservent du {first} au {last}, et non pour le {day}",
    "session_cancelled": "{entry} a déjà été annulée",
    "session_today": (
        "{entry} est prévue le {day}\u00a0; l’annulation était possible jusqu’à la veille"
    ),
    "claim_over": "le délai de recours pour {entry} a pris fin le {until}",
    "credit_claimed": "{entry} fait déjà l’objet d’un recours",
    "credit_refused": "{entry} a déjà été refusé",
    "credit_empty": "{entry} a été ramené à zéro par une correction",
    "credit_capped": (
        "les crédits de la période ont atteint leur plafond\u00a0: {entry} ne vaut plus rien"
    ),
    "claim_accepted": "{entry} est déjà accepté",
    "claim_refused": "{entry} a déjà été refusé",
    "credit_of_ticket": "retard sur l’engagement «\u00a0{clock}\u00a0» de la demande {number}",
    "credit_of_month": "disponibilité en {month}",
    "credit_of_breaches": (
        "engagement «\u00a0{clock}\u00a0» non tenu sur la période {period}\u00a0: {number} fois"
    ),
    "credit_of_level": "niveau de service «\u00a0{level}\u00a0» sur la période {period}",
}
FRENCH_NAMES: Names = {
    Role: {
        Role.REQUESTER: "demandeur",
        Role.SERVICE: "service",
        Role.AGENT: "agent",
        Role.ENGINEERING: "ingénierie",
        Role.PRODUCT: "produit",
        Role.ACCOUNT_MANAGER: "responsable de compte",
        Role.OPERATOR: "administrateur",
        Role.SYSTEM: "système",
    },
    Stage: {
        Stage.RECEIVED: "reçue",
        Stage.IN_PROGRESS: "en cours de traitement",
        Stage.TRIAGE: "en cours d’analyse",
        Stage.AWAITING_HANDOFF: "en attente de transmission",
        Stage.ENGINEERING_REVIEW: "à l’examen par les équipes techniques",
        Stage.FORECAST_SHARED: "prévision communiquée",
        Stage.ENGINEERING_WORK: "en cours de traitement par les équipes techniques",
        Stage.SCHEDULED_RELEASE: "prévue dans une version",
        Stage.RESOLVED: "résolue",
        Stage.CLOSED: "clôturée",
    },
    Viewpoint: {Viewpoint.ENGINEERING: "Ingénierie", Viewpoint.PRODUCT: "Produit"},
}
