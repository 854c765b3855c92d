"""The likely meaning of a state, an event or a priority, by the words in it."""

import re

_RULES: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    # What the words say, the events, and whether it is a wait for the requester.
    (r"re-?open\w*", ("reopened",), False),
    (r"wait\w*|await\w*|pending|hold|on[ -]?hold|suspend\w*", (), False),
    (r"resol\w*|solv\w*|complet\w*|fixed|done|fulfil\w*", ("resolved",), False),
    (r"clos\w*", ("closed",), False),
    (r"cancel\w*|withdraw\w*", ("withdrawn",), False),
    (r"duplicate|merged", ("merged",), False),
    (r"new|open|opened|created?|register\w*|queued|to do|submitted|log(ged)?|insert\w*", (), False),
    (
        r"repl(y|ied)|respon\w*|answer\w*|progress|active|accept\w*|assigned|take|taken|started",
        ("responded",),
        False,
    ),
)
_WAIT = re.compile(r"\b(wait\w*|await\w*|pending|hold|suspend\w*)\b", re.IGNORECASE)
_REQUESTER = re.compile(r"user|customer|caller|client|requester|reporter|info", re.IGNORECASE)
_BARE = re.compile(r"wait(ing)?|await(ing)?|pending|suspended", re.IGNORECASE)


def state_of(name: str) -> tuple[list[str], bool, str | None]:
    """The events of a state, whether it waits for the requester, and what is unsure."""
    if _WAIT.search(name):
        if _REQUESTER.search(name):
            return [], True, None
        if _BARE.fullmatch(name):
            return [], True, "a wait: is it for the requester?"
        return [], False, "a wait, but not for the requester: clocks run on"
    for words, events, _ in _RULES:
        if re.search(rf"\b(?:{words})\b", name, re.IGNORECASE):
            return [*events], False, None
    return [], False, "its meaning is unknown"


def event_of(name: str) -> tuple[list[str], str | None]:
    """The events that a row stands for, and what is unsure."""
    if re.search(r"question|information requested|ask", name, re.IGNORECASE):
        return ["information_requested"], None
    if re.fullmatch(r"answer|information provided|customer reply", name, re.IGNORECASE):
        return ["information_provided"], None
    events, waits, unsure = state_of(name)
    if waits:
        return ["information_requested"], "a wait: which event ends it?"
    return events, unsure


def slug_of(name: str) -> str | None:
    """A value as a name of a policy: `1 - Critical` as `critical`."""
    words = re.sub(r"^\W*\d+\W+(?=\D)", "", name).lower()
    slug = re.sub(r"[^a-z0-9]+", "_", words).strip("_")
    return slug if re.match(r"[a-z]", slug) else f"p{slug}" if slug.isdecimal() else None
