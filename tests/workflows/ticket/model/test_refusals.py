"""Refusals of tickets: each has a name that Temporal clients and the API know."""

from workflows.ticket.model.refusals import REFUSALS


def test_every_refusal_is_known_by_its_name() -> None:
    assert REFUSALS.keys() == {
        "WrongRole",
        "TicketClosed",
        "WrongStage",
        "ConditionUnmet",
        "Changed",
        "InvalidContent",
        "IdReused",
        "RecordFull",
        "InternalDefect",
    }
    assert all(kind.__name__ == name for name, kind in REFUSALS.items())
