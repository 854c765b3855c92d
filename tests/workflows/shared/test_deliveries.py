"""Batches of notices for one activity."""

from hypothesis import given
from hypothesis import strategies as st

from policies.terms.model.recipient import Recipient
from workflows.shared.deliveries import LARGEST_BATCH, LARGEST_INPUT, batches
from workflows.shared.outbox import OutboxEntry

ADA = Recipient(name="Ada", email="ada@desk.example", zone="UTC", locale="en")


def notices(count: int) -> list[OutboxEntry]:
    return [
        OutboxEntry(key=str(number), template="opened", audience="requester", to=ADA)
        for number in range(count)
    ]


@given(weights=st.lists(st.integers(1, 2 * LARGEST_INPUT), max_size=40))
def test_every_notice_is_in_one_batch_within_the_limits(weights: list[int]) -> None:
    owed = notices(len(weights))
    found = list(batches(owed, lambda notice: weights[int(notice.key)]))
    assert [notice for batch in found for notice in batch] == owed
    for batch in found:
        assert 1 <= len(batch) <= LARGEST_BATCH
        carried = sum(weights[int(notice.key)] for notice in batch)
        assert len(batch) == 1 or carried <= LARGEST_INPUT


def test_a_few_small_notices_are_one_batch() -> None:
    owed = notices(3)
    assert list(batches(owed, lambda _: 1_000)) == [owed]
