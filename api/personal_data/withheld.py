"""The kinds of data that can be held about a person and are not handed out."""

from api.personal_data.document import Ends, Kind, Place, Withheld

_REASONS = {
    Kind.NOTES: (
        "Internal notes and findings are the working papers of the support team. They can mention "
        "the person and others."
    ),
    Kind.REASONS: "Internal reasons of decisions on a ticket are for the support team.",
    Kind.INTERNAL_DEADLINES: "Deadlines that are not promised are targets of the support team.",
    Kind.STAFF: "Ids, addresses and credentials of staff are data of other people.",
    Kind.NOTICES_TO_OTHERS: "Notices to others about a ticket are addressed to these people.",
    Kind.COPIES: (
        "A ticket into which a request was merged has a copy of it. That ticket is another "
        "person's. The request itself is in this export."
    ),
    Kind.MENTIONS: (
        "Texts of other people can mention the person by name. They cannot be searched for it."
    ),
    Kind.ADDRESS_HASH: "A hash of account and address finds tickets. It says nothing else.",
    Kind.SECRETS: "Hashes of the secrets of API keys, and tokens, would weaken them.",
    Kind.AUDIT_ENTRIES: (
        "The audit log has requests by id of the actor and network address, without e-mail "
        "addresses and texts. It protects the data of everybody."
    ),
    Kind.LOG_LINES: "Logs have ticket numbers and errors, and no addresses of requesters.",
    Kind.SENT_EMAILS: (
        "E-mails that were sent are in the mailboxes of their recipients, and on the mail servers."
    ),
}
_HELD = {
    Kind.NOTES: (Place.TICKET_HISTORY, Ends.RETENTION),
    Kind.REASONS: (Place.TICKET_HISTORY, Ends.RETENTION),
    Kind.INTERNAL_DEADLINES: (Place.TICKET_HISTORY, Ends.RETENTION),
    Kind.STAFF: (Place.TICKET_HISTORY, Ends.RETENTION),
    Kind.NOTICES_TO_OTHERS: (Place.TICKET_HISTORY, Ends.RETENTION),
    Kind.COPIES: (Place.OTHER_TICKETS, Ends.RETENTION),
    Kind.MENTIONS: (Place.OTHER_TICKETS, Ends.RETENTION),
    Kind.ADDRESS_HASH: (Place.SEARCH_INDEX, Ends.RETENTION),
    Kind.SECRETS: (Place.KEY_FILE, Ends.REMOVAL),
    Kind.AUDIT_ENTRIES: (Place.AUDIT_LOG, Ends.LOG_RETENTION),
    Kind.LOG_LINES: (Place.LOGS, Ends.LOG_RETENTION),
    Kind.SENT_EMAILS: (Place.MAILBOXES, Ends.REMOVAL),
}
WITHHELD = tuple(
    Withheld(kind=kind, where=_HELD[kind][0], ends=_HELD[kind][1], reason=_REASONS[kind])
    for kind in Kind
)
"""All of them: each can be held, whether or not it is."""
