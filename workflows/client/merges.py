"""The survivors of merges, as the activity of a merging ticket reaches them."""

from temporalio.client import Client

from activities.merge_requests import MergeAnswer, MergeRefusal, MergeRequest
from workflows.client.ticket_errors import ActionRefused, TicketUnknown
from workflows.client.tickets import TicketClient
from workflows.shared.refusals import InvalidContent
from workflows.ticket.model.merge_news import MergeNews


class SurvivingTickets:
    """Asks tickets to accept duplicates (the adapter of `Survivors`)."""

    def __init__(self, client: Client) -> None:
        self._tickets = TicketClient(client)

    async def accept(self, request: MergeRequest) -> MergeAnswer:
        """The decision of the survivor. Every attempt has the same update id.

        DeskUnavailable if there is no answer in time.
        """
        news = MergeNews.model_validate(request.news)
        try:
            update_id = f"merge/{request.number}/{request.id}"
            await self._tickets.accept_duplicate(request.into, news, update_id)
        except ActionRefused as refused:
            return MergeAnswer(refusal=_refusal(refused))
        except TicketUnknown:
            unknown = InvalidContent("no_ticket", number=request.into)
            return MergeAnswer(refusal=_refusal(ActionRefused.because(unknown, request.locale)))
        return MergeAnswer()


def _refusal(refused: ActionRefused) -> MergeRefusal:
    return MergeRefusal(kind=refused.kind, reason=refused.reason, language=refused.language)
