"""The marks of a person whom an account is to forget."""

import pytest

from workflows.account.model.person import Person, actor_mark, address_mark, name_mark


def test_a_mark_has_32_digits_and_is_of_one_account_and_one_kind() -> None:
    marks = [
        address_mark("quay", "mia@quay.example"),
        address_mark("tide", "mia@quay.example"),
        actor_mark("quay", "mia@quay.example"),
        name_mark("quay", "mia@quay.example"),
    ]
    assert len(set(marks)) == 4
    assert {len(mark) for mark in marks} == {32}


@pytest.mark.parametrize(
    ("mark", "one", "other", "is_same"),
    [
        (address_mark, "Mia@Quay.example", "mia@quay.example", True),
        (name_mark, " Mia  Quince", "mia quince", True),
        (actor_mark, "Mia@Quay.example", "mia@quay.example", True),
        (actor_mark, "Sub-81", "sub-81", False),
    ],
)
def test_case_and_spaces_decide_nothing_except_in_an_id(
    mark: object, one: str, other: str, *, is_same: bool
) -> None:
    assert callable(mark)
    assert (mark("quay", one) == mark("quay", other)) is is_same


def test_the_address_of_a_person_is_an_id_as_well() -> None:
    person = Person.marked("quay", "mia@quay.example", ["Mia"], ["sub-81"])
    assert set(person.actors) == {actor_mark("quay", id) for id in ("sub-81", "mia@quay.example")}
    assert person.names == (name_mark("quay", "Mia"),)
