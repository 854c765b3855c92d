"""Rates by key, and the memory for them."""

from api.gate.request_rates import MOST_KEYS, RequestRates
from tests.api.gate.test_gate import Clock


def test_two_seconds_worth_pass_at_once_and_later_requests_at_the_rate() -> None:
    clock = Clock()
    rates = RequestRates(5, clock)
    assert [rates.take("one") for _ in range(10)] == [0] * 10
    assert round(rates.take("one"), 6) == 0.2
    clock.now += 0.2
    assert rates.take("one") == 0
    assert rates.take("one") > 0


def test_keys_do_not_affect_each_other() -> None:
    rates = RequestRates(1, Clock())
    assert [rates.take("one") for _ in range(2)] == [0, 0]
    assert rates.take("two") == 0


def test_without_a_limit_everything_passes_and_nothing_is_remembered() -> None:
    rates = RequestRates(0, Clock())
    assert {rates.take("one") for _ in range(1_000)} == {0}
    assert len(rates) == 0


def test_a_key_is_forgotten_once_it_is_free_again() -> None:
    clock = Clock()
    rates = RequestRates(5, clock)
    for number in range(100):
        rates.take(str(number))
        clock.now += 1
    assert len(rates) == 1


def test_memory_is_bounded_however_many_keys_there_are() -> None:
    rates = RequestRates(1, Clock())
    for number in range(MOST_KEYS + 100):
        rates.take(str(number))
    assert len(rates) == MOST_KEYS
