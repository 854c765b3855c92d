"""The parts of a policy must agree; where they do not, the place and the remedy are named."""

from pathlib import Path
from typing import NamedTuple

import pytest

from policies import consistency
from policies.catalogue import SHIPPED
from policies.documents import Document
from policies.loading import load_policy, read_contract, read_policy
from policies.rules.contracts import contract_under
from policies.schema.document import SupportPolicy
from tests.policies.sample_documents import CONTRACT, POLICY, broken, places_marked, problems_in


class Case(NamedTuple):
    """A passage, what it is replaced by (marked where the problem must point), and what is said."""

    old: str
    new: str
    path: str
    wrong: str
    right: str = ""


CLOCKS = "clocks:\n  first_response:"
UPDATES = (
    "clocks:\n  updates:\n    starts: [responded]\n    stops: [¦responded]\n"
    "    within: 1 day\n    clause: response\n  first_response:"
)

FACTS_AND_FIRST_CONDITION = POLICY[POLICY.index("  cause: {") : POLICY.index('"plugin"')]

CASES = {
    # clauses
    "a rule of an unknown clause": Case(
        "event: resolved, tell: [requester], clause: response",
        "event: resolved, tell: [requester], clause: ¦respnse",
        "notices[1].clause",
        'the clause "respnse" is not declared',
        'did you mean "response"?',
    ),
    "a reading of an unknown clause": Case(
        "{clause: scope, reading",
        "{clause: ¦skope, reading",
        "readings[0].clause",
        'the clause "skope" is not declared',
        'did you mean "scope"?',
    ),
    "a claim under an unknown clause": Case(
        "claim_clause: credit",
        "claim_clause: ¦claims",
        "remedies.claim_clause",
        'the clause "claims" is not declared',
    ),
    "a clause that nothing keeps": Case(
        "  credit: {says",
        "  ¦promise: {says: More., at: End}\n  credit: {says",
        "clauses.promise",
        'nothing in this policy names the clause "promise"',
        "let a rule name it",
    ),
    "an undeclared clause to see": Case(
        "says: Betas are not supported.",
        "says: Betas are not supported.\n    see: [¦credits]",
        "coverage[1].see[0]",
        'the clause "credits" is not declared',
        'did you mean "credit"?',
    ),
    "a cell under an undeclared clause": Case(
        "gold: {urgent: 2 business hours,",
        "gold: {urgent: {within: 2 business hours, clause: ¦respons},",
        "clocks.first_response.within.cells.gold.urgent.clause",
        'the clause "respons" is not declared',
        'did you mean "response"?',
    ),
    "a category that a country does not have": Case(
        "country: SE",
        "country: SE\n      categories: [public, ¦school]",
        "calendars.office.holidays.categories[1]",
        'SE has no holidays of the category "school"',
    ),
    "maintenance at an hour that no day has": Case(
        "  claim_within: 30 days",
        "  availability:\n    percent: 99.5\n    clause: credit\n    maintenance:\n"
        '      {offset: "+02:00", hours: {sat: ¦"08:00-25:00"}, clause: credit}\n'
        "  claim_within: 30 days",
        "remedies.availability.maintenance.hours.sat",
        '"08:00-25:00" has a time that no day has',
    ),
    "months of a zone that does not exist": Case(
        "  claim_within: 30 days",
        "  availability: {percent: 99.5, zone: ¦UTD, clause: credit}\n  claim_within: 30 days",
        "remedies.availability.zone",
        '"UTD" is not a known time zone',
    ),
    "months of a zone whose offset changes": Case(
        "  claim_within: 30 days",
        "  availability: {percent: 99.5, zone: ¦Europe/Paris, clause: credit}\n"
        "  claim_within: 30 days",
        "remedies.availability.zone",
        'the offset of "Europe/Paris" changes',
        "Etc/GMT-2",
    ),
    "credits below another share than is promised": Case(
        "    - {availability_below: 99.5, clause: credit}",
        "    - {availability_below: ¦99.5, clause: credit}\n"
        "  availability: {percent: 99.9, clause: credit}",
        "remedies.credits[1].availability_below",
        "99.5 differs from the 99.9 percent promised",
        "write 99.9",
    ),
    "words in another language only": Case(
        "says: {en: As soon as we can}",
        "¦says: {fr: Au plus vite}",
        "clocks.first_response.within.cells.silver.normal.says",
        'no words in the language of the policy, "en"',
        "add en:",
    ),
    "a function that nobody knows": Case(
        "when: beta ||",
        "when: ¦days_since(signed_off) > 90 ||",
        "coverage[1].when",
        'there is no function "days_since"',
    ),
    "days between what are no dates": Case(
        "when: beta ||",
        "when: ¦days_between(signed_off, users) > 90 ||",
        "coverage[1].when",
        "days_between counts from one date to another",
        "days_between(signed_off, received_on)",
    ),
    "two facts of different types": Case(
        "when: beta ||",
        "when: ¦signed_off == cause ||",
        "coverage[1].when",
        '"signed_off" is declared as date and "cause" as string',
        "compare like with like",
    ),
    "a value that is no choice": Case(
        FACTS_AND_FIRST_CONDITION,
        FACTS_AND_FIRST_CONDITION.replace("it?}", "it?, choices: {plug-in: A, own: B}}", 1).replace(
            "when: ", "when: ¦"
        ),
        "coverage[0].when",
        '"plugin" is not a choice of "cause"',
        'did you mean "plug-in"?',
    ),
    "choices of a number": Case(
        "users: {type: int, ask: How many users?}",
        "users: {type: int, ask: How many users?, ¦choices: {few: Few}}",
        "facts.users.choices",
        "only a string has choices",
    ),
    "a requirement on an unknown fact": Case(
        "beta: {type: bool, ask: Is it a beta?}",
        "beta: {type: bool, ask: Is it a beta?, required: {when: ¦colour > 1}}",
        "facts.beta.required.when",
        'the fact "colour" is not declared',
    ),
    "a rule for an undeclared kind": Case(
        "says: Betas are not supported.",
        "says: Betas are not supported.\n    kinds: [¦isue]",
        "coverage[1].kinds[0]",
        'the kind "isue" is not declared',
        'did you mean "issue"?',
    ),
    "a notice for an undeclared priority": Case(
        "{event: resolved, tell: [requester],",
        "{event: resolved, tell: [requester], priorities: [¦urgnt],",
        "notices[1].priorities[0]",
        'the priority "urgnt" is not declared',
        'did you mean "urgent"?',
    ),
    "a reason given twice": Case(
        "says: Betas are not supported.",
        "says: Betas are not supported.\n    id: a\n  - {id: ¦a, when: beta, verdict: "
        "not_covered, clause: scope, says: No.}",
        "coverage[2].id",
        'the reason "a" is given twice',
    ),
    "a referral to nobody": Case(
        "says: Betas are not supported.",
        "says: Betas are not supported.\n    refers_to: ¦sales",
        "coverage[1].refers_to",
        'the audience "sales" is nobody we know',
    ),
    "a level of nobody": Case(
        "  assignment: {keep_assigned: [urgent], clause: response}",
        "  assignment: {keep_assigned: [urgent], clause: response}\n  levels:\n    ladder:\n"
        "      - {audience: ¦boss, says: The boss, clause: escalation}",
        "process.levels.ladder[0].audience",
        'the audience "boss" is nobody we know',
    ),
    # calendars
    "an unknown calendar of a clock": Case(
        "{gold: always, silver: office}",
        "{gold: always, silver: ¦ofice}",
        "clocks.first_response.calendar.cells.silver",
        'the calendar "ofice" is not declared',
        'did you mean "office"?',
    ),
    "unknown support hours": Case(
        "    otherwise: office",
        "    otherwise: ¦ofice",
        "support_hours.cells.otherwise",
        'the calendar "ofice" is not declared',
        'did you mean "office"?',
    ),
    "an unknown zone": Case(
        "    zone: Europe/Stockholm",
        "    zone: ¦Europe/Stokholm",
        "calendars.office.zone",
        '"Europe/Stokholm" is not a known time zone',
        'did you mean "Europe/Stockholm"?',
    ),
    "a zone by its city alone": Case(
        "    zone: Europe/Stockholm",
        "    zone: ¦stockholm",
        "calendars.office.zone",
        '"stockholm" is not a known time zone',
        'did you mean "Europe/Stockholm"?',
    ),
    "a zone that climbs out of its directory": Case(
        "    zone: Europe/Stockholm",
        "    zone: ¦../../etc/passwd",
        "calendars.office.zone",
        "is not a known time zone",
    ),
    "a contact's unknown zone": Case(
        "zone: Europe/Stockholm, locale",
        "zone: ¦CETT, locale",
        "contacts.lead.zone",
        '"CETT" is not a known time zone',
        'did you mean "CET"?',
    ),
    "a contact's unknown locale": Case(
        "locale: fr}",
        "locale: ¦xx-YY}",
        "contacts.lead.locale",
        '"xx-YY" is not a known locale',
    ),
    "words in an unknown locale": Case(
        "says: {en: As soon as we can}",
        "says: {en: As soon as we can, ¦zz-ZZ: Xxx}",
        "clocks.first_response.within.cells.silver.normal.says.zz-ZZ",
        '"zz-ZZ" is not a known locale',
    ),
    "a refusal in an unknown locale": Case(
        "    says: Plugins are not covered.",
        "    says: {en: Plugins are not covered., ¦qq: Xxx}",
        "coverage[0].says.qq",
        '"qq" is not a known locale',
    ),
    "a label for nothing": Case(
        "defaults: {kind: issue}",
        "defaults: {kind: issue}\nlabels: {priority: {¦urgnt: Very urgent}}",
        "labels.priority.urgnt",
        'the priority "urgnt" is not declared',
        'did you mean "urgent"?',
    ),
    "a label in an unknown locale": Case(
        "defaults: {kind: issue}",
        "defaults: {kind: issue}\nlabels: {channel: {email: {¦yy-YY: e-mail}}}",
        "labels.channel.email.yy-YY",
        '"yy-YY" is not a known locale',
    ),
    "an unknown locale": Case("locale: en\n", "locale: ¦qq\n", "locale", '"qq" is not a known'),
    "an unknown country": Case(
        "country: SE",
        "country: ¦XX",
        "calendars.office.holidays.country",
        'no holidays are known for "XX"',
    ),
    "an unknown part of a country": Case(
        "country: SE",
        "country: US\n      subdivision: ¦NYC",
        "calendars.office.holidays.subdivision",
        '"NYC" is not a part of US',
        'did you mean "NY"?',
    ),
    "a part of no country": Case(
        "country: SE",
        "subdivision: ¦BY",
        "calendars.office.holidays.subdivision",
        "without its country",
        "add the country",
    ),
    "a date both closed and kept open": Case(
        "never: [2026-01-06]",
        "never: [2026-01-06, ¦2026-12-31]",
        "calendars.office.holidays.never[1]",
        "2026-12-31 is closed under `also` and open under `never`",
    ),
    "a date both closed and special": Case(
        '      2026-12-23: "09:00-12:00"',
        '      ¦2026-12-31: "09:00-12:00"',
        "calendars.office.special_hours.2026-12-31",
        "2026-12-31 has special hours and is closed",
    ),
    "an hour that no day has": Case(
        'fri: "09:00-15:00"',
        'fri: ¦"09:00-25:00"',
        "calendars.office.hours.fri",
        '"09:00-25:00" has a time that no day has',
        "24:00",
    ),
    "a minute that no hour has": Case(
        '"13:00-17:00"',
        '¦"13:00-16:60"',
        "calendars.office.hours.mon-thu[1]",
        '"13:00-16:60" has a time',
    ),
    "an opening at 24:00": Case(
        '      2026-12-23: "09:00-12:00"',
        '      2026-12-23: ¦"24:00-12:00"',
        "calendars.office.special_hours.2026-12-23",
        '"24:00-12:00" has a time',
    ),
    "an unknown weekday": Case(
        "      fri: ",
        "      ¦friday: ",
        "calendars.office.hours.friday",
        '"friday" is not a weekday',
        "mon-fri",
    ),
    "a weekday given twice": Case(
        "      fri: ",
        "      ¦thu-fri: ",
        "calendars.office.hours.thu-fri",
        'thu is in "thu-fri" and in "mon-thu"',
        "give each weekday once",
    ),
    "hours that overlap": Case(
        '["09:00-12:00", "13:00-17:00"]',
        '["09:00-12:00", ¦"11:00-17:00"]',
        "calendars.office.hours.mon-thu[1]",
        '"11:00-17:00" overlaps "09:00-12:00"',
        "make one window",
    ),
    "a calendar that never opens": Case(
        '    hours: {mon-sun: "00:00-24:00"}',
        "    ¦hours: {mon-sun: []}",
        "calendars.always.hours",
        "this calendar never opens",
    ),
    # tables
    "a cell for an undeclared plan": Case(
        "        silver:\n",
        "        ¦sliver: {otherwise: 1 hour}\n        silver:\n",
        "clocks.first_response.within.cells.sliver",
        'the plan "sliver" is not declared',
        'did you mean "silver"?',
    ),
    "a cell for an undeclared priority": Case(
        "gold: {urgent: 2 business hours, otherwise",
        "gold: {urgent: 2 business hours, ¦low: 1 hour, otherwise",
        "clocks.first_response.within.cells.gold.low",
        'the priority "low" is not declared',
        "allowed: urgent, normal, otherwise",
    ),
    "a priority without a cell": Case(
        "        gold: {urgent: 2 business hours, otherwise: 8 business hours}",
        "        ¦gold: {urgent: 2 business hours}",
        "clocks.first_response.within.cells.gold",
        "no cell answers for the priority normal",
        "add normal, or `otherwise`",
    ),
    "a plan without a cell": Case(
        "      cells: {gold: always, silver: office}",
        "      ¦cells: {gold: always}",
        "clocks.first_response.calendar.cells",
        "no cell answers for the plan silver",
        "add silver",
    ),
    "a cell of another dimension": Case(
        "  by: [plan]\n  cells:\n    gold: always",
        "  by: [region]\n  cells:\n    ¦gold: always",
        "support_hours.cells.gold",
        'the region "gold" is not declared',
        "allowed: north, otherwise",
    ),
    "a dimension named twice": Case(
        "by: [plan, priority]",
        "by: [plan, priority, ¦plan]",
        "clocks.first_response.within.by[2]",
        "plan is named twice",
    ),
    "an undeclared default": Case(
        "defaults: {kind: issue}",
        "defaults: {kind: ¦isue}",
        "defaults.kind",
        'the kind "isue" is not declared',
        'did you mean "issue"?',
    ),
    # clocks
    "a clock that starts and stops at once": Case(
        CLOCKS,
        UPDATES,
        "clocks.updates.stops[0]",
        'the event "responded" both starts this clock and ends it',
        "repeats: true",
    ),
    "a clock that follows another clock": Case(
        "stops: [triage_concluded]",
        "stops: [triage_concluded, ¦clock_breached]",
        "clocks.triage.stops[1]",
        "no clock follows another",
        "event of the process",
    ),
    "a clock that nothing stops after re-opening": Case(
        "    starts: [opened]\n    stops: [responded]\n    within:\n      by: [plan, priority]",
        "    starts: [opened]\n    reopening: ¦new_cycle\n    stops: [responded]\n"
        "    within:\n      by: [plan, priority]",
        "clocks.first_response.reopening",
        "nothing stops this clock once a ticket was re-opened",
        "reopening: none",
    ),
    "a notice about a clock": Case(
        "event: resolved, tell: [requester]",
        "event: ¦clock_breached, tell: [requester]",
        "notices[1].event",
        "told by the ladder of the clock",
        "ladder",
    ),
    "a forecast from one viewpoint": Case(
        "viewpoints: [engineering, product]",
        "¦viewpoints: [engineering]",
        "process.forecast.viewpoints",
        "product is not asked for",
        "both viewpoints",
    ),
    "a clock that is stopped and cancelled at once": Case(
        "stops: [triage_concluded]",
        "stops: [triage_concluded]\n    cancels: [¦triage_concluded]",
        "clocks.triage.cancels[0]",
        "both stops this clock and cancels it",
    ),
    "an event named twice": Case(
        "starts: [escalated]",
        "starts: [escalated, ¦escalated]",
        "clocks.triage.starts[1]",
        '"escalated" is named twice',
    ),
    "an undeclared pause": Case(
        "pauses: [information]",
        "pauses: [information, ¦engineering]",
        "clocks.triage.pauses[1]",
        'the pause "engineering" is not declared',
        "add `engineering` under `pauses`",
    ),
    "a pause that no clock has": Case(
        "  information: {clause: response}",
        "  information: {clause: response}\n  ¦engineering: {clause: response}",
        "pauses.engineering",
        'no clock pauses for "engineering"',
    ),
    # ladders
    "rungs out of order": Case(
        "      - {at: breach, tell: [assignee, lead]}",
        "      - {at: breach, tell: [assignee, lead]}\n      - {at: ¦75%, tell: [lead]}",
        "clocks.first_response.ladder[2].at",
        '"75%" is reached before the rung above it',
    ),
    "a rung given twice": Case(
        "{at: 1 business hour after, tell: [lead]}",
        "{at: 1 business hour after, tell: [lead]}\n"
        "      - {at: ¦1 business hours after, tell: [assignee]}",
        "clocks.first_response.ladder[3].at",
        'the rung "1 business hours after" is given twice',
    ),
    "a rung at no distance": Case(
        "at: 12 hours before",
        "at: ¦0 hours before",
        "clocks.triage.ladder[0].at",
        "is too little or too much",
    ),
    "a rung before the start": Case(
        "at: 12 hours before",
        "at: ¦48 hours before",
        "clocks.triage.ladder[0].at",
        '"48 hours before" the end of "2 days" is before its start',
    ),
    "rungs on a clock without a time": Case(
        "    within: 2 days\n    pauses: [information]\n    ladder:",
        "    within: {guarantee: none}\n    pauses: [information]\n    ¦ladder:",
        "clocks.triage.ladder",
        "promises no time in any case",
    ),
    "somebody twice on one rung": Case(
        "{at: breach, tell: [lead]}",
        "{at: breach, tell: [lead, ¦lead]}",
        "clocks.triage.ladder[1].tell[1]",
        '"lead" is named twice',
    ),
    # audiences
    "an unknown audience of a rung": Case(
        "{at: breach, tell: [lead]}",
        "{at: breach, tell: [¦leed]}",
        "clocks.triage.ladder[1].tell[0]",
        'the audience "leed" is nobody we know',
        'did you mean "lead"?',
    ),
    "an unknown audience of a notice": Case(
        "event: resolved, tell: [requester]",
        "event: resolved, tell: [¦custmer]",
        "notices[1].tell[0]",
        'the audience "custmer" is nobody we know',
        "add it under `contacts`",
    ),
    "an unknown contact for unassigned tickets": Case(
        "unassigned: lead",
        "unassigned: ¦leed",
        "unassigned",
        'the contact "leed" is not declared',
        'did you mean "lead"?',
    ),
    "triage waiting for somebody who is never told": Case(
        "told_before_conclusion: [requester]",
        "told_before_conclusion: [requester, ¦account_manager]",
        "process.escalation.told_before_conclusion[1]",
        'triage waits until "account_manager" is told, but no notice tells them',
        "{event: escalated, tell: [account_manager], ...}",
    ),
    "the same notice twice": Case(
        "  - {event: resolved,",
        "  - {event: escalated, tell: [¦requester], clause: escalation}\n  - {event: resolved,",
        "notices[1].tell[0]",
        '"requester" is told of "escalated" by notices[0] too',
    ),
    # conditions
    "a condition that is not CEL": Case(
        'when: cause == "plugin" && users',
        "when: ¦cause == && users",
        "coverage[0].when",
        "is not a CEL condition",
    ),
    "a condition on an undeclared fact": Case(
        "when: beta ||",
        "when: ¦bta ||",
        "coverage[1].when",
        'the fact "bta" is not declared',
        'did you mean "beta"?',
    ),
    "a text compared with a number": Case(
        'when: cause == "plugin"',
        "when: ¦3 == cause",
        "coverage[0].when",
        '"cause" is declared as string and compared with 3',
        "in quotes",
    ),
    "a number compared with a text": Case(
        'when: cause == "plugin" && users < 3',
        'when: ¦cause == "plugin" && users < "3"',
        "coverage[0].when",
        '"users" is declared as int and compared with "3"',
    ),
    "a date compared with a year": Case(
        'when: beta || signed_off < "2020-01-01"',
        "when: ¦beta || signed_off < 2020",
        "coverage[1].when",
        '"signed_off" is declared as date and compared with 2020',
        "2026-12-24",
    ),
    "an undeclared plan in a condition": Case(
        'when: beta || signed_off < "2020-01-01" && plan != "gold"',
        'when: ¦beta || signed_off < "2020-01-01" && plan != "gould"',
        "coverage[1].when",
        '"gould" is not a plan of this policy',
        'did you mean "gold"?',
    ),
    "a condition that is no yes or no": Case(
        'when: beta || signed_off < "2020-01-01" && plan != "gold"',
        "when: ¦cause",
        "coverage[1].when",
        '"cause" is neither true nor false',
    ),
    "a fact that CEL would read as a subtraction": Case(
        "  cause: {type",
        "  ¦root-cause: {type: string, ask: Why?}\n  cause: {type",
        "facts.root-cause",
        'a condition cannot name the fact "root-cause"',
        'call it "root_cause"',
    ),
    "a fact that CEL reserves": Case(
        "  cause: {type",
        "  ¦in: {type: string, ask: Why?}\n  cause: {type",
        "facts.in",
        'a condition cannot name the fact "in"',
        'call it "in_"',
    ),
    "a fact that every ticket has": Case(
        "  cause: {type",
        "  ¦plan: {type: string, ask: Which?}\n  cause: {type",
        "facts.plan",
        '"plan" is known of every ticket',
        "remove it",
    ),
    # process, channels, remedies
    "a policy from before the web": Case(
        "revision: 2026-01-31", "revision: ¦1026-01-31", "revision", "older than the web"
    ),
    "a channel for an unknown plan": Case(
        "plans: [gold], kinds",
        "plans: [¦golden], kinds",
        "channels[1].plans[0]",
        'the plan "golden" is not declared',
        'did you mean "gold"?',
    ),
    "a channel for an unknown kind": Case(
        "kinds: [issue]",
        "kinds: [¦bug]",
        "channels[1].kinds[0]",
        'the kind "bug" is not declared',
    ),
    "a channel for an unknown priority": Case(
        "priorities: [urgent], clause: scope",
        "priorities: [¦high], clause: scope",
        "channels[1].priorities[0]",
        'the priority "high" is not declared',
    ),
    "a forecast without a row": Case(
        "    priorities: [high, low]\n    windows:",
        "    priorities: [high, low, wild]\n    ¦windows:",
        "process.forecast.windows",
        'no window for the engineering priority "wild"',
    ),
    "a forecast without a cell": Case(
        "      high: {high: 5 business days, low: 10 business days}",
        "      ¦high: {high: 5 business days}",
        "process.forecast.windows.high",
        'no window for engineering "high" and product "low"',
        'add "low: 10 business days"',
    ),
    "a forecast for an unknown priority": Case(
        "      high: {high: 5",
        "      high: {¦hgh: 1 day, high: 5",
        "process.forecast.windows.high.hgh",
        'the forecast priority "hgh" is not declared',
        'did you mean "high"?',
    ),
    "a step of the checklist twice": Case(
        "{id: ask,",
        "{id: ¦look,",
        "process.triage.checklist[1].id",
        'the step "look" is given twice',
    ),
    "an assignment for an unknown priority": Case(
        "keep_assigned: [urgent]",
        "keep_assigned: [¦urgnt]",
        "process.assignment.keep_assigned[0]",
        'the priority "urgnt" is not declared',
        'did you mean "urgent"?',
    ),
    "a credit for an unknown clock": Case(
        "{clock: first_response,",
        "{clock: ¦first_reply,",
        "remedies.credits[0].clock",
        'the clock "first_reply" is not declared',
        'did you mean "first_response"?',
    ),
    "a credit for an unknown priority": Case(
        "priorities: [urgent], each",
        "priorities: [¦high], each",
        "remedies.credits[0].priorities[0]",
        'the priority "high" is not declared',
    ),
    "a credit for nothing": Case(
        "    - {availability_below: 99.5, clause",
        "    - ¦{clause",
        "remedies.credits[1]",
        "this credit is earned by nothing",
    ),
    "a credit without a measure": Case(
        "    - {clock: first_response, priorities: [urgent], each: 1 day, clause",
        "    - ¦{clock: first_response, clause",
        "remedies.credits[0]",
        "does not say for how much lateness",
        "each: 1 day",
    ),
    "an availability above all": Case(
        "availability_below: 99.5",
        "availability_below: ¦995",
        "remedies.credits[1].availability_below",
        "995 is not a share in percent",
    ),
    "lateness counted in opening hours": Case(
        "each: 1 day, clause",
        "each: ¦1 business day, clause",
        "remedies.credits[0].each",
        "lateness is elapsed time",
        "1 day",
    ),
    "a credit worth a part of a day": Case(
        "each: 1 day, clause",
        "each: 1 day, worth: ¦12 hours, clause",
        "remedies.credits[0].worth",
        "no time that a contract can be extended by",
    ),
    "claims within opening hours": Case(
        "claim_within: 30 days",
        "claim_within: ¦30 business days",
        "remedies.claim_within",
        "has no last day",
        "30 days",
    ),
    "two credits for one lateness": Case(
        "    - {availability_below",
        "    - ¦{clock: first_response, each: 2 days, clause: credit}\n    - {availability_below",
        "remedies.credits[1]",
        "earned by the same breach",
        "priorities",
    ),
    "two credits for one month": Case(
        "    - {availability_below: 99.5, clause: credit}",
        "    - {availability_below: 99.5, clause: credit}\n"
        "    - ¦{availability_below: 90, clause: credit}",
        "remedies.credits[2]",
        "earned by the same breach",
    ),
    "the assignee of an account": Case(
        "  - {event: resolved,",
        "  - {event: credit_earned, tell: [¦assignee], clause: credit}\n  - {event: resolved,",
        "notices[1].tell[0]",
        "an account has no assignee",
    ),
    "the priority of an account": Case(
        "  - {event: resolved,",
        "  - {event: claim_refused, tell: [customer], ¦priorities: [urgent], clause: credit}\n"
        "  - {event: resolved,",
        "notices[1].priorities",
        "has no priorities",
        "`plans` can limit it",
    ),
    "a clock of an account": Case(
        CLOCKS,
        CLOCKS + "\n    cancels: [¦credit_earned]",
        "clocks.first_response.cancels[0]",
        "a clock is of a ticket",
    ),
    "a time for claims without its clause": Case(
        "  claim_within: 30 days\n  claim_clause: credit\n",
        "  claim_within: ¦30 days\n",
        "remedies.claim_within",
        "without its clause",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_disagreement_is_reported_where_it_stands_with_what_would_be_right(case: Case) -> None:
    text = broken(case.old, case.new)
    found = {problem.path: problem for problem in problems_in(text)}
    assert case.path in found
    problem = found[case.path]
    assert case.wrong in problem.wrong
    assert case.right in problem.right
    assert (problem.line, problem.column) in places_marked(text)


WITHOUT_HOURS = broken(
    "support_hours:\n  by: [plan]\n  cells:\n    gold: always\n    otherwise: office\n", ""
)


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("within: 2 days", "within: ¦1 business day", "clocks.triage.within"),
        ("within: 2 days", "within: ¦the following week", "clocks.triage.within"),
        ("at: 12 hours before", "at: ¦1 business hour before", "clocks.triage.ladder[0].at"),
        ("  assignment:", "  closing: {after: ¦1 business day, clause: response}\n  assignment:",
         "process.closing.after"),
    ],
)  # fmt: skip
def test_business_time_without_a_calendar_to_count_it_on_is_an_error(
    old: str, new: str, path: str
) -> None:
    text = broken(old, new, WITHOUT_HOURS)
    [problem] = [p for p in problems_in(text) if p.path == path]
    assert "needs a calendar" in problem.wrong
    assert "support_hours" in problem.right
    assert [(problem.line, problem.column)] == places_marked(text)


def test_a_table_by_something_undeclared_is_an_error_at_its_dimension() -> None:
    text = broken("regions:\n  north: {says: The north}\n", "")
    text = broken(
        "within: 2 days", "within:\n      by: [¦region]\n      cells: {otherwise: 2 days}", text
    )
    [problem] = problems_in(text)
    assert problem.path == "clocks.triage.within.by[0]"
    assert problem.right == "declare them under `regions`"
    assert [(problem.line, problem.column)] == places_marked(text)


def test_time_of_receipt_is_inside_or_outside_hours_and_both_need_an_answer() -> None:
    table = "within:\n      by: [received]\n      ¦cells: {inside_hours: 2 days}"
    text = broken("within: 2 days", table)
    [problem] = problems_in(text)
    assert "received outside_hours" in problem.wrong
    assert [(problem.line, problem.column)] == places_marked(text)


def test_weekdays_may_wrap_around_and_hours_may_cross_midnight() -> None:
    text = broken('fri: "09:00-15:00"', 'fri: "09:00-15:00"\n      sat-sun: "22:00-06:00"')
    assert problems_in(text) == []
    assert problems_in(broken("mon-sun", "fri-thu")) == []


def test_loops_in_conditions_may_name_their_own_variables() -> None:
    loop = 'when: beta || ["a", "b"].exists(one, one == cause) ||'
    assert problems_in(broken("when: beta ||", loop)) == []


def test_different_templates_may_tell_the_same_people_of_one_event() -> None:
    notice = "  - {event: escalated, tell: [requester], template: more, clause: escalation}\n"
    assert problems_in(broken("  - {event: resolved,", notice + "  - {event: resolved,")) == []


def test_every_disagreement_is_reported_at_once() -> None:
    text = broken("unassigned: lead", "unassigned: leed")
    text = broken("country: SE", "country: XX", text)
    text = broken("locale: en\n", "locale: en\nlocale: en\n", text)
    assert len(problems_in(text)) == 3


def test_the_sample_breaks_no_rule_and_each_rule_says_in_its_name_what_holds() -> None:
    policy = read_policy(POLICY)
    for rule in consistency.POLICY_RULES:
        assert list(rule(policy)) == []
        assert "_" in getattr(rule, "__name__", "")


def test_every_rule_is_shown_by_a_policy_that_breaks_it() -> None:
    texts = [broken(case.old, case.new).replace("¦", "") for case in CASES.values()]
    texts.append(WITHOUT_HOURS)
    texts.append(broken("within: 2 days", "within: 1 business day", WITHOUT_HOURS))
    texts.append(broken("regions:\n  north: {says: The north}\n", "").replace("[plan]", "[region]"))
    policies = [SupportPolicy.model_validate(Document.read(text, "").data) for text in texts]
    unbroken = [
        getattr(rule, "__name__", "")
        for rule in consistency.POLICY_RULES
        if not any(list(rule(policy)) for policy in policies)
    ]
    assert unbroken == []


@pytest.mark.parametrize(
    ("old", "new", "path", "right"),
    [
        ("plan: gold", "plan: ¦goold", "plan", 'did you mean "gold"?'),
        ("region: north", "region: ¦nrth", "region", 'did you mean "north"?'),
        ("policy: acme", "policy: ¦acmee", "policy", 'did you mean "acme"?'),
        ("plan: gold\n", "", "", "allowed: silver, gold"),
    ],
)
def test_a_contract_names_only_what_its_policy_has(
    old: str, new: str, path: str, right: str
) -> None:
    contract = read_contract(broken(old, new, CONTRACT).replace("¦", ""))
    [finding] = contract_under(contract, {"acme": read_policy(POLICY)})
    assert ".".join(str(part) for part in finding.path) == path
    assert right in finding.right


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_shipped_policies_agree_with_themselves(path: Path) -> None:
    assert list(consistency.inconsistencies(load_policy(path))) == []
