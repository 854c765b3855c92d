"""`desk worker` is killed in the middle of an announcement: another one tells the rest."""

import asyncio
import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.adapters.contract_files import ContractFiles
from activities.announcements import Announced
from activities.notices import Delivery
from bootstrap.senders import senders
from policies.loading.policy_catalog import PolicyCatalog
from policies.reports.announcements import announcement_of
from tests.activities.adapters.mail_servers import mail_server, mailer
from tests.commands.processes.test_killed_worker import HangsAfter
from tests.commands.processes.worker_process import AT_MOST, worker_process
from tests.harness import IDENTITY
from tests.polling import eventually
from tests.workflows.announcement.announcing import revision
from tests.workflows.announcement.policy_files import write_desk
from worker import make_worker
from workflows.client.announcements import AnnouncementClient
from workflows.shared.deliveries import ALIVE_WITHIN
from workflows.temporal.connection import DATA_CONVERTER

ACCOUNTS = 12
CONTRACT = """\
account: {account}
name: A customer
policy: cention
plan: enterprise
contacts: {{owner: {{name: Mia, email: mia@{account}.example}}}}
"""


@pytest.mark.clause("cention/changes")
async def test_after_a_kill_nobody_is_left_out_and_only_what_was_being_sent_is_sent_again(
    server: WorkflowEnvironment, tmp_path: Path
) -> None:
    day = revision()
    desk = write_desk(tmp_path, day)
    for number in range(ACCOUNTS):
        account = f"customer-{number:02d}"
        text = CONTRACT.format(account=account)
        (tmp_path / "contracts" / f"{account}.yaml").write_text(text)
    catalog = PolicyCatalog.load(desk["DESK_POLICIES"])
    fingerprint = announcement_of(catalog, "cention", day).fingerprint
    announced = Announced(policy="cention", revision=day, fingerprint=fingerprint)
    announcement = AnnouncementClient(server.client, announced)
    handle = server.client.get_workflow_handle(announcement.id)

    async def receipts() -> int:
        pending = (await handle.describe()).raw_description.pending_activities
        details = [d for activity in pending for d in activity.heartbeat_details.payloads]
        told = await DATA_CONVERTER.decode(details, [Delivery for _ in details])
        return sum(len(delivery.receipts) for delivery in told)

    answers = HangsAfter(accepts=3)
    async with mail_server(answers) as port:
        async with worker_process(server, port, tmp_path / "output.txt", **desk) as process:
            await announcement.begin()
            await asyncio.wait_for(answers.received.wait(), AT_MOST)
            await eventually(receipts, lambda count: count == 3)
            process.process.kill()
            assert await process.ends() == -signal.SIGKILL
        answers.go_on.set()
        under_way = len(answers.told) - 3
        async with make_worker(
            server.client,
            senders=senders(mailer(port), IDENTITY),
            contracts=ContractFiles(Path(desk["DESK_CONTRACTS"])),
            catalog=catalog,
        ):
            await server.fast_forward(handle, ALIVE_WITHIN + timedelta(seconds=1))
            state = await handle.result()
    # `nordic` has two addressees.
    assert state["told"] == ACCOUNTS + 2
    sent = Counter(answers.told)
    assert len(sent) == ACCOUNTS + 2
    assert max(sent.values()) == 2
    assert sum(sent.values()) - len(sent) == under_way
