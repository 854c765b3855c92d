"""What the evaluation of a condition may cost: levels, loops, and no regular expressions."""

import pytest

from policies.coverage.condition_cost import TooCostlyError
from policies.coverage.expressions import parsed


def _is_refused(condition: str) -> bool:
    try:
        parsed(condition)
    except TooCostlyError:
        return True
    return False


def _list(length: int) -> str:
    return f"[{', '.join(['1'] * length)}]"


@pytest.mark.fault(57)
def test_a_condition_has_at_most_191_alternatives() -> None:
    """Ten levels for the first, and one for each further one: 200 levels."""
    assert not _is_refused(" || ".join(["beta"] * 191))
    assert _is_refused(" || ".join(["beta"] * 192))


@pytest.mark.fault(57)
def test_the_loops_of_a_condition_have_at_most_2000_steps_together() -> None:
    """`x` is a tree of 21 nodes, and `x > 0` one of 29."""
    second = f"{_list(19)}.all(x, x > 0)"
    assert not _is_refused(f"{_list(69)}.exists(x, x) && {second}")
    assert _is_refused(f"{_list(70)}.exists(x, x) && {second}")


@pytest.mark.fault(57)
@pytest.mark.parametrize("loop", ["all", "exists", "exists_one", "map", "filter", "reduce", "min"])
def test_every_loop_is_over_a_list_in_brackets(loop: str) -> None:
    with pytest.raises(TooCostlyError, match="another value than a list in brackets") as refused:
        parsed(f'cause.{loop}(x, x == "a")')
    assert "exists(one" in refused.value.right
    assert not _is_refused(f'["a"].{loop}(x, x == "a")')
    with pytest.raises(TooCostlyError, match="inside another"):
        parsed(f'["a"].{loop}(x, ["b"].{loop}(y, x == y))')


def test_a_function_of_a_text_is_no_loop() -> None:
    assert not _is_refused('cause.startsWith("a") || cause.size() > 2')
    assert not _is_refused('["a"].contains(cause)')


@pytest.mark.fault(57)
@pytest.mark.parametrize("condition", ['cause.matches("a")', 'matches(cause, "a")'])
def test_a_condition_has_no_regular_expressions(condition: str) -> None:
    with pytest.raises(TooCostlyError, match="regular expressions"):
        parsed(condition)
    assert not _is_refused('matches == "a"')


@pytest.mark.fault(57)
def test_a_loop_of_one_step_more_than_2000_is_refused() -> None:
    """69 times 29 steps."""
    assert _is_refused(f"{_list(69)}.all(x, x > 0)")
    assert not _is_refused(f"{_list(68)}.all(x, x > 0)")
