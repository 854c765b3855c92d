"""A batch of an announcement: who is told, and what is known of the others without an address."""

import dataclasses
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.adapters.contract_files import ContractFiles
from activities.adapters.contract_memory import InMemoryContracts
from activities.announcement_addressees import Addressees
from activities.announcements import (
    LONGEST_ERROR,
    MOST_LETTERS,
    NOT_NAMED,
    UNREADABLE,
    Announced,
    AnnouncementBatch,
    Announcements,
    BatchResult,
)
from activities.notifications import Notifications, without_addresses
from activities.ports import PagedDirectory, RecipientRefused
from bootstrap.senders import senders
from policies.reports.announcements import addressees, announcement_of, mark_of
from policies.schema.contract import Contract
from tests.harness import IDENTITY
from tests.workflows.announcement.announcing import Mailer, catalog, contract

DAY = date(2190, 1, 1)
CATALOG = catalog(DAY)
ANNOUNCEMENT = announcement_of(CATALOG, "cention", DAY)
ANNOUNCED = Announced(policy="cention", revision=DAY, fingerprint=ANNOUNCEMENT.fingerprint)
NORDIC = contract("nordic", "nils@nordic.example", "saga@nordic.example")
LARGE = contract("oslo", *(f"user{n}@oslo.example" for n in range(2 * MOST_LETTERS + 1)))


async def told(
    mailer: Mailer, *wanted: str, contracts: PagedDirectory | None = None, **info: Any
) -> BatchResult:
    directory = contracts or InMemoryContracts([NORDIC, LARGE, contract("silent")])
    announcements = Announcements(directory, CATALOG, Notifications(senders(mailer, IDENTITY)))
    env = ActivityEnvironment()
    env.info = dataclasses.replace(env.info, heartbeat_timeout=timedelta(hours=1), **info)
    batch = AnnouncementBatch(announced=ANNOUNCED, addressees=wanted)
    return await env.run(announcements.announce_to, batch)


def marks(of: Contract) -> dict[str, str]:
    return {each.email: mark_of(of.account, each) for each in addressees(of, ANNOUNCEMENT.new)}


@pytest.mark.parametrize("text", ["acme", "acme/1f0c", "acme/1f0c+"])
def test_addressees_are_written_as_they_are_read(text: str) -> None:
    assert str(Addressees.parse(text)) == text


async def test_an_account_is_told_by_each_of_its_addresses() -> None:
    mailer = Mailer()
    assert await told(mailer, "nordic") == BatchResult(told=2)
    assert mailer.sent == {"nils@nordic.example": 1, "saga@nordic.example": 1}


async def test_a_refused_address_has_failed_and_a_busy_one_waits_and_neither_is_named() -> None:
    three = contract("nordic", "a@nordic.example", "b@nordic.example", "c@nordic.example")
    mailer = Mailer(refused={"a@nordic.example"}, busy={"b@nordic.example"})
    result = await told(mailer, "nordic", contracts=InMemoryContracts([three]))
    assert result.told == 1
    assert [each.key for each in result.failed] == [f"nordic/{marks(three)['a@nordic.example']}"]
    assert [each.key for each in result.waiting] == [f"nordic/{marks(three)['b@nordic.example']}"]
    assert "@" not in result.model_dump_json()
    again = await told(Mailer(), result.waiting[0].key, contracts=InMemoryContracts([three]))
    assert again == BatchResult(told=1)


async def test_an_account_of_which_nobody_could_be_told_waits_as_a_whole() -> None:
    result = await told(Mailer(is_down=True), "nordic", "oslo")
    assert [each.key for each in result.waiting] == ["nordic", "oslo"]
    assert (result.told, result.more) == (0, ())


async def test_the_addressees_of_a_large_account_are_told_in_parts_each_once() -> None:
    mailer, wanted, sizes = Mailer(), ["oslo"], []
    while wanted:
        before = mailer.sent.total()
        wanted = list((await told(mailer, *wanted)).more)
        sizes.append(mailer.sent.total() - before)
    assert sizes == [MOST_LETTERS, MOST_LETTERS, 1]
    assert set(mailer.sent.values()) == {1}


async def test_what_does_not_fit_into_a_batch_comes_in_the_next_one() -> None:
    mailer = Mailer()
    result = await told(mailer, "oslo", "nordic")
    assert result.more[1:] == ("nordic",)
    assert mailer.sent.total() == MOST_LETTERS


async def test_an_address_that_was_removed_from_the_contract_is_skipped() -> None:
    mailer = Mailer()
    gone = f"nordic/{marks(NORDIC)['saga@nordic.example']}"
    now = InMemoryContracts([contract("nordic", "nils@nordic.example")])
    result = await told(mailer, gone, contracts=now)
    assert [(each.key, each.error) for each in result.skipped] == [(gone, NOT_NAMED)]
    assert mailer.sent.total() == 0


async def test_an_account_that_left_or_changed_its_policy_is_skipped() -> None:
    moved = InMemoryContracts([contract("nordic", policy="contently")])
    result = await told(Mailer(), "nordic", "nobody", contracts=moved)
    assert [each.key for each in result.skipped] == ["nordic", "nobody"]


async def test_an_unreadable_contract_waits_and_the_result_quotes_nothing_of_it(
    tmp_path: Path,
) -> None:
    contacts = "{owner: {name: Mia, email: mia at nordic.example}}"
    text = f"{{account: nordic, name: Nordic, policy: cention, contacts: {contacts}}}\n"
    (tmp_path / "nordic.yaml").write_text(text)
    result = await told(Mailer(), "nordic", contracts=ContractFiles(tmp_path))
    assert [(each.key, each.error) for each in result.waiting] == [("nordic", UNREADABLE)]


@pytest.mark.parametrize(
    "address", ["nils@nordic.example", "o'neil@nordic.example", "jürgen@münchen.example"]
)
def test_an_answer_of_a_mail_server_is_shown_without_any_part_of_an_address(address: str) -> None:
    assert without_addresses(f"550 <{address}>: no") == "550 <(address)>: no"
    assert without_addresses(f"550 '{address}' is full") == "550 '(address)' is full"


async def test_the_reason_of_a_mail_server_is_one_line_and_short() -> None:
    class Verbose(Mailer):
        async def send(self, message: EmailMessage, sender: str, recipient: str) -> str:
            raise RecipientRefused(f"550-5.1.1 no\r\n550 {'such user ' * 100}")

    result = await told(Verbose(), "nordic")
    [error] = {each.error for each in result.failed}
    assert error.startswith("550-5.1.1 no 550 such user")
    assert (len(error), error[-3:]) == (LONGEST_ERROR, "...")


async def test_an_account_without_an_addressee_is_named() -> None:
    empty = NORDIC.model_copy(update={"contacts": {}, "designated": ("*@nordic.example",)})
    result = await told(Mailer(), "nordic", contracts=InMemoryContracts([empty]))
    assert result == BatchResult(without_addressee=("nordic",))


async def test_the_attempt_after_a_dead_worker_sends_only_the_rest() -> None:
    keys = [f"policy_announced/cention/{DAY}/nordic/{mark}" for mark in marks(NORDIC).values()]
    receipt = {"key": keys[0], "message_id": "<1@desk>", "accepted_at": "2027-01-06T14:00:00Z"}
    mailer = Mailer()
    result = await told(mailer, "nordic", heartbeat_details=[{"receipts": [receipt]}])
    assert result == BatchResult(told=2)
    assert mailer.sent == {"saga@nordic.example": 1}


@pytest.mark.parametrize("says", ["Another text.", None])
async def test_a_worker_with_other_texts_or_without_the_revision_sends_nothing(
    says: str | None,
) -> None:
    mailer = Mailer()
    known = catalog(date(2191, 1, 1)) if says is None else catalog(DAY, says)
    notifications = Notifications(senders(mailer, IDENTITY))
    announcements = Announcements(InMemoryContracts([NORDIC]), known, notifications)
    batch = AnnouncementBatch(announced=ANNOUNCED, addressees=("nordic",))
    with pytest.raises(ApplicationError, match="this worker cannot announce it") as caught:
        await ActivityEnvironment().run(announcements.announce_to, batch)
    assert not caught.value.non_retryable
    assert mailer.sent.total() == 0
