"""Problems of a document, as its author reads them."""

from policies.documents.problems import Problem


def test_a_problem_shows_control_characters_instead_of_printing_them() -> None:
    problem = Problem(
        "a\x1b[2J.yaml", 3, 5, "title\u202e", 'the key "\x9bx" is unknown', "état\xa0: ok"
    )
    assert str(problem) == (
        'a\\x1b[2J.yaml:3:5 title\\u202e: the key "\\x9bx" is unknown; état\xa0: ok'
    )
