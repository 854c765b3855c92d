"""The cache of keys is bounded in number and time."""

from encryption.key_cache import KeyCache


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_value_that_was_not_used_the_longest_makes_room() -> None:
    cache: KeyCache[int] = KeyCache(most=2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (1, None, 3)
    assert len(cache) == 2


def test_a_value_is_forgotten_after_its_time_however_often_it_is_used() -> None:
    clock = Clock()
    cache: KeyCache[int] = KeyCache(seconds=60, now=clock)
    cache.put("a", 1)
    clock.now = 59.9
    assert cache.get("a") == 1
    clock.now = 60
    assert cache.get("a") is None
    assert len(cache) == 0
