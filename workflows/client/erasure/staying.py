"""What an erasure cannot reach, wherever it runs. The report lists it with the reasons."""

from workflows.client.erasure.report import Item

ALWAYS = (
    Item(
        what="e-mails that were sent, and pages to on-call",
        why="they are in mailboxes and logs of others: of recipients, mail servers and the pager",
    ),
    Item(
        what="tickets of other requesters",
        why="an action, a note or a text in them can name the person, and a history cannot be "
        "changed. It goes with its ticket, after the retention",
    ),
    Item(
        what="contracts that name the person",
        why="they are files or a directory of yours, which an erasure does not change. An export "
        "lists them",
    ),
    Item(
        what="announcements of revisions",
        why="who was not notified is in them as a hash of the address. They go after the retention",
    ),
    Item(
        what="backups of Temporal's database and of the store of data keys",
        why="they expire by your schedule. Without the store from before the erasure, encrypted "
        "tickets in them cannot be read; accounts in them can",
    ),
    Item(
        what="free space of databases",
        why="a database overwrites what was deleted in its own time. With encryption, there is "
        "nothing readable of tickets in it",
    ),
    Item(
        what="audit log",
        why="it proves who did what: ids of actors and numbers of tickets, no address and no text",
    ),
    Item(
        what="logs and traces of processes",
        why="numbers of tickets and ids; they go with your log retention",
    ),
)
"""What stays after every erasure."""


def merged_into(number: str, survivor: str) -> Item:
    """A ticket of somebody else that has a copy of a request."""
    return Item(
        what=f"ticket {survivor}",
        why=f"ticket {number} was merged into it, so its history has the subject, the description "
        "and the address of the request",
    )


def unread(number: str) -> Item:
    """A ticket that was erased without being read before."""
    return Item(
        what=f"whatever ticket {number} was merged into, if it was",
        why="the ticket could not be read before it was erased",
    )


def contact_of(account: str) -> Item:
    """A contract that names the person."""
    return Item(
        what=f"contract of the account {account}",
        why="it names the person as a contact. Remove it there, adopt the terms "
        f"(POST /accounts/{account}/terms), and erase again",
    )


def static_token(id: str) -> Item:
    """A token of the settings that stands for the person."""
    return Item(
        what=f"static token of {id}",
        why="it has the address of the person. Remove it from DESK_TOKENS_FILE, or from "
        "DESK_TOKENS and restart the API",
    )


def listed_agent(id: str) -> Item:
    """An entry of the file of agents with the address of the person."""
    return Item(
        what=f"agent {id}",
        why="the file of DESK_AGENTS_FILE has name and address of the person. Remove it there",
    )
