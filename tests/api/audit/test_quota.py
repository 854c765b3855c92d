"""A flood of unauthenticated requests does not fill the audit log, and what is missing is said."""

from api.audit.quota import IN_ALL, PER_ADDRESS, UnauthenticatedQuota


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_address_has_so_many_entries_in_a_minute() -> None:
    clock = Clock()
    quota = UnauthenticatedQuota(clock)
    taken = [quota.take("203.0.113.7") for _ in range(PER_ADDRESS + 5)]
    assert taken == [0] * PER_ADDRESS + [None] * 5
    clock.now = 60.0
    assert quota.take("203.0.113.7") == 5
    assert quota.take("203.0.113.7") == 0


def test_all_addresses_together_have_a_limit() -> None:
    quota = UnauthenticatedQuota(Clock())
    taken = [quota.take(str(number)) for number in range(10 * IN_ALL)]
    assert len([each for each in taken if each is not None]) == IN_ALL
