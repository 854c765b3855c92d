"""A worker that is stopping delivers at least one notice of each batch that it has begun."""

from temporalio.testing import ActivityEnvironment

from activities.notifications import Notifications
from tests.activities.rendering.sample_notices import notice
from tests.activities.test_notifications import InterruptedMailer, by_mail


async def test_a_worker_that_was_stopping_before_the_first_notice_sends_that_one() -> None:
    env = ActivityEnvironment()
    env.worker_shutdown()
    mailer = InterruptedMailer(0, env.worker_shutdown)
    notices = [notice(key=f"escalated/7/{number}") for number in range(3)]
    done = await env.run(Notifications(by_mail(mailer)).send_notices, notices)
    assert [receipt.key for receipt in done.receipts] == [notices[0].key]
    assert (done.failures, len(mailer.taken)) == ((), 1)
