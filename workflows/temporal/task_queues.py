"""The task queues of a desk.

Each has slots of its own in a worker, so that a server that hangs occupies only the slots of its
own queue. E-mails share the queue of the workflows: there a worker gets the activities of its own
workflow tasks without a round trip, which is worth a tenth of the throughput
(docs/decisions/0041-each-wire-has-a-task-queue.md).
"""

from temporalio import workflow

from policies.vocabulary import Carrier


def queue_of(carrier: Carrier, desk: str) -> str:
    """The queue of deliveries by this carrier. `desk` is the queue of the workflows."""
    return desk if carrier is Carrier.MAIL else f"{desk}-{carrier}"


def internal_queue(desk: str) -> str:
    """The queue of settlements, reports to accounts and requests to other tickets."""
    return f"{desk}-internal"


def activity_queues(desk: str) -> tuple[str, ...]:
    """The queues that workers poll for activities."""
    return (*(queue_of(carrier, desk) for carrier in Carrier), internal_queue(desk))


def own_internal_queue() -> str:
    """The same, called in a workflow."""
    return internal_queue(workflow.info().task_queue)
