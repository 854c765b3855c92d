"""Watches an announcement, with its progress on the terminal."""

import asyncio

from rich.markup import escape
from temporalio.service import RPCError, RPCStatusCode

from bootstrap.exit_codes import ExitCode, Failure
from commands.announcements.report import progress_of
from commands.console.terminal import Terminal
from workflows.client.announcements import AnnouncementClient, AnnouncementView, Status
from workflows.client.calls import DeskUnavailable, WorkflowStuck, WorkflowUnreadable

POLL_SECONDS = 0.5
"""The pause between two looks at an announcement that is under way."""
_PASSING = (RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED)


def why_unseen(error: DeskUnavailable) -> str:
    """Why it is not known how far the announcement is."""
    if isinstance(error, WorkflowStuck | WorkflowUnreadable):
        return str(error)
    # The text of the error is for those who send requests.
    return "no worker answers; the announcement goes on when one does"


async def seen(client: AnnouncementClient) -> AnnouncementView:
    """The announcement as it is now. Raises Failure, RPCError or DeskUnavailable."""
    view = await client.view()
    if view is None:
        raise Failure(ExitCode.FAILED, "Temporal does not have the announcement any more.")
    return view


async def ended(client: AnnouncementClient) -> AnnouncementView:
    """The announcement after its end. Waits for workers and for Temporal as well."""
    with Terminal(stderr=True).status("Notifying ...") as status:
        while True:
            try:
                view = await seen(client)
            except DeskUnavailable as error:
                status.update(f"Notifying ... {escape(why_unseen(error))}")
            except RPCError as error:
                if error.status not in _PASSING:
                    raise
                status.update("Notifying ... Temporal does not answer")
            else:
                if view.status is not Status.RUNNING:
                    return view
                status.update(f"Notifying ... {escape(progress_of(view))}")
            await asyncio.sleep(POLL_SECONDS)
